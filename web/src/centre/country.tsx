/*
 * Cả nước: one table from the nation down to the commune that opens in place;
 * every figure has its coverage beside it and its trace behind it.
 */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import * as api from '../api/client.ts';
import type { Figures, Form, FormItem, FormPeriod } from '../api/types.ts';
import { formatDay, formatPeriod, today } from '../dates.ts';
import { either, lang, t } from '../i18n.ts';
import { formatCount } from '../numbers.ts';
import { address, go, settle, type Where } from '../router.ts';
import { position, widePosition } from '../session.ts';
import { useNews } from '../ui/live.ts';
import { asProblem, SLOW_MS, useLoad } from '../ui/load.ts';
import { Choice, Download, Failure, PageHead, Waiting } from '../ui/parts.tsx';
import { askLedger, structure } from '../ui/quiet.ts';
import { TracePanel } from './trace.tsx';
import { TreeTable } from './tree.tsx';
import { figuresQuery, readView, viewAddress, type View } from './view.ts';

/* The last day of the provinces and districts before the reform. */
const BEFORE_REFORM = '2025-06-30';
/* The whole table is read anew, so not more often than this. */
const NEWS_MS = 5_000;

export function Country({ place }: { place: Where }): JSX.Element {
	const asked = readView(place.query);
	const load = useLoad(`country ${asked.form} ${asked.period} ${asked.at} ${
		lang()}`, () => prepare(asked));
	if (load.problem)
		return <><PageHead title={t('nav.country')} />
			<Failure problem={load.problem} retry={load.reload} /></>;
	if (!load.data)
		return <Waiting slow={load.slow} />;
	const view = { ...asked, ...load.data.chosen };
	return <Board view={view} forms={load.data.forms}
		periods={load.data.periods} form={load.data.form} />;
}

/** What the address leaves open is filled in: form, period, unit. */
async function prepare(asked: View): Promise<{ forms: FormItem[];
    periods: FormPeriod[]; form: Form;
    chosen: Pick<View, 'form' | 'period' | 'at'> }> {
	const { items: forms } = await api.listForms();
	const code = asked.form || forms[0]?.code;
	const { items: periods } = await api.listPeriods(code);
	const period = asked.period || (periods.find((p) => p.is_open) ??
		periods[0]).id;
	const [form, at] = await Promise.all([api.readForm(code, period),
		asked.at || startUnit()]);
	return { forms, periods, form, chosen: { form: code, period, at } };
}

/** The nation for those who may see it, else the unit they act for. */
async function startUnit(): Promise<number> {
	const wide = widePosition();
	return wide?.role === 'centre'
		? (await api.listUnits({ level: 0, limit: 1 })).items[0].id
		: (wide ?? position())?.unit ?? 0;
}

/** Below a unit for those whose rights reach there, else the unit alone. */
function rowsUnder(unit: number): Pick<api.FiguresQuery, 'children_of' |
    'units'> {
	return widePosition() ? { children_of: unit } : { units: String(unit) };
}

/** One answer for each unit that is open, by unit. */
type Blocks = Map<number, Figures>;

function useBlocks(view: View, form: Form): { blocks: Blocks | null;
    problem: api.Problem | null; slow: boolean } {
	const query = figuresQuery(view, form);
	const key = JSON.stringify([query, view.at]);
	const [state, setState] = useState<{ key: string; blocks: Blocks | null;
		problem: api.Problem | null }>({ key: '', blocks: null, problem: null });
	const [slow, setSlow] = useState(false);
	const [turn, setTurn] = useState(0);
	const lastTurn = useRef(0);

	useEffect(() => {
		const fresh = turn !== lastTurn.current || state.key !== key;
		const missing = [view.at, ...view.open].filter((unit) =>
			fresh || !state.blocks?.has(unit));
		lastTurn.current = turn;
		if (missing.length === 0)
			return;
		let over = false;
		const timer = setTimeout(() => setSlow(true), SLOW_MS);
		Promise.all(missing.map(async (unit) => [unit,
			await api.readFigures({ ...query, ...rowsUnder(unit) })] as const))
			.then((got) => {
				if (!over)
					setState((old) => ({ key, problem: null,
						blocks: new Map([...old.key === key && old.blocks
							? old.blocks : [], ...got]) }));
			}, (error: unknown) => {
				if (!over)
					setState((old) => ({ ...old, key,
						problem: asProblem(error) }));
			}).finally(() => {
				clearTimeout(timer);
				setSlow(false);
			});
		return () => {
			over = true;
		};
	}, [key, view.open.join(), turn]);

	/* What is asked as of now keeps itself up to date. */
	useNews(({ ledger_index }) => view.asOf === '' && ledger_index !== null,
		() => {
			if (view.asOf !== '')
				return;
			setTurn((n) => n + 1);
			void askLedger();
		}, NEWS_MS);
	return { blocks: state.blocks, problem: state.problem, slow };
}

/** The unit that the page is of; before its figures are here, the period. */
function titleOf(root: Figures | undefined, view: View): string {
	const period = formatPeriod(view.period, lang());
	/* Who may see one unit only has its row and no total. */
	const own = root?.rows.find((row) => row.kind === 'total') ??
		(root?.rows.length === 1 ? root.rows[0] : undefined);
	if (!own)
		return period;
	return t('country.title', { period, unit: own.level === 0
		? t('nav.country') : own.name });
}

