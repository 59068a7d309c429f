/*
 * Nhập báo cáo: the form as on paper, counted and checked while it is typed.
 */
import { render, type JSX } from 'preact';
import { useEffect, useMemo, useReducer, useRef, useState }
	from 'preact/hooks';
import * as api from '../api/client.ts';
import type { Form, Report } from '../api/types.ts';
import { formatDay, formatPeriod } from '../dates.ts';
import { either, lang, t } from '../i18n.ts';
import type { Where } from '../main.tsx';
import { changePerMille, formatChange, formatNumber, plainNumber }
	from '../numbers.ts';
import { go, settle } from '../router.ts';
import { judge, stateOf, valueOf, type Cell } from '../rules.ts';
import { session } from '../session.ts';
import { tell } from '../ui/flash.ts';
import { asProblem, useLoad } from '../ui/load.ts';
import { announce, Deadline, Failure, Note, PageHead, State, Waiting }
	from '../ui/parts.tsx';
import { saving, structure } from '../ui/quiet.ts';
import { carriedCells, columnAt, computedCells, isEmpty, NONE_SIGN, readCell,
	recount, remarkOf, rowAt, untouchedRows, withRemark, type Wrong } from './cells.ts';
import { ConflictPanel } from './conflict.tsx';
import { Draft } from './draft.ts';
import { BrokenRules, entryFindings } from './findings.tsx';
import { EntryGrid, type Look } from './grid.ts';
import { brokenCells, cellName, cellText, columnName, columnSums, firstOfGroup,
	MatrixHead, rowName } from './matrix.tsx';

/** /reports/new: open the draft, then go on under its own address. */
export function NewEntry({ place }: { place: Where }): JSX.Element {
	const key = useMemo(api.newKey, []);
	const form = place.query.get('form') ?? '';
	const period = place.query.get('period') ?? '';
	const unit = place.query.get('unit') ?? '';
	const load = useLoad(key, () =>
		api.openReport({ form, period, unit }, key));
	useEffect(() => {
		if (load.data)
			settle(`/reports/${load.data.id}/entry`);
	}, [load.data]);
	return <>
		<PageHead title={t('entry.title', { form, period:
			formatPeriod(period, lang()) })} />
		{load.problem ? <Failure problem={load.problem} />
			: <Waiting slow={load.slow} />}
	</>;
}

export function Entry({ place }: { place: Where }): JSX.Element {
	const id = place.params.id;
	const load = useLoad(`entry ${id}`, async () => {
		const report = await api.readReport(id);
		return { report, form: await api.readForm(report.form,
			report.period) };
	});
	if (load.problem)
		return <><PageHead title={t('entry.plain')} />
			<Failure problem={load.problem} retry={load.reload} /></>;
	if (!load.data)
		return <Waiting slow={load.slow} />;
	return <Sheet key={`${id} ${lang()}`} {...load.data} />;
}

interface Snapshot {
	cells: Cell[];
	wrong: Map<number, Wrong>;
}

const UNDO_MAX = 100;

