/*
 * Nhập báo cáo: the form as on paper, counted and checked while it is typed.
 */
import type { JSX } from 'preact';
import { useEffect, useId, useMemo, useReducer, useRef, useState }
	from 'preact/hooks';
import * as api from '../api/client.ts';
import type { Form, Report } from '../api/types.ts';
import { formatDay, formatPeriod } from '../dates.ts';
import { either, lang, t } from '../i18n.ts';
import type { Cell } from '../rules.ts';
import { go, rename, settle, type Where } from '../router.ts';
import { session } from '../session.ts';
import { Flash, showFlash } from '../ui/flash.tsx';
import { onLeaving } from '../ui/keep.ts';
import { asProblem, useLoad } from '../ui/load.ts';
import { Deadline, Failure, Note, PageHead, State, Waiting }
	from '../ui/parts.tsx';
import { saving, savingText, structure } from '../ui/quiet.ts';
import { says } from '../words.ts';
import { toInput } from './cells.ts';
import { ClosedNote } from './closing.tsx';
import { ConflictPanel } from './conflict.tsx';
import { readCounting } from './counting.ts';
import { SheetGrid, StatusLine } from './entry_grid.tsx';
import { BrokenRules, Checks, SpareRemarks, spareRemarks, WrongCells }
	from './findings.tsx';
import type { EntryGrid } from './grid.ts';
import { AskMark, PasteNews } from './pasted.tsx';
import { Sheet } from './sheet.ts';

/** /reports/new: nothing is opened before the first change. */
export function NewEntry({ place }: { place: Where }): JSX.Element {
	const form = place.query.get('form') ?? '';
	const period = place.query.get('period') ?? '';
	const unit = place.query.get('unit') ?? '';
	const load = useLoad('new', async () => {
		const report = await api.readNew({ form, period, unit });
		return { report, counting: null, form: await api.readForm(report.form,
			report.period) };
	});
	useEffect(() => {
		if (load.data && load.data.report.id !== 0)
			settle(`/reports/${load.data.report.id}/entry`);
	}, [load.data]);
	if (!load.problem && load.data?.report.id === 0)
		return <Opened {...load.data} />;
	return <>
		<PageHead title={t('entry.title', { form, period:
			formatPeriod(period, lang()) })} />
		{load.problem ? <Failure problem={load.problem}
			retry={load.reload} /> : <Waiting slow={load.slow} />}
	</>;
}

/** A report that cannot be saved is only read. */
function isWritten(report: Report): boolean {
	return report.actions.some((action) => action.name === 'save');
}

export function Entry({ place }: { place: Where }): JSX.Element {
	const id = place.params.id;
	const load = useLoad(`entry ${id}`, async () => {
		const report = await api.readReport(id);
		return { report, counting: await readCounting(report),
			form: await api.readForm(report.form, report.period) };
	});
	useEffect(() => {
		if (!load.data || isWritten(load.data.report))
			return;
		showFlash(t('entry.read_only', { state:
			t(`state.${load.data.report.state}`) }), `/reports/${id}`);
		settle(`/reports/${id}`);
	}, [load.data]);
	if (load.problem)
		return <><PageHead title={t('entry.plain')} />
			<Failure problem={load.problem} retry={load.reload} /></>;
	if (!load.data || !isWritten(load.data.report))
		return <Waiting slow={load.slow} />;
	return <Opened key={id} {...load.data} />;
}

interface Loaded {
	form: Form;
	report: Report;
	/** Of the version that an amendment must change; null: there is none. */
	counting: Cell[] | null;
}

function useSheet({ form, report, counting }: Loaded): Sheet {
	const [, redraw] = useReducer((n: number) => n + 1, 0);
	const sheet = useMemo(() => {
		saving.set({ kind: 'none' });
		return new Sheet(form, report, counting, session.get()?.person ?? 0,
			() => redraw(undefined));
	}, []);
	useEffect(() => {
		structure.set('own');
		return () => {
			void sheet.draft.save();
			sheet.draft.stop();
		};
	}, []);
	return sheet;
}

/** The words are drawn anew with the language; the sheet stays. */
function Opened(loaded: Loaded): JSX.Element {
	const sheet = useSheet(loaded);
	return <Page key={lang()} sheet={sheet} />;
}

