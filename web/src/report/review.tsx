/*
 * Tiếp nhận: the level above goes through what the units below have sent.
 * Left who and how far, right the chosen report beside the live total.
 */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import * as api from '../api/client.ts';
import type { Form, Obligation, Report }
	from '../api/types.ts';
import { formatInstant, formatPeriod } from '../dates.ts';
import { lang, t, type TextKey } from '../i18n.ts';
import { formatNumber } from '../numbers.ts';
import { address, settle, type Where } from '../router.ts';
import { valueOf, type Cell } from '../rules.ts';
import { position, widePosition } from '../session.ts';
import { Flash, showFlash } from '../ui/flash.tsx';
import { ACCEPTED, CLOSED, REOPENED, SENT_BACK, SIGNED, useNews } from '../ui/live.ts';
import { asProblem, useLoad } from '../ui/load.ts';
import { Choice, Download, Failure, Flag, Icon, PageHead, State, Waiting }
	from '../ui/parts.tsx';
import { askLedger, structure } from '../ui/quiet.ts';
import { Closing } from './closing.tsx';
import { Inherited } from './due.tsx';
import { columnSums, edgesOf, MatrixHead } from './matrix.tsx';
import { doneText, hasActs, ReportActs, ReportBody, ReportFacts } from './report.tsx';

/* Between two looks at what has happened. */
const NEWS_MS = 1_000;
/* More changed rows than this are read as the whole list. */
const ROWS_MAX = 10;
/* The server takes so many at once. */
const ACCEPT_MAX = 500;

interface Ask {
	form: string;
	period: string;
	unit: number;
	/** The day in whose structure totals are taken: of an earlier period, the
	 * newest one's, as the list is of the units that are below today. */
	structure?: string;
}

export function Review({ place }: { place: Where }): JSX.Element {
	const unit = Number(place.query.get('unit')) ||
		(widePosition() ?? position())?.unit || 0;
	const forms = useLoad('forms', api.listForms);
	const form = place.query.get('form') ?? forms.data?.items[0]?.code ?? '';
	const periods = useLoad(form ? `periods ${form}` : null,
		() => api.listPeriods(form));
	const newest = periods.data?.items.find((p) => p.is_open);
	const period = place.query.get('period') ??
		(newest ?? periods.data?.items[0])?.id ?? '';
	const chosen = place.query.get('report');
	useEffect(() => structure.set('own'), []);

	const href = (change: Record<string, string | number | null>): string =>
		address('/review', { form, period, unit, report: chosen,
			sort: place.query.get('sort'), view: place.query.get('view'),
			...change });
	const problem = forms.problem ?? periods.problem;
	if (problem)
		return <><PageHead title={t('nav.review')} />
			<Failure problem={problem} /></>;
	if (!form || !period || !periods.data || !forms.data)
		return <Waiting slow={forms.slow || periods.slow} />;
	return <>
		<PageHead title={t('review.title', { period:
			formatPeriod(period, lang()) })}
		about={position()?.unit_name}
		second={<><span class="filters">
			<Choice label={t('filter.form')} value={form}
				options={forms.data.items.map((f) =>
					({ value: f.code, text: f.code }))}
				onChange={(value) => settle(address('/review',
					{ form: value, unit }))} />
			<Choice label={t('filter.period')} value={period}
				options={periods.data.items.map((p) => ({ value: p.id,
					text: formatPeriod(p.id, lang()) }))}
				onChange={(value) => settle(href({ period: value,
					report: null }))} />
		</span><a href="/reports">{t('review.all_reports')}</a>
		<Download href={api.sheetOf('/obligations', { form, period, unit })} /></>} />
		<Desk key={`${form} ${period} ${unit} ${lang()}`}
			ask={{ form, period, unit, structure: newest?.id === period
				? undefined : newest?.structure_on }} chosen={chosen}
			sort={place.query.get('sort') ?? 'state'}
			view={place.query.get('view') === 'change' ? 'change' : 'figures'}
			href={href} />
	</>;
}

const MOVES = [SIGNED, ACCEPTED, SENT_BACK];

/** Rows read anew since the list was; they go with it. */
interface Rows {
	of: Obligation[] | undefined;
	at: Map<number, Obligation>;
}
const NO_ROWS: Rows = { of: undefined, at: new Map() };

