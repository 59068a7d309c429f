/*
 * Keeping a draft: in the browser at every change, on the server a moment
 * later.  The server's revision says what ours is based on; when another clerk
 * was faster, the two are brought together and only real differences are asked
 * about.  A closed tab ends nothing: what is kept has the open questions, the
 * refused texts and what was sent without an answer.
 */
import { newKey, openReport, readNew, readReport, saveDraft, type Problem }
	from '../api/client.ts';
import type { Form, Report } from '../api/types.ts';
import { clock } from '../dates.ts';
import { FAULTS } from '../reading.ts';
import type { Cell } from '../rules.ts';
import { drop, keep, readKept, type Of } from '../ui/keep.ts';
import { asProblem } from '../ui/load.ts';
import { saving } from '../ui/quiet.ts';
import { computedCells, merge, sameCell, sameCells, toInput, type Wrong }
	from './cells.ts';

const DELAY_MS = 800;
const RETRY_MS = 5_000;
const RETRY_MAX_MS = 60_000;
const UNSURE_MAX = 32;
/* Of those, how many are kept: each is what it changed, and rarely two differ. */
const SENT_MAX = 8;

/* Its paper is with its clerks; else it was sent on, maybe from another browser. */
const WRITTEN = new Set<Report['state']>(['not_started', 'draft', 'returned']);

/** What both clerks wrote into the same cells. */
export interface Conflict {
	theirs: Cell[];
	cells: number[];
}

/** Kept in the browser (ui/keep.ts) until the server has it. */
interface KeptDraft {
	base: Cell[];
	cells: Cell[];
	/** Cells of an open conflict: base has the other clerk's value there. */
	asked?: number[];
	/** Sent without an answer: what each changed of base. */
	sent?: [number, Cell][][];
}

/* What a report is called before it has a number. */
interface Obligation {
	form: string;
	period: string;
	unit: string;
}

function obligationOf({ form, period, unit }: Report): Obligation {
	return { form, period, unit: String(unit) };
}

/* What is kept of a report, by its number and by what it was called before. */
function namesOf(report: Report): Of[] {
	const query = new URLSearchParams({ ...obligationOf(report) }).toString();
	return report.id === 0 ? [query] : [report.id, query];
}

function readJson(kind: 'draft' | 'refused', person: number, report: Report):
    unknown {
	try {
		const [kept] = namesOf(report).map((of) => readKept(kind, person, of))
			.filter((text) => text !== null);
		return JSON.parse(kept ?? 'null');
	} catch {
		return null;
	}
}

function dropAll(kind: 'draft' | 'refused', person: number, report: Report):
    void {
	namesOf(report).forEach((of) => drop(kind, person, of));
}

function readDraft(person: number, report: Report, cells: number):
    KeptDraft | null {
	const kept = readJson('draft', person, report) as KeptDraft | null;
	return kept?.cells?.length === cells && kept.base?.length === cells
		? kept : null;
}

/** Texts that were no figure, by cell. */
function readRefused(person: number, report: Report, cells: number):
    Map<number, Wrong> {
	const kept = readJson('refused', person, report);
	return new Map((Array.isArray(kept) ? kept : []).filter((one) =>
		Array.isArray(one) && Number.isInteger(one[0]) && one[0] >= 0 &&
		one[0] < cells && typeof one[1]?.typed === 'string' &&
		FAULTS.includes(one[1].fault)));
}

export class Draft {
	report: Report;
	cells: Cell[];
	conflict: Conflict | null = null;
	/** Something was found here that the server did not have. */
	restored = false;
	/** Cells of the other clerk that were taken over at the last meeting. */
	taken = 0;
	problem: Problem | null = null;
	/** How often theirs and ours were brought together. */
	meetings = 0;
	/** What is in a cell but is no value of it. */
	wrong: Map<number, Wrong>;
	private base: Cell[];
	/** Sent without an answer: one of these may have arrived. */
	private unsure: Cell[][] = [];
	/** The right to it is gone. */
	private denied = false;
	private timer = 0;
	private wait = RETRY_MS;
	private running: Promise<void> | null = null;
	private readonly computed: Set<number>;