function Page({ sheet }: { sheet: Sheet }): JSX.Element {
	const { form, report, draft } = sheet;
	const grid = useRef<EntryGrid | null>(null);
	const foot = useRef<HTMLDivElement>(null);
	const [focus, setFocus] = useState(() => Math.max(0,
		form.cells.findIndex((_, at) => !sheet.computed.has(at))));
	const [asking, setAsking] = useState(false);
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<api.Problem | null>(null);
	const verdict = sheet.verdict();
	const onGo = (at: number): void => grid.current?.goTo(at);

	useEffect(() => {
		const onHide = (): void => {
			grid.current?.settle();
			draft.flush();
		};
		addEventListener('pagehide', onHide);
		const stay = onLeaving(() => {
			grid.current?.settle();
			return draft.save();
		});
		return () => {
			removeEventListener('pagehide', onHide);
			stay();
		};
	}, []);

	/* It has a number from its first save on, and goes on under that. */
	const { id } = draft.report;
	useEffect(() => {
		if (report.id === 0 && id !== 0)
			rename(`/reports/${id}/entry`);
	}, [id]);

	const send = async (what: () => Promise<Report>): Promise<void> => {
		setBusy(true);
		setProblem(null);
		try {
			const sent = await what();
			draft.finish(sent);
			saving.set({ kind: 'none' });
			showFlash(t('entry.submitted'), `/reports/${sent.id}`);
			go(`/reports/${sent.id}`);
		} catch (error) {
			const why = asProblem(error);
			if (why.stale)
				await draft.meetNow();
			setBusy(false);
			setProblem(why);
		}
	};
	/* Whoever submits has seen all of it. */
	const stopUnread = (isRead: boolean): void => {
		if (!isRead)
			throw new api.Problem(0, { code: 'unread',
				title: t('entry.unread') });
	};
	const obligation = { form: form.code, period: report.period,
		unit: String(report.unit) };
	const submit = (): Promise<void> => send(async () => {
		grid.current?.settle();
		const { meetings } = draft;
		await draft.save();
		stopUnread(meetings === draft.meetings);
		if (draft.dirty || draft.conflict || sheet.verdict().stopped.length > 0)
			throw draft.problem ?? new api.Problem(0, { code: 'unsaved',
				title: t('entry.unsaved') });
		return draft.report.id === 0 ? api.openReport({ ...obligation,
			cells: toInput(form, draft.cells), submit: true }, api.newKey(), 0)
			: api.submitReport(draft.report.id, draft.report.revision);
	});
	/* Over what this clerk has typed, but over nobody else's.  Zeros after
	 * considerable figures are told why, each at its cell. */
	const sendNil = (why: string): Promise<void> => why !== ''
		? (sheet.fillNil(why), submit()) : send(async () => {
		stopUnread(await draft.rest());
		return api.openReport({ ...obligation, nil: true, submit: true },
			api.newKey(), draft.report.revision);
	});

	const spare = spareRemarks(verdict.findings, form, sheet.cells);
	const unfit = sheet.wrong.size + verdict.findings.length + spare.length > 0;
	return <div class={unfit ? 'entry-page has-findings' : 'entry-page'}>
		<Head form={form} report={draft.report} asking={asking}
			onNil={() => setAsking(!asking)} />
		{asking ? <AskNil sheet={sheet} busy={busy}
			onDone={(why) => void sendNil(why)}
			onCancel={() => setAsking(false)} /> : null}
		<Flash path={`/reports/${id}/entry`} />
		<ClosedNote closing={draft.report.closing} />
		<Notes sheet={sheet} problem={problem}
			onDone={() => grid.current?.goTo(focus)} />
		<SheetGrid sheet={sheet} findings={verdict.findings} gridRef={grid}
			onFocus={setFocus}
			onLeave={() => leaveTo(foot.current!)} />
		<p class="hint" id="grid-hint">{t('entry.hint')}</p>
		<div class="foot" ref={foot} tabIndex={-1}>
			<StatusLine sheet={sheet} at={focus} />
			{unfit ? <div class="findings">
				<WrongCells form={form} cells={[...sheet.wrong.keys()]}
					fault={(at) => sheet.faultText(at)} onGo={onGo} />
				<BrokenRules form={form} cells={sheet.cells}
					findings={verdict.findings} onGo={onGo}
					onRemark={(at, remark) => sheet.remark(at, remark)} />
				<SpareRemarks form={form} cells={sheet.cells} spare={spare}
					onDrop={(at) => sheet.remark(at, '')} />
			</div> : null}
			<p class="facts"><Checks passed={verdict.passed}
				total={verdict.total} findings={verdict.findings} />
			<SavedFact />
			{sheet.newsInShort().map((text) => <span class="alert" key={text}>
				{text}</span>)}</p>
			{verdict.stopped.length > 0 ? <p class="stopped" id="stopped">
				{t('entry.stopped')} {verdict.stopped.join(' · ')}
				{verdict.open >= 0 ? <> <button type="button" class="plain"
					onClick={() => onGo(verdict.open)}>{t('entry.to_open')}
				</button></> : null}</p> : null}
			<p class="primary-act"><button type="button"
				class="button" disabled={busy || verdict.stopped.length > 0 ||
					!draft.editable}
				aria-describedby={verdict.stopped.length > 0 ? 'stopped'
					: undefined}
				onClick={() => void submit()}>{t('entry.submit')}</button></p>
		</div>
	</div>;
}