async function readRow(ask: Ask, unit: number): Promise<Obligation> {
	const { items } = await api.listObligations({ form: ask.form,
		period: ask.period, unit, limit: 500 });
	const row = items.find((o) => o.unit === unit);
	if (!row)
		throw new Error(`unit ${unit} owes nothing`);
	return row;
}

function join(old: Rows, of: Obligation[] | undefined, read: Obligation[]):
    Rows {
	return { of, at: new Map([...old.of === of ? old.at : [],
		...read.map((row) => [row.unit, row] as const)]) };
}

function withRows(list: Obligation[] | undefined, rows: Rows):
    Obligation[] | undefined {
	return rows.of !== list ? list
		: list?.map((row) => rows.at.get(row.unit) ?? row);
}

/** What the desk shows, kept up to date while the page is looked at. */
function useDesk(ask: Ask) {
	const list = useLoad('list', () => allUnits(ask));
	const form = useLoad('form', () => api.readForm(ask.form, ask.period));
	const totals = useLoad('totals', () => readTotals(ask));
	const refresh = (): void => {
		list.reload();
		totals.reload();
		void askLedger();
	};
	const below = useRef(list.data);
	below.current = list.data;
	const [rows, setRows] = useState<Rows>(NO_ROWS);
	useNews(({ unit, type }) => type === CLOSED || type === REOPENED
		? unit === ask.unit
		: MOVES.includes(type) &&
			(below.current?.some((u) => u.unit === unit) ?? false),
	({ missed, events }) => {
		const units = [...new Set(events.map((e) => e.unit))];
		totals.reload();
		void askLedger();
		if (missed || units.length > ROWS_MAX || units.includes(ask.unit))
			list.reload();
		else
			void Promise.all(units.map((unit) => readRow(ask, unit!))).then(
				(read) => setRows((old) => join(old, below.current, read)),
				list.reload);
	}, NEWS_MS);
	const shown = { ...list, data: withRows(list.data, rows) };
	return { list: shown, form, totals, refresh };
}

function Desk({ ask, chosen, sort, view, href }: { ask: Ask;
    chosen: string | null; sort: string; view: 'figures' | 'change';
    href: (change: Record<string, string | number | null>) => string }):
    JSX.Element {
	const { list, form, totals, refresh } = useDesk(ask);
	const problem = list.problem ?? form.problem;
	if (problem)
		return <Failure problem={problem} retry={list.reload} />;
	if (!list.data || !form.data)
		return <Waiting slow={list.slow || form.slow} />;
	const sums = totals.data && { ...totals.data, listed: list.data.length };
	return <>
		<Flash path="/review" />
		<div class="desk">
			<section class="below" aria-labelledby="below-title">
				<h2 id="below-title" class="unseen">{t('review.below')}</h2>
				<p class="count-line">{countLine(list.data)}</p>
				<UnitList units={list.data} own={ask.unit} chosen={chosen}
					sort={sort} href={href} />
				{list.data.length === 0 ? <div class="empty">
					<p>{t('review.none')}</p></div> : null}
				<DeskActs ask={ask} units={list.data.filter((u) =>
					u.above === ask.unit)} form={form.data}
					isMain={chosen === null} onDone={refresh} />
			</section>
			<section class="chosen" aria-label={t('review.chosen')}>
				{chosen ? <Chosen key={chosen} id={chosen} form={form.data}
					totals={sums} view={view} href={href}
					onDone={(done) => {
						showFlash(done, '/review');
						refresh();
					}} />
					: <><Totals form={form.data} report={null}
						totals={sums} />
					<div class="empty"><p>{t('review.choose')}</p></div></>}
			</section>
		</div>
	</>;
}

