/*
 * The cells of one draft as data: what may be typed, what is counted, what is
 * sent, and how the drafts of two clerks are brought together.
 */
import type { Form, FormRule } from '../api/types.ts';
import type { ReadFault } from '../reading.ts';
import { fill, stateOf, valueOf, type Cell } from '../rules.ts';
import { says } from '../words.ts';

/** What is in a cell but is no value of it: kept as typed, never sent. */
export interface Wrong {
	typed: string;
	fault: ReadFault;
}

export interface Sheet {
	form: Form;
	/** By position in form.cells. */
	cells: Cell[];
	wrong: Map<number, Wrong>;
}

interface Index {
	cells: Map<string, number>;
	rules: Map<string, FormRule>;
	/** The rule that counts a cell, by the cell. */
	counts: Map<string, FormRule>;
}

/* A form does not change, so its index is made once. */
const indexes = new WeakMap<Form, Index>();

function indexOf(form: Form): Index {
	let index = indexes.get(form);
	if (!index) {
		index = { cells: new Map(form.cells.map((id, at) => [id, at])),
			rules: new Map(form.rules.map((rule) => [rule.id, rule])),
			counts: new Map(form.rules.filter((r) => r.computes && !r.carry)
				.map((rule) => [rule.target, rule])) };
		indexes.set(form, index);
	}
	return index;
}

/** Position of a cell, -1 if the form has none of this id. */
export function cellAt(form: Form, id: string): number {
	return indexOf(form).cells.get(id) ?? -1;
}

/** The cells a rule speaks about in this report, its target first. */
export function cellsOfRule(form: Form, ruleId: string, target: string):
    string[] {
	const rule = indexOf(form).rules.get(ruleId);
	return [target, ...(rule && !rule.carry
		? rule.terms.map((term) => term.cell) : [])];
}

/**
 * Where somebody can put right what a rule says: what is counted gives way to
 * what it is counted from.  In the order in which the rule names them.
 */
export function typedCellsOf(form: Form, ruleId: string, target: string):
    number[] {
	const { counts } = indexOf(form);
	const met = new Set<string>();
	const visit = (cell: string): number[] => {
		if (met.has(cell))
			return [];
		met.add(cell);
		const rule = counts.get(cell);
		return rule ? rule.terms.flatMap((term) => visit(term.cell))
			: [cellAt(form, cell)];
	};
	return cellsOfRule(form, ruleId, target).flatMap(visit);
}

export function columnAt(form: Form, at: number): Form['columns'][number] {
	return form.columns[at % form.columns.length];
}

export function rowAt(form: Form, at: number): Form['rows'][number] {
	return form.rows[Math.floor(at / form.columns.length)];
}

/** Cells that a rule fills in: shown tinted, not typed. */
export function computedCells(form: Form): Set<number> {
	return new Set(form.rules.filter((r) => r.computes && !r.carry)
		.map((r) => cellAt(form, r.target)));
}

/** Cells that continue the previous period, with the cell they come from. */
export function carriedCells(form: Form): Map<number, number> {
	return new Map(form.rules.filter((r) => r.carry && r.terms.length === 1)
		.map((r) => [cellAt(form, r.target), cellAt(form, r.terms[0].cell)]));
}

export function remarkOf(cell: Cell | undefined): string {
	return typeof cell === 'object' && cell !== null ? cell.remark ?? '' : '';
}

/** The same content with another remark, in the shortest form. */
export function withRemark(cell: Cell, remark: string): Cell {
	const value = valueOf(cell);
	if (remark === '')
		return value ?? (stateOf(cell) === 'missing' ? null
			: { state: stateOf(cell) as 'none' | 'withheld' });
	return value !== null ? { value, remark }
		: { state: stateOf(cell) as 'none' | 'missing' | 'withheld', remark };
}

/** Count the computed cells anew from what was typed. */
export function recount(form: Form, cells: readonly Cell[],
    computed: ReadonlySet<number>): Cell[] {
	return fill(form, cells.map((cell, at) => !computed.has(at) ? cell
		: withRemark(null, remarkOf(cell))));
}

/** For PUT draft: every cell that is not missing, by its id; without remarks that
 * say nothing, which the server would refuse. */
export function toInput(form: Form, cells: readonly Cell[]):
    Record<string, Cell> {
	const input: Record<string, Cell> = {};
	cells.forEach((cell, at) => {
		const sent = says(remarkOf(cell)) ? cell : withRemark(cell, '');
		if (sent !== null)
			input[form.cells[at]] = sent;
	});
	return input;
}

export function sameCell(a: Cell | undefined, b: Cell | undefined): boolean {
	return stateOf(a) === stateOf(b) && valueOf(a) === valueOf(b) &&
		remarkOf(a) === remarkOf(b);
}

export function sameCells(a: readonly Cell[], b: readonly Cell[]): boolean {
	return a.length === b.length && a.every((cell, at) => sameCell(cell, b[at]));
}

/**
 * Two clerks on one draft: base is what both started from.  What only one of
 * them changed is taken; what both changed differently is a conflict, in which
 * mine is kept until somebody chooses.
 */
export function merge(base: readonly Cell[], mine: readonly Cell[],
    theirs: readonly Cell[], computed: ReadonlySet<number>):
    { cells: Cell[]; conflicts: number[] } {
	const conflicts: number[] = [];
	const cells = mine.map((cell, at) => {
		if (sameCell(cell, theirs[at]) || sameCell(theirs[at], base[at]))
			return cell;
		if (sameCell(cell, base[at]))
			return theirs[at];
		if (!computed.has(at))
			conflicts.push(at);
		return cell;
	});
	return { cells, conflicts };
}