/** Out of the grid: to the act, or to what stops it, or at least there. */
function leaveTo(foot: HTMLElement): void {
	(foot.querySelector<HTMLElement>('.primary-act button:not(:disabled)') ??
		foot.querySelector<HTMLElement>('button:not(:disabled)') ?? foot)
		.focus();
}

/** Nothing happened: sure, when something is open, or was usual? */
function AskNil({ sheet, busy, onDone, onCancel }: { sheet: Sheet;
    busy: boolean; onDone: (why: string) => void; onCancel: () => void }):
    JSX.Element {
	const { draft } = sheet;
	const id = useId();
	const [why, setWhy] = useState('');
	const unusual = sheet.nilUnusual.length;
	return <Note tone="warn">
		<p>{t('entry.nil_text')}</p>
		{sheet.leftOpen.length > 0 ? <p class="fault">
			{t('entry.nil_open', { cells: sheet.leftOpen.join('; ') })}
		</p> : unusual > 0 ? <p class="field"><label for={id}>
			{t('entry.nil_unusual', { n: unusual })}</label>
		<input id={id} type="text" maxLength={500} value={why}
			onInput={(e) => setWhy(e.currentTarget.value)} /></p> : null}
		<p class="acts"><button type="button" class="button"
			disabled={busy || sheet.leftOpen.length > 0 ||
				draft.conflict !== null || !draft.editable ||
				unusual > 0 && !says(why)}
			onClick={() => onDone(why.trim().normalize('NFC'))}>
			{t('entry.nil_act')}</button>
		<button type="button" class="button second"
			onClick={onCancel}>{t('cancel')}</button></p>
	</Note>;
}

function Head({ form, report, asking, onNil }: { form: Form; report: Report;
    asking: boolean; onNil: () => void }): JSX.Element {
	return <PageHead title={t('entry.title', { form: form.code, period:
		formatPeriod(report.period, lang()) })}
	about={<>{report.unit_name} · {either(form.name_vi, form.name_en)}</>}
	second={<>
		{report.id === 0 ? null : <a href={`/reports/${report.id}`}>
			{t('entry.preview')}</a>}
		<button type="button" class="button second" aria-expanded={asking}
			onClick={onNil}>{t('entry.nil')}</button>
	</>}>
		<State state={report.state} />
		<span>{t('entry.window', { from: formatDay(form.window_from),
			to: formatDay(form.window_to) })}</span>
		<span>{t('entry.deadline')} <Deadline day={report.deadline} /></span>
	</PageHead>;
}

/** What happened to this draft before and beside us. */
function Notes({ sheet, problem, onDone }: { sheet: Sheet;
    problem: api.Problem | null; onDone: () => void }): JSX.Element {
	const { draft, form } = sheet;
	const failed = problem ?? draft.problem;
	return <>
		{draft.report.reason ? <Note tone="warn"><p>
			<strong>{t('reason.last')}</strong> {draft.report.reason}</p>
		</Note> : null}
		{draft.editable ? null : <Note tone="warn"><p>{t('entry.closed', {
			state: t(`state.${draft.report.state}`) })}{' '}
			<a href={`/reports/${draft.report.id}`}>{t('entry.closed_see')}</a>
		</p></Note>}
		{draft.restored ? <Note>{t('entry.restored')}</Note> : null}
		{draft.taken > 0 && !draft.conflict ? <div role="status"><Note>
			{t('entry.taken', { n: draft.taken })}</Note></div> : null}
		{draft.conflict ? <ConflictPanel form={form} mine={draft.cells}
			conflict={draft.conflict}
			onChoose={(theirs) => sheet.choose(theirs)} /> : null}
		{sheet.asked ? <AskMark form={form} block={sheet.asked}
			onAnswer={(mark) => {
				sheet.answer(mark);
				onDone();
			}} /> : null}
		<PasteNews sheet={sheet} onClose={() => {
			sheet.forgetNews();
			onDone();
		}} />
		{failed ? <Failure problem={failed} /> : null}
	</>;
}

function SavedFact(): JSX.Element {
	const state = saving.use();
	return <span class={state.kind === 'waiting' || state.kind === 'conflict'
		? 'alert' : undefined}>{savingText(state)}</span>;
}