/** The acts on all units at once: accept what has no flags, close the period. */
function DeskActs({ ask, units, form, isMain, onDone }: { ask: Ask;
    units: Obligation[]; form: Form; isMain: boolean; onDone: () => void }): JSX.Element {
	const [problem, setProblem] = useState<api.Problem | null>(null);
	const [busy, setBusy] = useState(false);
	const unflagged = units.filter((u) => u.state === 'sent' &&
		u.flags === 0 && u.report !== null);
	const known = units.some((u) => u.closing?.unit === ask.unit);

	const run = async (what: () => Promise<string>): Promise<void> => {
		setBusy(true);
		setProblem(null);
		try {
			showFlash(await what(), '/review');
		} catch (error) {
			setProblem(asProblem(error));
		}
		setBusy(false);
		onDone();
	};
	const acceptUnflagged = (): Promise<void> => run(async () => {
		const { items } = await api.acceptAll(unflagged.slice(0, ACCEPT_MAX)
			.map((u) => u.report!));
		const done = items.filter((i) => i.ok).length;
		const failed = items.length - done;
		return failed === 0 ? t('review.accepted', { n: done })
			: t('review.accepted_some', { n: done, failed });
	});
	return <>
		{problem ? <Failure problem={problem} /> : null}
		{unflagged.length === 0 ? null : <div class="acts">
			<p class={isMain ? 'primary-act' : undefined}>
				<button type="button" class={isMain ? 'button'
					: 'button second'} disabled={busy}
				onClick={() => void acceptUnflagged()}>
					{t('review.accept_all', { n: unflagged.length })}
				</button></p>
		</div>}
		<Closing ask={{ form: ask.form, period: ask.period, unit: ask.unit }}
			form={form} known={known} onDone={onDone} />
	</>;
}

/** The unit's own obligation and all direct children, page by page: as many as its
 * totals are of.  The server's order is that of the names. */
async function allUnits(ask: Ask): Promise<Obligation[]> {
	const units: Obligation[] = [];
	let after: number | undefined;
	do {
		const page = await api.listObligations({ form: ask.form,
			period: ask.period, unit: ask.unit, limit: 500, after });
		units.push(...page.items);
		after = page.next ?? undefined;
	} while (after !== undefined);
	return units;
}

interface TotalsData {
	sent: (string | null)[];
	accepted: (string | null)[];
	reported: number;
	expected: number;
	/** Units in the list: as many as are expected, or further levels count. */
	listed?: number;
}

async function readTotals(ask: Ask): Promise<TotalsData> {
	const query = { form: ask.form, periods: ask.period,
		units: String(ask.unit), structure: ask.structure };
	const [sent, accepted] = await Promise.all([
		api.readFigures({ ...query, basis: 'sent' }),
		api.readFigures({ ...query, basis: 'accepted' })]);
	const row = (figures: typeof sent) => (figures.rows.find((r) =>
		r.kind === 'unit') ?? figures.rows[0])?.periods[0];
	const values = (figures: typeof sent) =>
		row(figures)?.values.map((v) => valueOf(v as Cell)) ?? [];
	return { sent: values(sent), accepted: values(accepted),
		reported: row(sent)?.reported ?? 0,
		expected: row(sent)?.expected ?? 0 };
}

/** "148/163 đã gửi · 9 chưa · 6 trả lại" */
function countLine(units: Obligation[]): string {
	const count = (is: (unit: Obligation) => boolean): number =>
		units.filter(is).length;
	/* A version counts while another one is on the desk. */
	const sent = count((u) => u.version > 0);
	const returned = count((u) => u.version === 0 && u.state === 'returned');
	return t('review.count', { sent, all: units.length,
		accepted: count((u) => u.state === 'accepted'),
		missing: units.length - sent - returned, returned });
}

const STATE_ORDER = ['sent', 'returned', 'proposed', 'draft', 'not_started',
	'accepted'];
/* What was never sent is the unit's own affair. */
const SEEN: Obligation['state'][] = ['sent', 'accepted', 'returned'];
const SORTS: Record<string, (a: Obligation, b: Obligation) => number> = {
	unit: () => 0, // as they come
	state: (a, b) => STATE_ORDER.indexOf(a.state) -
		STATE_ORDER.indexOf(b.state) || b.flags - a.flags,
	time: (a, b) => (a.sent_at ?? '9').localeCompare(b.sent_at ?? '9'),
	flags: (a, b) => b.flags - a.flags,
};
const HEADS: [string, TextKey][] = [['unit', 'work.unit'],
	['state', 'work.state'], ['time', 'reports.sent'], ['flags', 'flags.head']];

