/*
 * What was typed or pasted into one cell, as its content.
 */
import type { Form } from '../api/types.ts';
import { LENGTH_MAX, readFigure, trim, type Mark, type ReadFault }
	from '../reading.ts';
import type { Cell } from '../rules.ts';
import { columnAt, remarkOf, withRemark, type Wrong } from './cells.ts';

/** "x" is the clerk's word for "not applicable here". */
export const NONE_SIGN = 'x';

export function isNone(typed: string): boolean {
	return trim(typed).toLowerCase() === NONE_SIGN;
}

export function wrongOf(typed: string, fault: ReadFault): Wrong {
	return { typed: typed.slice(0, LENGTH_MAX + 1), fault };
}

/** Its remark stays.  mark: the decimal mark of the block it came in. */
export function readCell(form: Form, at: number, typed: string, old: Cell,
    mark?: Mark): { cell: Cell } | { wrong: Wrong } {
	if (isNone(typed))
		return { cell: withRemark({ state: 'none' }, remarkOf(old)) };
	const read = readFigure(typed, columnAt(form, at), mark);
	return read.ok ? { cell: withRemark(read.text, remarkOf(old)) }
		: { wrong: wrongOf(typed, read.code) };
}
