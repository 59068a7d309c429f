/*
 * Is there anything to be read?  A letter or a digit: blanks of any kind, marks,
 * and what is not seen at all say nothing.  The same meaning as utf8_says of
 * src/core/utf8.c; tests/corpus/words.json keeps both equal.
 */

/* The four are letters by their category and blank by design. */
const WORD = /(?![\u115f\u1160\u3164\uffa0])[\p{L}\p{N}]/u;

export function says(text: string): boolean {
	return WORD.test(text);
}
