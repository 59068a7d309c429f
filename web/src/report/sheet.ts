/*
 * One draft being typed: its content, what is wrong in it, the steps back
 * and forth, what the rules say, and whether it may be submitted.  The page
 * shows it and calls it; it knows nothing of the page.
 */
import type { Form, FormRule, Report } from '../api/types.ts';
import { t } from '../i18n.ts';
import { formatNumber } from '../numbers.ts';
import { hasMarks, readFigure, trim, unseenIn, type Mark } from '../reading.ts';
import { judge, judgeFigures, stateOf, valueOf, type Cell } from '../rules.ts';
import { announce } from '../ui/parts.tsx';
import { says } from '../words.ts';
import { doubtText, layBlock, type Area, type Block } from './block.ts';
import { carriedCells, cellAt, columnAt, computedCells, recount, remarkOf,
	sameCells, typedCellsOf, withRemark, type Wrong } from './cells.ts';
import { Draft } from './draft.ts';
import { entryFindings, type EntryFinding } from './findings.tsx';
import { cellName } from './matrix.tsx';
import { readCell, wrongOf } from './typed.ts';

interface Snapshot {
	cells: Cell[];
	wrong: Map<number, Wrong>;
}

/** What was pasted over a computed cell; figure null: it was none. */
interface Total {
	at: number;
	typed: string;
	figure: string | null;
}

/** What the last paste did beside filling cells. */
export interface News {
	block: Block;
	totals: Total[];
}

/** What the rules say about the content as it is. */
export interface Verdict {
	findings: EntryFinding[];
	passed: number;
	/** How many rules there are to keep, whatever is typed yet. */
	total: number;
	/** The first cell that a rule which is not kept yet waits for; or -1. */
	open: number;
	/** Why it cannot be submitted, in words; empty: it can. */
	stopped: string[];
}

const UNDO_MAX = 100;
const NAMED_MAX = 5;

export class Sheet {
	readonly draft: Draft;
	readonly computed: Set<number>;
	readonly carried: Map<number, number>;
	/** A block that waits for its decimal mark: nothing of it is in yet. */
	asked: Block | null = null;
	news: News | null = null;
	/** The last block was: nothing of it is in. */
	tooLarge = false;
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

	/** Cells with what the period before left open: no nil report goes over it. */
	get leftOpen(): string[] {
		const nil = this.form.cells.map(() => '0');
		return judge(this.form, nil, this.report.previous)
			.filter((f) => f.rule.carry && f.verdict === 'broken')
			.map((f) => cellName(this.form,
				cellAt(this.form, f.rule.target)));
	}

	/** Cells of a nil report whose zero would have to be explained. */
	get nilUnusual(): number[] {
		return judgeFigures(this.form, this.form.cells.map(() => '0'),
			this.report.expected).filter((f) => f.verdict === 'broken')
			.map((f) => cellAt(this.form, f.rule.target));
	}

	/** Nothing happened, and where something was usual this is why. */
	fillNil(why: string): void {
		const unusual = new Set(this.nilUnusual);
		this.remember();
		this.put(this.form.cells.map((_, at) =>
			unusual.has(at) ? { value: '0', remark: why } : '0'), new Map());
	}

	/** Typed or cleared. */
	change(changes: { at: number; typed: string }[]): void {
		const faults = this.fill(changes, (at, typed, old) =>
			readCell(this.form, at, typed, old));
		if (faults.length > 0)
			announce(`${cellName(this.form, faults[0])}: ${
				this.faultText(faults[0])}`);
	}

	/** Put changes in, each read by its own; the cells that were refused. */
	private fill(changes: { at: number; typed: string }[], read: (at: number,
	    typed: string, old: Cell) => ReturnType<typeof readCell>): number[] {
		this.remember();
		const cells = [...this.cells];
		const wrong = new Map(this.wrong);
		const faults: number[] = [];
		for (const { at, typed } of changes) {
			const got = read(at, typed, cells[at]);
			if ('wrong' in got) {
				wrong.set(at, got.wrong);
				cells[at] = withRemark(null, remarkOf(cells[at]));
				faults.push(at);
			} else {
				wrong.delete(at);
				cells[at] = got.cell;
			}
		}
		this.put(cells, wrong);
		return faults;
	}

	/**
	 * Rows null: more than anybody means.  own: copied out of a grid of ours, so
	 * its decimal mark is known.  Answers where it went, if it did.
	 */
	paste(rows: string[][] | null, selected: Area, own: boolean): Area | null {
		if (this.asked || !rows) {
			announce(t(this.asked ? 'ask.first' : 'pasted.large'));
			this.tooLarge = !rows;
			this.changed();
			return null;
		}
		this.tooLarge = false;
		const block = layBlock(this.form, rows, selected);
		this.news = null;
		if (!own && block.decision === 'ask') {
			this.asked = block;
			this.changed();
			return null;
		}
		this.take(own ? { ...block, decision: ',' } : block);
		return block.area;
	}