function Sheet({ form, report }: { form: Form; report: Report }): JSX.Element {
	const [, redraw] = useReducer((n: number) => n + 1, 0);
	const computed = useMemo(() => computedCells(form), [form]);
	const carried = useMemo(() => carriedCells(form), [form]);
	const previous = report.previous;
	const wrong = useRef(new Map<number, Wrong>());
	const undo = useRef<Snapshot[]>([]);
	const redo = useRef<Snapshot[]>([]);
	const grid = useRef<EntryGrid | null>(null);
	const foot = useRef<HTMLTableCellElement[]>([]);
	const holder = useRef<HTMLDivElement>(null);
	const act = useRef<HTMLParagraphElement>(null);
	const [focus, setFocus] = useState(() => Math.max(0,
		form.cells.findIndex((_, at) => !computed.has(at))));
	const [asking, setAsking] = useState(false);
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<api.Problem | null>(null);

	const draft = useMemo(() => new Draft(form, report,
		session.get()?.person ?? 0, () => redraw(undefined)), []);
	const judged = judge(form, draft.cells, previous)
		.filter((f) => f.verdict !== 'not_judged');
	/* A row nobody has begun is not wrong yet, only unfinished. */
	const untouched = untouchedRows(form, draft.cells, computed, carried);
	const isPending = (target: string): boolean => untouched.has(
		Math.floor(form.cells.indexOf(target) / form.columns.length));
	const findings = entryFindings(form, judged.filter((f) =>
		f.rule.severity !== 'block' || !isPending(f.rule.target)),
	draft.cells);
	const pending = new Set(judged.filter((f) => f.verdict === 'broken' &&
		f.rule.severity === 'block' && isPending(f.rule.target)).map((f) =>
		Math.floor(form.cells.indexOf(f.rule.target) /
			form.columns.length))).size;

	/** Every change of the content goes through here. */
	const put = (cells: Cell[]): void => {
		draft.put(recount(form, cells, computed));
		redraw(undefined);
	};
	const remember = (): void => {
		undo.current = [...undo.current.slice(-UNDO_MAX + 1),
			{ cells: draft.cells, wrong: new Map(wrong.current) }];
		redo.current = [];
	};
	const step = (from: Snapshot[], to: Snapshot[]): void => {
		const back = from.pop();
		if (!back)
			return;
		to.push({ cells: draft.cells, wrong: wrong.current });
		wrong.current = back.wrong;
		put(back.cells);
	};

	const change = (changes: { at: number; typed: string }[],
	    pasted: boolean): void => {
		remember();
		const cells = [...draft.cells];
		const faults: number[] = [];
		for (const { at, typed } of changes) {
			const read = readCell(form, at, typed, cells[at]);
			if ('wrong' in read) {
				wrong.current.set(at, read.wrong);
				cells[at] = withRemark(null, remarkOf(cells[at]));
				faults.push(at);
			} else {
				wrong.current.delete(at);
				cells[at] = read.cell;
			}
		}
		put(cells);
		if (pasted)
			announce(t(faults.length > 0 ? 'entry.pasted_wrong'
				: 'entry.pasted', { n: changes.length, wrong: faults.length,
				cells: faults.slice(0, 5).map((at) => cellName(form, at))
					.join('; ') }));
		else if (faults.length > 0)
			announce(wrongText(form, faults[0],
				wrong.current.get(faults[0])!));
	};

	/* The grid's events find the functions of the latest drawing. */
	const latest = useRef({ change, step });
	latest.current = { change, step };

	useEffect(() => {
		structure.set('own');
		saving.set({ kind: 'none' });
		grid.current = buildGrid(form, computed, foot.current, {
			change: (changes, pasted) =>
				latest.current.change(changes, pasted),
			focus: setFocus,
			undo: () => latest.current.step(undo.current, redo.current),
			redo: () => latest.current.step(redo.current, undo.current),
			leave: () => act.current?.querySelector('button')?.focus(),
		});
		holder.current!.replaceChildren(grid.current.table);
		if (isEmpty(draft.cells) && previous && carried.size > 0)
			put(carryOver(form, draft.cells, previous, carried));
		redraw(undefined);
		const onHide = (): void => {
			grid.current?.settle();
			draft.flush();
		};
		addEventListener('pagehide', onHide);
		return () => {
			removeEventListener('pagehide', onHide);
			grid.current?.settle();
			void draft.save();
			draft.stop();
		};
	}, []);

	/* What the grid shows follows the content. */
	useEffect(() => {
		const marks = brokenCells(form, findings.map((f) => f.finding));
		form.cells.forEach((_, at) => grid.current?.show(at, lookOf(at,
			draft.cells, { wrong: wrong.current, computed, carried,
				previous, marks })));
		columnSums(form, draft.cells).forEach((value, c) => {
			foot.current[c].textContent =
				value === null ? '' : formatNumber(value);
		});
	});

	const counts = {
		block: findings.filter((f) => f.finding.severity === 'block').length,
		explain: findings.filter((f) => f.finding.severity === 'explain' &&
			f.remark.trim() === '').length,
		wrong: wrong.current.size,
		rows: pending,
	};
	const stopped = stopReasons(counts, draft);
	const passed = judged.filter((f) => f.verdict === 'kept').length;

	const submit = async (): Promise<void> => {
		grid.current?.settle();
		setBusy(true);
		setProblem(null);
		try {
			await draft.save();
			if (draft.dirty || draft.conflict)
				throw draft.problem ?? new api.Problem(0,
					{ code: 'network' });
			const fresh = await api.act({ name: 'submit', method: 'POST',
				href: `/api/v1/reports/${report.id}/submit`,
				needs_reason: false }, draft.report.revision);
			finish(fresh);
		} catch (error) {
			setBusy(false);
			setProblem(asProblem(error));
		}
	};
	const sendNil = async (): Promise<void> => {
		setBusy(true);
		setProblem(null);
		try {
			finish(await api.openReport({ form: form.code,
				period: report.period, unit: String(report.unit), nil: true,
				submit: true }, api.newKey()));
		} catch (error) {
			setBusy(false);
			setProblem(asProblem(error));
		}
	};
	const finish = (fresh: Report): void => {
		draft.finish(fresh);
		saving.set({ kind: 'none' });
		tell('ok', t('entry.submitted'), `/reports/${report.id}`);
		go(`/reports/${report.id}`);
	};

	return <div class="entry-page">
		<PageHead title={t('entry.title', { form: form.code, period:
			formatPeriod(report.period, lang()) })}
		about={<>{report.unit_name} · {either(form.name_vi, form.name_en)}</>}
		second={<>
			<a href={`/reports/${report.id}`}>{t('entry.preview')}</a>
			<button type="button" class="button second"
				aria-expanded={asking}
				onClick={() => setAsking(!asking)}>{t('entry.nil')}</button>
		</>}>
			<State state={draft.report.state} />
			<span>{t('entry.window', { from: formatDay(form.window_from),
				to: formatDay(form.window_to) })}</span>
			<span>{t('entry.deadline')} <Deadline
				day={report.deadline} /></span>
		</PageHead>
		{asking ? <NilPanel busy={busy} onDo={() => void sendNil()}
			onCancel={() => setAsking(false)} /> : null}
		{draft.report.reason ? <Note tone="warn"><p><strong>{t('reason.last')}
			</strong> {draft.report.reason}</p></Note> : null}
		{draft.restored ? <Note>{t('entry.restored')}</Note> : null}
		{draft.taken > 0 && !draft.conflict ? <div role="status"><Note>
			{t('entry.taken', { n: draft.taken })}</Note></div> : null}
		{draft.conflict ? <ConflictPanel form={form} mine={draft.cells}
			conflict={draft.conflict} onChoose={(theirs) => {
				remember();
				put(draft.choose(theirs));
			}} /> : null}
		{problem ?? draft.problem ? <Failure
			problem={(problem ?? draft.problem)!} /> : null}
		<div class="scroll" ref={holder} />
		<p class="hint" id="grid-hint">{t('entry.hint')}</p>
		<BrokenRules form={form} findings={findings}
			onGo={(at) => grid.current?.goTo(at)}
			onRemark={(at, remark) => {
				const cells = [...draft.cells];
				cells[at] = withRemark(cells[at], remark);
				put(cells);
			}} />
		<div class="foot">
			<StatusLine form={form} at={focus} cells={draft.cells}
				previous={previous} wrong={wrong.current.get(focus)}
				carried={carried.has(focus)}
				computed={computed.has(focus)} />
			<p class="facts"><span class={findings.length > 0 ? 'alert'
				: undefined}>{t('entry.checks', { passed,
				total: judged.length })}</span>
			<SavedFact /></p>
			{stopped.length > 0 ? <p class="stopped" id="stopped">
				{t('entry.stopped')} {stopped.join(' · ')}</p> : null}
			<p class="primary-act" ref={act}><button type="button"
				class="button" disabled={busy || stopped.length > 0}
				aria-describedby={stopped.length > 0 ? 'stopped' : undefined}
				onClick={() => void submit()}>{t('entry.submit')}</button></p>
		</div>
	</div>;
}