function UnitList({ units, own, chosen, sort, href }: { units: Obligation[];
    own: number; chosen: string | null; sort: string;
    href: (change: Record<string, string | number | null>) => string }):
    JSX.Element {
	const by = SORTS[sort] ?? SORTS.state;
	const sorted = [...units].sort(by);
	return <div class="scroll tall" role="region" tabIndex={0}
		aria-labelledby="below-title"><table class="ledger pick">
		<thead><tr>{HEADS.map(([id, text]) => <th key={id} scope="col"
			aria-sort={sort === id ? 'ascending' : undefined}>
			<a href={href({ sort: id })}>{t(text)}</a></th>)}</tr></thead>
		<tbody>{sorted.map((u) => {
			const here = u.report !== null && String(u.report) === chosen;
			return <tr key={u.unit} class={here ? 'here' : undefined}>
				<th scope="row">{u.report === null || !SEEN.includes(u.state)
					? u.unit_name : <a href={href({ report: u.report })}
						aria-current={here ? 'true' : undefined}>
						{u.unit_name}</a>}{u.unit === own ? <span class="hint">
					{' '}{t('review.own')}</span> : null}
				<Inherited obligation={u} short /></th>
				<td><State state={u.state} /></td>
				<td class="figure">{u.sent_at ? <span class="nowrap">
					{formatInstant(u.sent_at).slice(0, 11)}</span> : null}
				{u.late ? <span class="late-mark"> <Icon name="late" />
					{t('late.days', { n: u.days_late })}</span> : null}</td>
				<td class="num">{u.flags > 0 ? <Flag tone="warn"
					icon="flag">{u.flags}</Flag> : null}</td>
			</tr>;
		})}</tbody>
	</table></div>;
}

function Chosen({ id, form, totals, view, href, onDone }: { id: string;
    form: Form; totals: TotalsData | undefined; view: 'figures' | 'change';
    href: (change: Record<string, string | number | null>) => string;
    onDone: (done: string) => void }): JSX.Element {
	const load = useLoad(id, () => api.readReport(id));
	/* Signed anew while it is looked at, it is another one. */
	useNews(({ unit, type }) => MOVES.includes(type) &&
		unit === load.data?.unit, load.reload, NEWS_MS);
	if (load.problem)
		return <Failure problem={load.problem} retry={load.reload} />;
	if (!load.data)
		return <Waiting slow={load.slow} />;
	const report = load.data;
	return <>
		<h2><a href={`/reports/${report.id}`}>{report.unit_name}</a></h2>
		<p class="facts"><ReportFacts report={report} form={form} /></p>
		<ReportBody key={report.revision} report={report} form={form}
			view={view} viewHref={(v) => href({ view: v === 'figures'
				? null : v })} besideActs={hasActs(report)} />
		<Totals form={form} report={report} totals={totals} />
		<ReportActs key={`acts ${report.revision}`} report={report}
			form={form} onDone={(fresh, act) => {
				onDone(doneText(act, fresh));
				load.put(fresh);
			}} />
	</>;
}

/** The report's sums beside the live total of the reviewing unit. */
function Totals({ form, report, totals }: { form: Form;
    report: Report | null; totals: TotalsData | undefined }): JSX.Element {
	const text = (value: string | null | undefined): string =>
		value === null || value === undefined ? '' : formatNumber(value);
	const edges = edgesOf(form);
	const deep = totals !== undefined && totals.expected !== totals.listed;
	const line = (title: string, values: (string | null)[]): JSX.Element =>
		<tr><th scope="row" class="row-name">{title}</th>
			{form.columns.map((column, c) => <td key={column.id}
				class={edges.has(column.id) ? 'edge' : undefined}>
				{text(values[c])}</td>)}</tr>;
	return <div class="scroll" role="region" tabIndex={0}
		aria-label={t('review.totals')}><table class="matrix totals">
		<MatrixHead form={form} stub={<th scope="col" rowSpan={2}
			class="row-name">{t('review.totals')}
			<span class="label">{t(deep ? 'review.totals_levels'
				: 'review.totals_own')}</span></th>} />
		<tbody>
			{report ? line(t('review.this_report'),
				columnSums(form, report.cells)) : null}
			{line(t(deep ? 'review.total_levels' : 'review.total_sent', { n: totals?.reported ?? 0,
				all: totals?.expected ?? 0 }), totals?.sent ?? [])}
			{line(t(deep ? 'review.total_levels_accepted'
				: 'review.total_accepted'), totals?.accepted ?? [])}
		</tbody>
	</table></div>;
}