	/** The writer's word on the decimal mark; null: the block is given up. */
	answer(mark: Mark | null): void {
		const block = this.asked;
		this.asked = null;
		if (block && mark)
			this.take({ ...block, decision: mark });
		this.changed();
	}

	forgetNews(): void {
		this.news = null;
		this.tooLarge = false;
		this.changed();
	}

	private take(block: Block): void {
		const { form } = this;
		const { decision } = block;
		const mark = decision === ',' || decision === '.' ? decision
			: undefined;
		const clashes = (at: number, typed: string): boolean =>
			decision === 'clash' && hasMarks(typed, columnAt(form, at).scale);
		const typed = block.cells.filter(({ at }) => !this.computed.has(at));
		const totals = block.cells.filter(({ at }) => this.computed.has(at))
			.map((one): Total => {
				const read = readFigure(one.typed, columnAt(form, one.at), mark);
				return { ...one, figure: read.ok &&
					!clashes(one.at, one.typed) ? read.text : null };
			}).filter((one) => one.typed.trim() !== '');
		this.news = { block, totals };
		const faults = this.fill(typed, (at, text, old) =>
			clashes(at, text) ? { wrong: wrongOf(text, 'cell.marks') }
				: readCell(form, at, text, old, mark));
		announce([t(faults.length > 0 ? 'entry.pasted_wrong'
			: 'entry.pasted', { n: typed.length, wrong: faults.length,
			cells: faults.slice(0, NAMED_MAX)
				.map((at) => cellName(form, at)).join('; ') }),
		...this.newsInShort()].join(' '));
	}

	/** What of the last block is not where its writer meant it. */
	newsInShort(): string[] {
		const cells = this.news?.block.outside.cells ?? 0;
		const doubt = this.news?.block.doubt;
		const totals = this.otherTotals().length;
		return [this.tooLarge ? t('pasted.large') : '',
			doubt ? doubtText(doubt) : '',
			cells > 0 ? t('pasted.outside', { n: cells }) : '',
			totals > 0 ? t('pasted.totals', { n: totals }) : '']
			.filter((text) => text !== '');
	}

	/** Pasted totals that are not what the form counts. */
	otherTotals(): Total[] {
		return (this.news?.totals ?? []).filter(({ at, figure }) =>
			figure === null || figure !== valueOf(this.cells[at]));
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
		const unseen = unseenIn(trim(wrong.typed));
		const fault = wrong.fault === 'cell.scale' && scale === 0 ? 'cell.whole'
			: wrong.fault;
		return t(`fault.${fault}`, { typed: wrong.typed, scale,
			like: formatNumber(scale === 0 ? '1234567' : '1234567.8'),
			lo: formatNumber(lo), hi: formatNumber(hi),
			name: unseen?.name ?? '', before: unseen?.before ?? '' });
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
		const { previous, expected } = this.report;
		const judged = [...judge(form, cells, previous),
			...judgeFigures(form, cells, expected)];
		const broken = judged.filter((f) => f.verdict === 'broken');
		/* What is half typed is not wrong yet, only unfinished. */
		const openOf = new Map(broken.map((f) => [f, typedCellsOf(form,
			f.rule.id, f.rule.target).filter((at) =>
			stateOf(cells[at]) === 'missing')]));
		const pending = broken.filter((f) => openOf.get(f)!.length > 0 &&
			f.rule.severity !== 'note');
		const findings = entryFindings(form,
			broken.filter((f) => openOf.get(f)!.length === 0), cells,
			expected);
		/* What was refused there is told on its own. */
		const open = pending.flatMap((f) => openOf.get(f)!)
			.filter((at) => !this.wrong.has(at)).sort((a, b) => a - b);
		const rows = new Set(open.map((at) =>
			Math.floor(at / form.columns.length)));
		return {
			findings,
			passed: judged.filter((f) => f.verdict === 'kept').length,
			total: form.rules.filter((rule) => this.counts(rule)).length +
				expected.filter(({ cell }) => this.holds(cell)).length,
			open: open[0] ?? -1,
			stopped: this.stopReasons(findings, rows.size),
		};
	}

	/** Is there, or can there be, a figure in the cell? */
	private holds(cell: string): boolean {
		return ['missing', 'value'].includes(
			stateOf(this.cells[cellAt(this.form, cell)]));
	}

	/** Is a rule ever judged in this report, once everything is typed? */
	private counts(rule: FormRule): boolean {
		const from = rule.carry ? this.report.previous : this.cells;
		const states = rule.terms.map(({ cell }) =>
			stateOf(from?.[cellAt(this.form, cell)]));
		return rule.carry ? states.every((state) => state === 'value')
			: !states.includes('withheld') && stateOf(this.cells[
				cellAt(this.form, rule.target)]) !== 'withheld';
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
		if (this.asked)
			reasons.push(t('entry.stop.asked'));
		if (this.draft.conflict)
			reasons.push(t('entry.stop.conflict'));
		if (reasons.length === 0 && this.counting &&
		    sameCells(this.cells, this.counting))
			reasons.push(t('entry.stop.unchanged'));
		return reasons;
	}
}
