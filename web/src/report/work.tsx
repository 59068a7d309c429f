/*
 * Việc của tôi: what must I do now, nearest deadline first.
 */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { listForms, listObligations, listPeriods } from '../api/client.ts';
import type { FormPeriod, Obligation, ObligationList } from '../api/types.ts';
import { formatDay, formatInstant, formatPeriod } from '../dates.ts';
import { either, lang, t, type TextKey } from '../i18n.ts';
import { address, settle, type Where } from '../router.ts';
import { hasWork, may, position, rolesHere } from '../session.ts';
import { useLoad } from '../ui/load.ts';
import { DaysLeft, Failure, Flag, PageHead, State, Tabs, Waiting }
	from '../ui/parts.tsx';
import { askLedger, saving, structure } from '../ui/quiet.ts';

const TABS = ['todo', 'all', 'not_started', 'draft', 'proposed', 'returned',
	'sent', 'accepted', 'late'] as const;
type TabId = typeof TABS[number];

function fits(tab: TabId, duty: Obligation): boolean {
	switch (tab) {
	case 'todo':
		return duty.next !== 'none';
	case 'all':
		return true;
	case 'late':
		return duty.late;
	default:
		return duty.state === tab;
	}
}

function isDone(duty: Obligation): boolean {
	return duty.state === 'sent' || duty.state === 'accepted';
}

/** Open duties by deadline, then done ones, the newest first. */
export function inOrder(duties: Obligation[]): Obligation[] {
	const rank = (d: Obligation): number => d.next !== 'none' ? 0
		: isDone(d) ? 2 : 1;
	return [...duties].sort((a, b) => rank(a) - rank(b) ||
		(rank(a) === 2 ? b.deadline.localeCompare(a.deadline)
			: a.deadline.localeCompare(b.deadline)) ||
		a.unit_name.localeCompare(b.unit_name, 'vi'));
}

/** Where the next act on a duty is done. */
export function nextHref(duty: Obligation): string {
	switch (duty.next) {
	case 'fill':
	case 'submit':
		return duty.report === null ? address('/reports/new', {
			form: duty.form, period: duty.period, unit: duty.unit })
			: `/reports/${duty.report}/entry`;
	case 'review':
		return address('/review', { form: duty.form, period: duty.period,
			unit: position()?.unit, report: duty.report });
	case 'sign':
	case 'none':
		return `/reports/${duty.report}`;
	}
}

export function Work({ place }: { place: Where }): JSX.Element {
	const asked = place.query.get('state') as TabId | null;
	const tab: TabId = asked && TABS.includes(asked) ? asked : 'todo';
	const unit = position()?.unit;
	const load = useLoad(hasWork() ? `work ${unit} ${lang()}` : null,
		() => listObligations({ mine: true, limit: 500 }));
	useEffect(() => {
		structure.set('own');
		saving.set({ kind: 'none' });
		void askLedger();
		/* Who only looks at figures begins there. */
		if (!hasWork() && may('figures.read'))
			settle('/country');
	}, []);

	if (!hasWork())
		return <PageHead title={t('nav.work')}
			about={t(rolesHere().includes('admin') ? 'work.admin'
				: 'work.no_duties')} />;
	const duties = load.data ? inOrder(load.data.items) : [];
	const shown = duties.filter((duty) => fits(tab, duty));
	return <>
		<PageHead title={t('nav.work')} about={t('work.about')} />
		<Tabs label={t('work.tabs')} current={tab} href={(id) =>
			address('/', { state: id === 'todo' ? null : id })}
		tabs={TABS.map((id) => ({ id, text: t(`work.tab.${id}`),
			count: countOf(id, load.data) }))} />
		{load.problem ? <Failure problem={load.problem} retry={load.reload} />
			: !load.data ? <Waiting slow={load.slow} />
			: shown.length === 0 ? <Nothing tab={tab} duties={duties} />
			: <Duties duties={shown} />}
	</>;
}

function countOf(tab: TabId, data: ObligationList | undefined):
    number | undefined {
	if (!data)
		return undefined;
	return tab === 'todo' ? data.items.filter((d) => fits(tab, d)).length
		: data.counts[tab];
}

function Duties({ duties }: { duties: Obligation[] }): JSX.Element {
	return <div class="scroll"><table class="ledger work">
		<caption class="unseen">{t('nav.work')}</caption>
		<thead><tr>
			<th scope="col">{t('work.what')}</th>
			<th scope="col">{t('work.period')}</th>
			<th scope="col">{t('work.unit')}</th>
			<th scope="col">{t('work.due')}</th>
			<th scope="col">{t('work.state')}</th>
			<th scope="col">{t('work.next')}</th>
		</tr></thead>
		<tbody>{duties.map((duty) => <Duty duty={duty}
			key={`${duty.form} ${duty.period} ${duty.unit}`} />)}</tbody>
	</table></div>;
}

const NEXT: Record<Obligation['next'], TextKey> = {
	fill: 'next.fill', submit: 'next.submit', sign: 'next.sign',
	review: 'next.review', none: 'next.none',
};

function Duty({ duty }: { duty: Obligation }): JSX.Element {
	return <tr>
		<th scope="row"><span class="code">{duty.form}</span>{' '}
			<span class="clip" title={either(duty.form_name_vi,
				duty.form_name_en)}>{either(duty.form_name_vi,
				duty.form_name_en)}</span></th>
		<td class="nowrap">{formatPeriod(duty.period, lang())}</td>
		<td>{duty.unit_name}</td>
		<td class="nowrap"><span class="figure">{formatDay(duty.deadline)}</span>
			{' '}{isDone(duty) ? null : <DaysLeft days={duty.days_left} />}</td>
		<td><State state={duty.state} />
			{isDone(duty) && duty.late ? <> <Flag tone="warn" icon="late">
				{t('state.late')}</Flag></> : null}
			{duty.flags > 0 ? <> <Flag tone="warn" icon="flag">
				{t('flags', { n: duty.flags })}</Flag></> : null}
			{duty.sent_at && duty.next === 'none' ? <span class="hint">
				{' '}{formatInstant(duty.sent_at)}</span> : null}</td>
		<td class="nowrap">{duty.next === 'none' && duty.report === null
			? <span class="hint">{t('next.nothing')}</span>
			: <a href={nextHref(duty)} class={duty.next === 'none'
				? undefined : 'next'} aria-label={`${t(NEXT[duty.next])}: ${
				duty.form}, ${formatPeriod(duty.period, lang())}, ${
				duty.unit_name}`}>{t(NEXT[duty.next])}</a>}</td>
	</tr>;
}

/** An empty list says so, and when the next duty opens. */
function Nothing({ tab, duties }: { tab: TabId; duties: Obligation[] }):
    JSX.Element {
	const load = useLoad(tab === 'todo' ? 'next duty' : null,
		() => nextOpening(duties));
	return <div class="empty">
		<p>{t(tab === 'todo' ? 'work.nothing' : 'work.none_here')}</p>
		{load.data ? <p class="hint">{t('work.opens', {
			period: formatPeriod(load.data.id, lang()),
			day: formatDay(load.data.opens) })}</p> : null}
	</div>;
}

async function nextOpening(duties: Obligation[]): Promise<FormPeriod | undefined> {
	const form = duties[0]?.form ?? (await listForms()).items[0]?.code;
	if (!form)
		return undefined;
	const { items } = await listPeriods(form);
	return items.filter((p) => !p.is_open)
		.sort((a, b) => a.opens.localeCompare(b.opens))[0];
}
