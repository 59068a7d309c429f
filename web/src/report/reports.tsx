/*
 * Báo cáo: all reports this person may see, the newest first, by form, period,
 * state and unit.
 */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { listReports, sheetOf } from '../api/client.ts';
import type { ReportItem } from '../api/types.ts';
import { formatInstant, formatPeriod } from '../dates.ts';
import { lang, t } from '../i18n.ts';
import { type Where } from '../router.ts';
import { may, widePosition } from '../session.ts';
import { Choice, Download, Failure, Flag, PageHead, State, Waiting }
	from '../ui/parts.tsx';
import { structure } from '../ui/quiet.ts';
import { Check, ListFilters, More, narrow, queryOf, usePages }
	from './filters.tsx';

const STATES: ReportItem['state'][] = ['draft', 'proposed', 'returned', 'sent',
	'accepted'];
const NAMES: ('form' | 'period' | 'state' | 'unit' | 'q' | 'late')[] =
	['form', 'period', 'state', 'unit', 'q', 'late'];

export function Reports({ place }: { place: Where }): JSX.Element {
	const query = queryOf(place, NAMES);
	const pages = usePages(`reports ${JSON.stringify(query)} ${lang()}`,
		(after) => listReports({ ...query, limit: 100, after }));
	useEffect(() => structure.set('own'), []);

	const { first, items } = pages;
	return <>
		<PageHead title={t('nav.reports')} about={t('reports.about')}
			second={<>
				{may('report.review') ? <a href="/review">
					{t('nav.review')}</a> : null}
				{widePosition() ? <a href="/late">{t('nav.late')}</a> : null}
				<Download href={sheetOf('/reports', query)} />
			</>} />
		<ListFilters place={place} query={query}
			there={first.data !== undefined}>
			<Choice label={t('work.state')} value={query.state}
				options={[{ value: '', text: t('reports.any') },
					...STATES.map((s) => ({ value: s,
						text: t(`state.${s}`) }))]}
				onChange={(state) => narrow(place, query, { state })} />
			<Check label={t('filter.late')} value={query.late === 'true'}
				onChange={(late) => narrow(place, query,
					{ late: late ? 'true' : '' })} />
		</ListFilters>
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
		<More pages={pages} />
	</>;
}
