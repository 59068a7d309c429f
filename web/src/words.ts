/*
 * Is there anything to be read?  A letter or a digit: blanks of any kind, marks,
 * and what is not seen at all say nothing, and a text with a control character
 * is none.  The same meaning as utf8_says of src/core/utf8.c;
 * tests/corpus/words.json keeps both equal.
 */

/* The four are letters by their category and blank by design. */
const WORD = /(?![\u115f\u1160\u3164\uffa0])[\p{L}\p{N}]/u;

/* All but tab and the end of a line. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

export function says(text: string): boolean {
	return !CONTROL.test(text) && WORD.test(text);
}