	/** changed is called whenever cells, conflict or problem are others. */
	constructor(private readonly form: Form, report: Report,
	    private readonly person: number,
	    private readonly changed: () => void) {
		this.report = report;
		this.base = report.cells;
		this.cells = report.cells;
		this.computed = computedCells(form);
		const kept = readDraft(person, report, form.cells.length);
		if (!WRITTEN.has(report.state))
			dropAll('refused', person, report);
		this.wrong = readRefused(person, report, form.cells.length);
		this.restored = this.wrong.size > 0;
		if (!kept)
			return;
		if (sameCells(kept.cells, report.cells))
			dropAll('draft', person, report);
		else
			this.restore(kept);
	}

	private restore(kept: KeptDraft): void {
		this.restored = true;
		for (const changes of kept.sent ?? []) {
			const sent = [...kept.base];
			changes.forEach(([at, cell]) => {
				sent[at] = cell;
			});
			this.noteUnsure(sent);
		}
		/* The tab before may still be sending it. */
		this.noteUnsure(kept.cells);
		const { cells } = this.report;
		this.meet(this.isOwn(cells) ? cells : kept.base, kept.cells, cells,
			kept.asked);
		this.tellTyped();
		this.later();
	}

	/** Is that what we ourselves sent without hearing of it? */
	private isOwn(cells: Cell[]): boolean {
		return this.unsure.some((sent) => sameCells(sent, cells));
	}

	/**
	 * Bring mine and theirs together; what both changed becomes a conflict, and
	 * what is asked already stays one until mine is theirs.
	 */
	private meet(base: Cell[], mine: Cell[], theirs: Cell[],
	    asked: number[] = []): void {
		const met = merge(base, mine, theirs, this.computed);
		const open = new Set([...met.conflicts, ...asked.filter((at) =>
			!sameCell(met.cells[at], theirs[at]))]);
		this.base = theirs;
		this.cells = met.cells;
		this.taken = met.cells.filter((cell, at) =>
			!this.computed.has(at) && !sameCell(cell, mine[at])).length;
		this.conflict = open.size > 0
			? { theirs, cells: [...open].sort((a, b) => a - b) } : null;
		if (this.conflict)
			saving.set({ kind: 'conflict' });
	}

	/** Can what is typed be saved at all? */
	get editable(): boolean {
		return !this.denied && (this.report.id === 0 ||
			this.report.actions.some((action) => action.name === 'save'));
	}

	/** The server has other cells than these, or may have. */
	get dirty(): boolean {
		return this.unsure.some((sent) => !sameCells(sent, this.cells)) ||
			!sameCells(this.cells, this.base);
	}

	/** New content from the grid. */
	put(cells: Cell[], wrong: Map<number, Wrong> = this.wrong): void {
		this.cells = cells;
		this.wrong = wrong;
		this.keep();
		this.tellTyped();
		this.later();
	}

	/** Said at once, and not over what is worse. */
	private tellTyped(): void {
		const { kind } = saving.get();
		if (this.dirty && !this.conflict && (kind === 'none' ||
		    kind === 'saved'))
			saving.set({ kind: 'typed' });
	}

	/** The clerk chose between the two values of each cell in conflict. */
	choose(theirs: ReadonlySet<number>): Cell[] {
		const conflict = this.conflict;
		if (!conflict)
			return this.cells;
		this.conflict = null;
		this.put(this.cells.map((cell, at) =>
			theirs.has(at) ? conflict.theirs[at] : cell));
		return this.cells;
	}

	private keep(): void {
		const { base, cells, person, report } = this;
		const [of, ...before] = namesOf(report);
		if (this.wrong.size > 0)
			keep('refused', person, of, JSON.stringify([...this.wrong]));
		else
			drop('refused', person, of);
		before.forEach((old) => {
			drop('refused', person, old);
			drop('draft', person, old);
		});
		if (!this.dirty) {
			drop('draft', person, of);
			return;
		}
		const kept: KeptDraft = { base, cells, asked: this.conflict?.cells,
			sent: this.unsure.slice(-SENT_MAX).map((sent) =>
				sent.flatMap((cell, at): [number, Cell][] =>
					sameCell(cell, base[at]) ? [] : [[at, cell]])) };
		keep('draft', person, of, JSON.stringify(kept));
	}

	private noteUnsure(sent: Cell[]): void {
		this.unsure = [...this.unsure.filter((cells) =>
			!sameCells(cells, sent)).slice(1 - UNSURE_MAX), sent];
	}

