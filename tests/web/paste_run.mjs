/*
 * Pastes blocks over sheets as the page does: reads {form, blocks} from the
 * standard input, writes for each block what became of it.  form: columns, names
 * of rows; block: text of the clipboard, place, the answer if it is asked.
 */
import { readFileSync } from 'node:fs';
import { formOf, loadSheets } from '../../web/test/sheet.mjs';

const { open, paste } = await loadSheets();

/* A cell of the sheet: refused text, or what would be sent. */
const shown = (sheet) => sheet.cells.map((cell, at) => {
	const wrong = sheet.wrong.get(at);
	return wrong ? { refused: wrong.fault, typed: wrong.typed } : cell;
});

const outcomes = JSON.parse(readFileSync(0, 'utf8')).map(({ columns, rows, blocks }) => {
	const form = formOf(columns, rows);
	return blocks.map(({ text, place, answer }) => {
		const sheet = open(form);
		paste(sheet, text, place);
		const asked = sheet.asked !== null;
		const waiting = shown(sheet);
		if (asked)
			sheet.answer(answer);
		return { asked, waiting, cells: shown(sheet),
			/* Told of a line in doubt: was it taken for numbers? */
			numbers: sheet.news?.block.doubt?.labels ?? null,
			outside: sheet.news?.block.outside.cells ?? 0,
			totals: sheet.otherTotals().map(({ at, figure }) => [at, figure]) };
	});
});
process.stdout.write(JSON.stringify(outcomes));
