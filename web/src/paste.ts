/*
 * Ranges on the clipboard as spreadsheets write them: rows by line ends, cells
 * by tabs, a cell with a tab, a line end or a quote in it between quotes.
 */

/** Never empty; a final line end makes no row. */
export function parseTsv(text: string): string[][] {
	const rows: string[][] = [[]];
	for (let at = 0;;) {
		const close = closingQuote(text, at);
		const end = close < 0 ? endOfCell(text, at) : close + 1;
		rows[rows.length - 1].push(close < 0 ? text.slice(at, end)
			: text.slice(at + 1, close).replace(/""/g, '"'));
		at = end + (text.slice(end, end + 2) === '\r\n' ? 2 : 1);
		if (end >= text.length || (text[end] !== '\t' && at >= text.length))
			return rows;
		if (text[end] !== '\t')
			rows.push([]);
	}
}

function endOfCell(text: string, at: number): number {
	while (at < text.length && !/[\t\r\n]/.test(text[at]))
		at++;
	return at;
}

/** A quoted cell ends where a cell can; else (-1) its quote is only a quote. */
function closingQuote(text: string, at: number): number {
	if (text[at] !== '"')
		return -1;
	let quote = text.indexOf('"', at + 1);
	while (quote >= 0 && text[quote + 1] === '"')
		quote = text.indexOf('"', quote + 2);
	return quote >= 0 && endOfCell(text, quote + 1) === quote + 1 ? quote : -1;
}

export function formatTsv(rows: string[][]): string {
	return rows.map((row) => row.map(quote).join('\t')).join('\r\n');
}

function quote(cell: string): string {
	return /["\t\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell;
}
