/*
 * Chậm, thiếu: who is late with a form and period, since when, and who has sent
 * nothing yet, at every level below a unit.
 */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { listForms, listObligations, listPeriods, sheetOf }
	from '../api/client.ts';
import type { Obligation } from '../api/types.ts';
import { formatInstant, formatPeriod } from '../dates.ts';
import { lang, t, type TextKey } from '../i18n.ts';
import { address, type Where } from '../router.ts';
import { may, position, widePosition } from '../session.ts';
import { useLoad } from '../ui/load.ts';
import { Choice, Download, Failure, PageHead, State, Tabs, Waiting }
	from '../ui/parts.tsx';
import { structure } from '../ui/quiet.ts';
import { Due, Inherited } from './due.tsx';
import { ListFilters, More, narrow, queryOf, usePages } from './filters.tsx';

const SHOWS = ['late', 'missing', 'all'] as const;
type Show = typeof SHOWS[number];
const NAMES: ('form' | 'period' | 'unit' | 'level' | 'q')[] =
	['form', 'period', 'unit', 'level', 'q'];
const LEVELS: [string, TextKey][] = [['', 'late.level.all'],
	['1', 'late.level.1'], ['2', 'late.level.2'], ['3', 'late.level.3']];

export function Late({ place }: { place: Where }): JSX.Element {
	const asked = place.query.get('show') as Show | null;
	const show: Show = asked && SHOWS.includes(asked) ? asked : 'late';
	const given = queryOf(place, NAMES);
	const forms = useLoad('forms', listForms);
	const form = given.form || forms.data?.items[0]?.code || '';
	const periods = useLoad(form ? `periods ${form}` : null,
		() => listPeriods(form));
	const period = given.period || (periods.data?.items.find((p) =>
		p.is_open) ?? periods.data?.items[0])?.id || '';
	const unit = given.unit ||
		String((widePosition() ?? position())?.unit ?? '');
	useEffect(() => structure.set('own'), []);

	const ask = { form, period, under: unit, level: given.level, q: given.q,
		late: show === 'late' || undefined,
		missing: show === 'missing' || undefined };
	const pages = usePages(form && period ? `late ${show} ${lang()} ${period} ${unit} ${
		JSON.stringify(given)}` : null, (after) => listObligations({ ...ask,
		limit: 100, after }));
	const { first, items } = pages;
	const problem = forms.problem ?? periods.problem ?? first.problem;
	const counts = first.data?.counts;
	const query = { ...given, form, period,
		show: show === 'late' ? '' : show };
	return <>
		<PageHead title={period ? t('late.title', { period:
			formatPeriod(period, lang()) }) : t('nav.late')}
		about={t('late.about')}
		second={<>{may('report.review') ? <a href={address('/review',
			{ form, period })}>{t('nav.review')}</a> : null}
			<Download href={sheetOf('/obligations', ask)} /></>} />
		<Tabs label={t('work.tabs')} current={show} href={(id) =>
			address('/late', { ...query, show: id === 'late' ? null : id })}
		tabs={SHOWS.map((id) => ({ id, text: t(`late.show.${id}`),
			count: counts?.[id] }))} />
		<ListFilters place={place} query={query} needed
			there={forms.data !== undefined}>
			<Choice label={t('late.level')} value={given.level}
				options={LEVELS.map(([value, text]) =>
					({ value, text: t(text) }))}
				onChange={(level) => narrow(place, query, { level })} />
		</ListFilters>
		{problem ? <Failure problem={problem} retry={first.reload} />
			: !first.data ? <Waiting slow={first.slow} />
			: items.length === 0 ? <div class="empty">
				<p>{t(`late.none.${show}`)}</p>
				{show === 'late' && counts && counts.missing > 0 ? <p><a
					href={address('/late', { ...query, show: 'missing' })}>
					{t('late.none.yet', { n: counts.missing })}</a></p>
					: null}</div>
			: <LateTable items={items} />}
		<More pages={pages} />
	</>;
}

function LateTable({ items }: { items: Obligation[] }): JSX.Element {
	return <div class="scroll"><table class="ledger work">
		<caption class="unseen">{t('nav.late')}</caption>
		<thead><tr>
			<th scope="col">{t('work.unit')}</th>
			<th scope="col">{t('late.above')}</th>
			<th scope="col">{t('work.due')}</th>
			<th scope="col">{t('work.state')}</th>
			<th scope="col">{t('reports.sent')}</th>
		</tr></thead>
		<tbody>{items.map((item) => <tr key={item.unit}>
			<th scope="row">{item.report !== null && item.version > 0
				? <a href={`/reports/${item.report}`}>{item.unit_name}</a>
				: item.unit_name}<Inherited obligation={item} /></th>
			<td>{item.above_name}</td>
			<td><Due obligation={item} /></td>
			<td><State state={item.state} /></td>
			<td class="nowrap figure">{item.sent_at
				? formatInstant(item.sent_at) : ''}</td>
		</tr>)}</tbody>
	</table></div>;
}