function SavedFact(): JSX.Element {
	const state = saving.use();
	return <span class={state.kind === 'waiting' || state.kind === 'conflict'
		? 'alert' : undefined}>{state.kind === 'saved' ||
		state.kind === 'waiting' ? t(`saving.${state.kind}`, { at: state.at })
		: t(`saving.${state.kind}`)}</span>;
}

function NilPanel({ busy, onDo, onCancel }: { busy: boolean;
    onDo: () => void; onCancel: () => void }): JSX.Element {
	return <Note tone="warn">
		<p>{t('entry.nil_text')}</p>
		<p class="acts"><button type="button" class="button" disabled={busy}
			onClick={onDo}>{t('entry.nil_act')}</button>
		<button type="button" class="button second" onClick={onCancel}>
			{t('cancel')}</button></p>
	</Note>;
}

/** Why it cannot be submitted, in words. */
function stopReasons(counts: { block: number; explain: number;
    wrong: number; rows: number }, draft: Draft): string[] {
	const reasons: string[] = [];
	if (draft.cells.every((cell) => stateOf(cell) === 'missing'))
		reasons.push(t('entry.stop.empty'));
	else if (counts.rows > 0)
		reasons.push(t('entry.stop.rows', { n: counts.rows }));
	if (counts.wrong > 0)
		reasons.push(t('entry.stop.wrong', { n: counts.wrong }));
	if (counts.block > 0)
		reasons.push(t('entry.stop.block', { n: counts.block }));
	if (counts.explain > 0)
		reasons.push(t('entry.stop.explain', { n: counts.explain }));
	if (draft.conflict)
		reasons.push(t('entry.stop.conflict'));
	return reasons;
}

function wrongText(form: Form, at: number, wrong: Wrong): string {
	const { scale, lo, hi } = columnAt(form, at);
	return t(`fault.${wrong.fault}`, { cell: cellName(form, at),
		typed: wrong.typed, scale, lo: formatNumber(lo),
		hi: formatNumber(hi) });
}

