/*
 * Báo cáo: all reports this person may see, by form, period and state.
 */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { listForms, listPeriods, listReports, sheetOf } from '../api/client.ts';
import type { ReportItem } from '../api/types.ts';
import { formatInstant, formatPeriod } from '../dates.ts';
import { lang, t } from '../i18n.ts';
import { address, settle, type Where } from '../router.ts';
import { may } from '../session.ts';
import { asProblem, useLoad } from '../ui/load.ts';
import { Choice, Download, Failure, Flag, PageHead, State, Waiting }
	from '../ui/parts.tsx';
import { structure } from '../ui/quiet.ts';
import type { Problem } from '../api/client.ts';

const STATES: ReportItem['state'][] = ['draft', 'proposed', 'returned', 'sent',
	'accepted'];

export function Reports({ place }: { place: Where }): JSX.Element {
	const form = place.query.get('form') ?? '';
	const period = place.query.get('period') ?? '';
	const state = place.query.get('state') ?? '';
	const [more, setMore] = useState<ReportItem[]>([]);
	const [next, setNext] = useState<number | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	const query = { form, period, state, limit: 100 };
	const first = useLoad(`reports ${form} ${period} ${state} ${lang()}`,
		async () => {
			const page = await listReports(query);
			setMore([]);
			setNext(page.next);
			return page;
		});
	const forms = useLoad('forms', listForms);
	const periods = useLoad(form ? `periods ${form}` : null,
		() => listPeriods(form));
	useEffect(() => structure.set('own'), []);

	const pick = (change: Record<string, string>): void =>
		settle(address('/reports', { form, period, state, ...change }));
	const any = { value: '', text: t('reports.any') };
	const items = [...first.data?.items ?? [], ...more];
	/* The whole list is here: what people look for is mostly the newest. */
	if (next === null)
		items.sort((a, b) => b.period.localeCompare(a.period));
	return <>
		<PageHead title={t('nav.reports')} about={t('reports.about')}
			second={<>{may('report.review') ? <a href="/review">
				{t('nav.review')}</a> : null}
			<Download href={sheetOf('/reports', query)} /></>} />
		<div class="filters">
			<Choice label={t('filter.form')} value={form}
				options={[any, ...forms.data?.items.map((f) =>
					({ value: f.code, text: f.code })) ?? []]}
				onChange={(value) => pick({ form: value, period: '' })} />
			{form ? <Choice label={t('filter.period')} value={period}
				options={[any, ...periods.data?.items.map((p) => ({
					value: p.id, text: formatPeriod(p.id, lang()) })) ?? []]}
				onChange={(value) => pick({ period: value })} /> : null}
			<Choice label={t('work.state')} value={state}
				options={[any, ...STATES.map((s) =>
					({ value: s, text: t(`state.${s}`) }))]}
				onChange={(value) => pick({ state: value })} />
		</div>
		{problem ? <Failure problem={problem} /> : null}
		{first.problem ? <Failure problem={first.problem}
			retry={first.reload} /> : !first.data
			? <Waiting slow={first.slow} /> : items.length === 0
			? <div class="empty"><p>{t('reports.none')}</p>
				<p class="hint">{t('reports.none_next')}</p></div>
			: <div class="scroll"><table class="ledger">
				<caption class="unseen">{t('nav.reports')}</caption>
				<thead><tr>
					<th scope="col">{t('work.what')}</th>
					<th scope="col">{t('work.period')}</th>
					<th scope="col">{t('work.unit')}</th>
					<th scope="col">{t('work.state')}</th>
					<th scope="col">{t('history.version')}</th>
					<th scope="col">{t('reports.sent')}</th>
				</tr></thead>
				<tbody>{items.map((item) => <tr key={item.id}>
					<th scope="row"><a href={`/reports/${item.id}`}
						aria-label={`${item.form}, ${formatPeriod(item.period,
							lang())}, ${item.unit_name}`}>{item.form}</a></th>
					<td class="nowrap">{formatPeriod(item.period, lang())}</td>
					<td>{item.unit_name}</td>
					<td><State state={item.state} />
						{item.late ? <> <Flag tone="warn" icon="late">
							{t('state.late')}</Flag></> : null}
						{item.flags > 0 ? <> <Flag tone="warn" icon="flag">
							{t('flags', { n: item.flags })}</Flag></> : null}
					</td>
					<td>{item.version || ''}</td>
					<td class="nowrap figure">{item.sent_at
						? formatInstant(item.sent_at) : ''}</td>
				</tr>)}</tbody>
			</table></div>}
		{next ? <p><button type="button" class="button second"
			onClick={() => void listReports({ ...query, after: next })
				.then((page) => {
					setMore([...more, ...page.items]);
					setNext(page.next);
				}, (error: unknown) => setProblem(asProblem(error)))}>
			{t('more')}</button></p> : null}
	</>;
}