function Board({ view, forms, periods, form }: { view: View;
    forms: FormItem[]; periods: FormPeriod[]; form: Form }): JSX.Element {
	const { blocks, problem, slow } = useBlocks(view, form);
	const pick = (change: Partial<View>): void =>
		settle(viewAddress({ ...view, ...change }));
	/* Back takes it back: one step down the trace, one step up. */
	const step = (change: Partial<View>): void =>
		go(viewAddress({ ...view, ...change }));
	useEffect(() => structure.set(view.structure), [view.structure]);

	const root = blocks?.get(view.at);
	const exact = root ? viewAddress({ ...view,
		asOf: view.asOf || String(root.index) }) : '';
	const structureOn = root?.periods[0]?.structure_on;
	return <div class="country">
		<PageHead title={titleOf(root, view)}
		about={either(form.name_vi, form.name_en)}
		second={root ? <>
			{widePosition() ? <a href={address('/late', { form: view.form,
				period: view.period, unit: view.at, show: 'missing' })}>
				{t('country.late')}</a> : null}
			<Download href={api.figuresSheet({ ...figuresQuery(view, form),
				...rowsUnder(view.at) })} />
			<a href={exact} title={t('country.exact_about')}>
				{t('country.exact')}</a>
		</> : null}>
			{root ? <>
				<span>{t('country.structure_on',
					{ day: formatDay(structureOn ?? '') })}</span>
				<span>{t('country.index', { n: root.index })}</span>
			</> : null}
		</PageHead>
		<Filters view={view} forms={forms} periods={periods} form={form}
			pick={pick} />
		{problem ? <Failure problem={problem} /> : null}
		{slow ? <p class="hint slow" role="status">{t('loading')}</p> : null}
		{!blocks || !root ? problem ? null : <Waiting slow={slow} />
			: <div class={view.trace ? 'board with-trace' : 'board'}>
				<TreeTable form={form} blocks={blocks} view={view}
					onToggle={(unit) => pick({ open: view.open.includes(unit)
						? view.open.filter((u) => u !== unit)
						: [...view.open, unit] })}
					onTrace={(trace) => step({ trace })} />
				{view.trace ? <TracePanel key={lang()} view={view}
					form={form} onTrace={(trace) => step({ trace })}
					onStart={(at) => pick({ at, open: [], trace: null })} />
					: null}
			</div>}
		<p class="hint legend">{t('country.legend')}</p>
	</div>;
}

function Filters({ view, forms, periods, form, pick }: { view: View;
    forms: FormItem[]; periods: FormPeriod[]; form: Form;
    pick: (change: Partial<View>) => void }): JSX.Element {
	const now = today();
	const structures = [
		{ value: 'own', text: t('structure.own') },
		{ value: BEFORE_REFORM, text: t('structure.before') },
		{ value: now, text: t('structure.now') },
	];
	return <div class="filters">
		<Choice label={t('filter.form')} value={view.form}
			options={forms.map((f) => ({ value: f.code, text: f.code }))}
			onChange={(value) => pick({ form: value, period: '', row: 'all',
				open: [], trace: null })} />
		<Choice label={t('filter.period')} value={view.period}
			options={periods.map((p) => ({ value: p.id,
				text: formatPeriod(p.id, lang()) }))}
			onChange={(period) => pick({ period })} />
		<Choice label={t('form.row')} value={view.row}
			options={[{ value: 'all', text: t('country.all_rows') },
				...form.rows.map((r) => ({ value: r.id,
					text: either(r.name_vi, r.name_en) }))]}
			onChange={(row) => pick({ row, trace: null })} />
		<Choice label={t('filter.basis')} value={view.basis}
			options={[{ value: 'sent', text: t('basis.sent') },
				{ value: 'accepted', text: t('basis.accepted') }]}
			onChange={(value) => pick({ basis: value as View['basis'] })} />
		<DayChoice label={t('filter.structure')} value={view.structure}
			known={structures} onPick={(value) =>
				pick({ structure: value })} />
		<DayChoice label={t('filter.as_of')} value={view.asOf}
			known={[{ value: '', text: t('as_of.now') },
				...(/^\d+$/.test(view.asOf) ? [{ value: view.asOf,
					text: t('as_of.index', { n: formatCount(
						Number(view.asOf)) }) }] : [])]}
			onPick={(value) => pick({ asOf: value })} />
		{view.structure !== 'own' ? <label class="check"><input
			type="checkbox" checked={view.apportion === 'equal'}
			onChange={(e) => pick({ apportion: e.currentTarget.checked
				? 'equal' : 'none' })} /> {t('country.apportion')}</label>
			: null}
	</div>;
}

/** A few known days, or any other. */
function DayChoice({ label, value, known, onPick }: { label: string;
    value: string; known: { value: string; text: string }[];
    onPick: (value: string) => void }): JSX.Element {
	const other = !known.some((k) => k.value === value);
	const [asking, setAsking] = useState(other);
	const show = asking || other;
	return <span class="choice-group">
		<Choice label={label} value={show ? 'day' : value}
			options={[...known, { value: 'day', text: t('day.other') }]}
			onChange={(picked) => {
				setAsking(picked === 'day');
				if (picked !== 'day')
					onPick(picked);
			}} />
		{show ? <input type="date" aria-label={t('day.label',
			{ what: label })} min="2000-01-01" max="2100-12-31"
		value={other ? value : ''} onChange={(e) => {
			if (e.currentTarget.value !== '')
				onPick(e.currentTarget.value);
		}} /> : null}
	</span>;
}