/** An empty draft begins with what the period before left behind. */
function carryOver(form: Form, cells: readonly Cell[],
    previous: readonly Cell[], carried: ReadonlyMap<number, number>): Cell[] {
	return form.cells.map((_, at) => {
		const from = carried.get(at);
		const value = from === undefined ? null : valueOf(previous[from]);
		return value ?? cells[at];
	});
}

interface LookContext {
	wrong: ReadonlyMap<number, Wrong>;
	computed: ReadonlySet<number>;
	carried: ReadonlyMap<number, number>;
	previous: readonly Cell[] | null;
	marks: ReadonlyMap<number, string>;
}

function lookOf(at: number, cells: readonly Cell[],
    context: LookContext): Look {
	const { wrong, computed, carried, previous, marks } = context;
	const fault = wrong.get(at);
	const from = carried.get(at);
	const value = valueOf(cells[at]);
	const isCarried = from !== undefined && value !== null &&
		value === valueOf(previous?.[from]);
	const broken = marks.get(at);
	return {
		text: fault ? fault.typed : cellText(cells[at]),
		edit: fault ? fault.typed : value !== null
			? plainNumber(value) : stateOf(cells[at]) === 'none' ? NONE_SIGN : '',
		readOnly: computed.has(at),
		wrong: fault !== undefined,
		marks: [computed.has(at) ? 'computed' : '',
			isCarried ? 'carried' : '', broken ?? '']
			.filter(Boolean).join(' '),
		about: [fault ? t('cell.wrong') : '',
			isCarried ? t('cell.carried') : '',
			broken ? t(`cell.${broken as 'broken-block'}`) : '']
			.filter(Boolean).join(', '),
	};
}

/** Last period's value of the focused cell, and what is wrong with it. */
function StatusLine({ form, at, cells, previous, wrong, carried, computed }: {
    form: Form; at: number; cells: readonly Cell[];
    previous: readonly Cell[] | null; wrong: Wrong | undefined;
    carried: boolean; computed: boolean }): JSX.Element {
	const before = valueOf(previous?.[at]);
	const now = valueOf(cells[at]);
	const per = before !== null && now !== null ? changePerMille(before, now)
		: null;
	return <p class="status-line"><strong>{rowName(rowAt(form, at))}</strong> · (
			{columnAt(form, at).label}) {columnName(columnAt(form, at))}
		{wrong ? <span class="fault"> · {wrongText(form, at, wrong)}</span>
			: <>
				<span> · {before === null ? t('entry.no_previous')
					: <>{t('entry.previous')} <b class="figure">
						{formatNumber(before)}</b></>}</span>
				{per !== null ? <span class="figure"> ({formatChange(per)})
				</span> : null}
				{computed ? <span class="hint"> · {t('cell.computed')}</span>
					: carried ? <span class="hint"> · {t('cell.carry')}</span>
					: null}
			</>}</p>;
}

function buildGrid(form: Form, computed: ReadonlySet<number>,
    footCells: HTMLTableCellElement[],
    events: ConstructorParameters<typeof EntryGrid>[0]['events']): EntryGrid {
	const scrap = document.createElement('table');
	render(<MatrixHead form={form} />, scrap);
	const first = firstOfGroup(form);
	const foot = document.createElement('tfoot');
	const tr = foot.insertRow();
	/* Sums are no part of the form: seen, not stepped on. */
	const label = header(t('form.sum'), 'row-name');
	label.colSpan = 2;
	tr.append(label);
	form.columns.forEach((column, c) => {
		const cell = tr.insertCell();
		cell.setAttribute('role', 'gridcell');
		cell.setAttribute('aria-readonly', 'true');
		cell.className = first.has(column.id) ? 'first' : '';
		footCells[c] = cell;
	});
	return new EntryGrid({
		label: `${form.code} ${either(form.name_vi, form.name_en)}`,
		describedBy: 'grid-hint',
		head: scrap.tHead!,
		rows: form.rows.map((row, r) => ({ id: row.id,
			head: [header(String(r + 1), 'no'),
				header(rowName(row), 'row-name')] })),
		columns: form.columns.map((column) => ({ id: column.id,
			name: `(${column.label}) ${columnName(column)}`,
			first: first.has(column.id) })),
		foot,
		cellId: (at) => `cell-${form.cells[at]}`,
		readOnly: (at) => computed.has(at),
		events,
	});
}

function header(text: string, className: string): HTMLTableCellElement {
	const th = document.createElement('th');
	th.scope = 'row';
	th.className = className;
	th.textContent = text;
	return th;
}