	private later(ms = DELAY_MS): void {
		clearTimeout(this.timer);
		if (!this.conflict && this.editable)
			this.timer = window.setTimeout(() => void this.save(), ms);
	}

	/** Save now what is not saved yet; afterwards dirty shows the outcome. */
	async save(): Promise<void> {
		clearTimeout(this.timer);
		while (this.running)
			await this.running;
		if (this.conflict || !this.editable)
			return;
		if (!this.dirty) {
			/* Theirs was chosen throughout: the server has it already. */
			if (/conflict|typed/.test(saving.get().kind))
				saving.set({ kind: 'saved', at: clock() });
			return;
		}
		this.running = this.send().finally(() => {
			this.running = null;
		});
		await this.running;
	}

	private async send(): Promise<void> {
		const sent = this.cells;
		saving.set({ kind: 'saving' });
		try {
			this.report = await this.write(sent, false);
			this.base = sent;
			this.unsure = [];
			this.problem = null;
			this.wait = RETRY_MS;
			this.keep();
			saving.set({ kind: 'saved', at: clock() });
			if (this.dirty)
				this.later();
		} catch (error) {
			await this.failed(asProblem(error), sent);
		}
		this.changed();
	}

	/** The first save opens the report, if still nobody has. */
	private write(cells: Cell[], keepalive: boolean): Promise<Report> {
		const { report } = this;
		const input = toInput(this.form, cells);
		return report.id === 0 ? openReport({ ...obligationOf(report),
			cells: input }, newKey(), report.revision, keepalive)
			: saveDraft(report.id, report.revision, input, keepalive);
	}

	private async failed(problem: Problem, sent: Cell[]): Promise<void> {
		if (problem.status === 0 || problem.status >= 500)
			this.noteUnsure(sent);
		this.keep();
		saving.set({ kind: 'waiting', at: clock() });
		if (problem.stale) {
			await this.catchUp();
		} else if (problem.status === 0 || problem.status >= 500 ||
		    problem.status === 429) {
			this.problem = problem;
			this.later(this.wait);
			this.wait = Math.min(RETRY_MAX_MS, this.wait * 2);
		} else {
			/* Sending the same again would not help. */
			this.problem = problem;
			this.denied = problem.status === 403 || problem.status === 404;
		}
	}

	/**
	 * Somebody saved first: another clerk, so theirs and mine are brought together,
	 * or we ourselves without hearing of it.
	 */
	private async catchUp(): Promise<void> {
		try {
			const { report } = this;
			const theirs = report.id === 0
				? await readNew(obligationOf(report))
				: await readReport(report.id);
			this.report = theirs;
			this.meetings++;
			this.meet(this.isOwn(theirs.cells) ? theirs.cells : this.base,
				this.cells, theirs.cells);
			this.unsure = [];
			this.keep();
			if (!this.conflict && this.dirty)
				this.later(0);
			else if (!this.conflict)
				saving.set({ kind: 'saved', at: clock() });
		} catch (error) {
			this.problem = asProblem(error);
			this.later(this.wait);
		}
	}

	/**
	 * Nothing of ours is on its way any more.  False: meanwhile theirs came in,
	 * and whoever decides on the whole has not seen it.
	 */
	async rest(): Promise<boolean> {
		const { meetings } = this;
		clearTimeout(this.timer);
		while (this.running)
			await this.running;
		return meetings === this.meetings && !this.conflict;
	}

	/** An act on the whole came too late: theirs is shown first. */
	async meetNow(): Promise<void> {
		await this.catchUp();
		this.changed();
	}

	/** The tab goes away: one last try, which outlives it. */
	flush(): void {
		clearTimeout(this.timer);
		if (!this.dirty || this.conflict || !this.editable)
			return;
		if (!this.running)
			this.noteUnsure(this.cells);
		this.keep();
		if (this.running)
			return;
		this.write(this.cells, true).catch(() => undefined);
	}

	/** Sent on: nothing is left to keep here. */
	finish(report: Report): void {
		clearTimeout(this.timer);
		this.report = report;
		this.cells = this.base = report.cells;
		this.unsure = [];
		this.wrong = new Map();
		this.keep();
	}

	stop(): void {
		clearTimeout(this.timer);
	}
}
