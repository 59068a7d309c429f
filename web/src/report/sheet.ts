/*
 * One draft being typed: its content, what is wrong in it, the steps back
 * and forth, what the rules say, and whether it may be submitted.  The page
 * shows it and calls it; it knows nothing of the page.
 */
import { readReport } from '../api/client.ts';
import type { Form, Report } from '../api/types.ts';
import { t } from '../i18n.ts';
import { formatNumber } from '../numbers.ts';
import { judge, stateOf, valueOf, type Cell } from '../rules.ts';
import { announce } from '../ui/parts.tsx';
import { says } from '../words.ts';
import { carriedCells, cellAt, columnAt, computedCells, isEmpty, readCell, recount,
	remarkOf, sameCells, untouchedRows, withRemark, type Wrong } from './cells.ts';
import { Draft } from './draft.ts';
import { entryFindings, type EntryFinding } from './findings.tsx';
import { cellName } from './matrix.tsx';

interface Snapshot {
	cells: Cell[];
	wrong: Map<number, Wrong>;
}

/** What the rules say about the content as it is. */
export interface Verdict {
	findings: EntryFinding[];
	passed: number;
	judged: number;
	/** Why it cannot be submitted, in words; empty: it can. */
	stopped: string[];
}

/** The cells of the version that counts beside an own paper: what an amendment
 * must change; null: there is no such version. */
export async function readCounting(report: Report): Promise<Cell[] | null> {
	return report.has_draft && report.version === 0 && report.sent_version > 0
		? (await readReport(report.id, report.sent_version)).cells : null;
}

const UNDO_MAX = 100;
const NAMED_MAX = 5;

export class Sheet {
	readonly draft: Draft;
	readonly computed: Set<number>;
	readonly carried: Map<number, number>;
	private undone: Snapshot[] = [];
	private done: Snapshot[] = [];

	/** changed is called whenever there is something else to show. */
	constructor(readonly form: Form, readonly report: Report,
	    private readonly counting: Cell[] | null, person: number,
	    private readonly changed: () => void) {
		this.computed = computedCells(form);
		this.carried = carriedCells(form);
		this.draft = new Draft(form, report, person, changed);
	}

	get wrong(): ReadonlyMap<number, Wrong> {
		return this.draft.wrong;
	}

	get cells(): readonly Cell[] {
		return this.draft.cells;
	}

	/** An empty draft begins with what the period before left behind. */
	begin(): void {
		const { previous } = this.report;
		if (!previous || this.carried.size === 0 || !isEmpty(this.cells))
			return;
		this.put(this.cells.map((cell, at) => {
			const from = this.wrong.has(at) ? undefined
				: this.carried.get(at);
			return (from === undefined ? null : valueOf(previous[from])) ??
				cell;
		}));
	}

	/** Typed, cleared or pasted. */
	change(changes: { at: number; typed: string }[], pasted: boolean): void {
		this.remember();
		const cells = [...this.cells];
		const wrong = new Map(this.wrong);
		const faults: number[] = [];
		for (const { at, typed } of changes) {
			const read = readCell(this.form, at, typed, cells[at]);
			if ('wrong' in read) {
				wrong.set(at, read.wrong);
				cells[at] = withRemark(null, remarkOf(cells[at]));
				faults.push(at);
			} else {
				wrong.delete(at);
				cells[at] = read.cell;
			}
		}
		this.put(cells, wrong);
		if (pasted)
			announce(t(faults.length > 0 ? 'entry.pasted_wrong'
				: 'entry.pasted', { n: changes.length,
				wrong: faults.length, cells: faults.slice(0, NAMED_MAX)
					.map((at) => cellName(this.form, at)).join('; ') }));
		else if (faults.length > 0)
			announce(`${cellName(this.form, faults[0])}: ${
				this.faultText(faults[0])}`);
	}

	remark(at: number, text: string): void {
		this.put(this.cells.map((cell, i) =>
			i === at ? withRemark(cell, text) : cell));
	}

	/** Between my values and those of the other clerk. */
	choose(theirs: ReadonlySet<number>): void {
		this.remember();
		this.put(this.draft.choose(theirs));
	}

	undo(): void {
		this.step(this.done, this.undone);
	}

	redo(): void {
		this.step(this.undone, this.done);
	}

	private step(from: Snapshot[], to: Snapshot[]): void {
		const back = from.pop();
		if (!back)
			return;
		to.push({ cells: this.draft.cells, wrong: this.draft.wrong });
		this.put(back.cells, back.wrong);
	}

	private remember(): void {
		this.done = [...this.done.slice(1 - UNDO_MAX),
			{ cells: this.draft.cells, wrong: this.draft.wrong }];
		this.undone = [];
	}

	private put(cells: readonly Cell[], wrong = this.draft.wrong): void {
		this.draft.put(recount(this.form, cells, this.computed), wrong);
		this.changed();
	}

	/** What is wrong with a cell, in words; empty if nothing is. */
	faultText(at: number): string {
		const wrong = this.wrong.get(at);
		if (!wrong)
			return '';
		const { scale, lo, hi } = columnAt(this.form, at);
		return t(`fault.${wrong.fault}`, { typed: wrong.typed, scale,
			lo: formatNumber(lo), hi: formatNumber(hi) });
	}

	/** Is a cell's value what the period before left behind? */
	isCarried(at: number): boolean {
		const from = this.carried.get(at);
		const value = valueOf(this.cells[at]);
		return from !== undefined && value !== null &&
			value === valueOf(this.report.previous?.[from]);
	}

	verdict(): Verdict {
		const { form, cells } = this;
		const judged = judge(form, cells, this.report.previous)
			.filter((f) => f.verdict !== 'not_judged');
		/* A row nobody has begun is not wrong yet, only unfinished. */
		const untouched = untouchedRows(form, cells, this.computed,
			this.carried);
		const rowOf = (target: string): number => Math.floor(
			cellAt(form, target) / form.columns.length);
		const pending = new Set(judged.filter((f) => f.verdict === 'broken' &&
			f.rule.severity === 'block' && untouched.has(rowOf(f.rule.target))));
		const findings = entryFindings(form,
			judged.filter((f) => !pending.has(f)), cells);
		return {
			findings,
			judged: judged.length,
			passed: judged.filter((f) => f.verdict === 'kept').length,
			stopped: this.stopReasons(findings,
				new Set([...pending].map((f) => rowOf(f.rule.target))).size),
		};
	}

	private stopReasons(findings: EntryFinding[], rows: number): string[] {
		const block = findings.filter((f) =>
			f.finding.severity === 'block').length;
		const explain = findings.filter((f) =>
			f.finding.severity === 'explain' && !says(f.remark)).length;
		const reasons: string[] = [];
		if (this.cells.every((cell) => stateOf(cell) === 'missing'))
			reasons.push(t('entry.stop.empty'));
		else if (rows > 0)
			reasons.push(t('entry.stop.rows', { n: rows }));
		if (this.wrong.size > 0)
			reasons.push(t('entry.stop.wrong', { n: this.wrong.size }));
		if (block > 0)
			reasons.push(t('entry.stop.block', { n: block }));
		if (explain > 0)
			reasons.push(t('entry.stop.explain', { n: explain }));
		if (this.draft.conflict)
			reasons.push(t('entry.stop.conflict'));
		if (reasons.length === 0 && this.counting &&
		    sameCells(this.cells, this.counting))
			reasons.push(t('entry.stop.unchanged'));
		return reasons;
	}
}
