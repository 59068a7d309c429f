/*
 * Ranges on the clipboard as spreadsheets write them: rows by line ends, cells
 * by tabs, a cell with a tab, a line end or a quote in it between quotes.
 */

/** Never empty; a final line end makes no row. */
export function parseTsv(text: string): string[][] {
	const rows: string[][] = [];
	let row: string[] = [];
	let cell = '';
	let quoted = false;

	for (let i = 0; i < text.length; i++) {
		const c = text[i]!;
		if (quoted) {
			if (c !== '"')
				cell += c;
			else if (text[i + 1] === '"')
				cell += text[++i]!;
			else
				quoted = false;
		} else if (c === '"' && cell === '') {
			quoted = true;
		} else if (c === '\t') {
			row.push(cell);
			cell = '';
		} else if (c === '\n' || c === '\r') {
			if (c === '\r' && text[i + 1] === '\n')
				i++;
			row.push(cell);
			rows.push(row);
			row = [];
			cell = '';
		} else {
			cell += c;
		}
	}
	if (cell !== '' || row.length > 0 || rows.length === 0) {
		row.push(cell);
		rows.push(row);
	}
	return rows;
}

export function formatTsv(rows: string[][]): string {
	return rows.map((row) => row.map(quote).join('\t')).join('\r\n');
}

function quote(cell: string): string {
	return /["\t\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell;
}
