/*
 * Việc của tôi: what must I do now, nearest deadline first.
 */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { listForms, listObligations, listPeriods, sheetOf }
	from '../api/client.ts';
import type { FormPeriod, Obligation, ObligationList } from '../api/types.ts';
import { formatDay, formatInstant, formatPeriod } from '../dates.ts';
import { either, lang, t, type TextKey } from '../i18n.ts';
import { address, settle, type Where } from '../router.ts';
import { hasWork, may, position, rolesHere } from '../session.ts';
import { useLoad } from '../ui/load.ts';
import { DaysLeft, Download, Failure, Flag, PageHead, State, Tabs, Waiting }
	from '../ui/parts.tsx';
import { askLedger, saving, structure } from '../ui/quiet.ts';
import { ClosedFlag } from './closing.tsx';
import { AdminStart, NextSteps } from './nothing.tsx';

const TABS = ['todo', 'all', 'not_started', 'draft', 'proposed', 'returned',
	'sent', 'accepted', 'late'] as const;
type TabId = typeof TABS[number];

function fits(tab: TabId, obligation: Obligation): boolean {
	switch (tab) {
	case 'todo':
		return obligation.next !== 'none';
	case 'all':
		return true;
	case 'late':
		return obligation.late;
	default:
		return obligation.state === tab;
	}
}

function isDone(obligation: Obligation): boolean {
	return obligation.state === 'sent' || obligation.state === 'accepted';
}

/** Open obligations by deadline, then done ones, the newest first. */
export function inOrder(obligations: Obligation[]): Obligation[] {
	const rank = (d: Obligation): number => d.next !== 'none' ? 0
		: isDone(d) ? 2 : 1;
	return [...obligations].sort((a, b) => rank(a) - rank(b) ||
		(rank(a) === 2 ? b.deadline.localeCompare(a.deadline)
			: a.deadline.localeCompare(b.deadline)) ||
		a.unit_name.localeCompare(b.unit_name, 'vi'));
}

/** Where the next act on an obligation is done. */
export function nextHref(obligation: Obligation): string {
	switch (obligation.next) {
	case 'fill':
	case 'submit':
		return obligation.report === null ? address('/reports/new', {
			form: obligation.form, period: obligation.period,
			unit: obligation.unit })
			: `/reports/${obligation.report}/entry`;
	case 'review':
		return address('/review', { form: obligation.form,
			period: obligation.period, unit: position()?.unit,
			report: obligation.report });
	case 'name_heir':
		return `/units/${obligation.unit}`;
	case 'sign':
	case 'none':
		return `/reports/${obligation.report}`;
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
		return <><PageHead title={t('nav.work')}
			about={t(rolesHere().includes('admin') ? 'work.admin'
				: 'work.no_obligations')} />
			{rolesHere().includes('admin') ? <AdminStart /> : null}</>;
	const obligations = load.data ? inOrder(load.data.items) : [];
	const shown = obligations.filter((obligation) => fits(tab, obligation));
	return <>
		<PageHead title={t('nav.work')} about={t('work.about')} second={
			<Download href={sheetOf('/obligations', { mine: true })} />} />
		<Tabs label={t('work.tabs')} current={tab} href={(id) =>
			address('/', { state: id === 'todo' ? null : id })}
		tabs={TABS.map((id) => ({ id, text: t(`work.tab.${id}`),
			count: countOf(id, load.data) }))} />
		{load.problem ? <Failure problem={load.problem} retry={load.reload} />
			: !load.data ? <Waiting slow={load.slow} />
			: shown.length === 0 ? <Nothing tab={tab} obligations={obligations} />
			: <ObligationTable obligations={shown} />}
	</>;
}

function countOf(tab: TabId, data: ObligationList | undefined):
    number | undefined {
	if (!data)
		return undefined;
	return tab === 'todo' ? data.items.filter((d) => fits(tab, d)).length
		: data.counts[tab];
}

function ObligationTable({ obligations }: { obligations: Obligation[] }):
	JSX.Element {
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
		<tbody>{obligations.map((obligation) => <ObligationRow
			obligation={obligation}
			key={`${obligation.form} ${obligation.period} ${obligation.unit}`} />)}</tbody>
	</table></div>;
}

const NEXT: Record<Obligation['next'], TextKey> = {
	fill: 'next.fill', submit: 'next.submit', sign: 'next.sign',
	review: 'next.review', name_heir: 'next.name_heir', none: 'next.none',
};

function ObligationRow({ obligation }: { obligation: Obligation }): JSX.Element {
	return <tr>
		<th scope="row"><span class="code">{obligation.form}</span>{' '}
			<span class="clip" title={either(obligation.form_name_vi,
				obligation.form_name_en)}>{either(obligation.form_name_vi,
				obligation.form_name_en)}</span></th>
		<td class="nowrap">{formatPeriod(obligation.period, lang())}</td>
		<td>{obligation.unit_name}</td>
		<td class="nowrap">
			<span class="figure">{formatDay(obligation.deadline)}</span>
			{' '}{isDone(obligation) ? null
				: <DaysLeft days={obligation.days_left} />}</td>
		<td><State state={obligation.state} />
			{isDone(obligation) && obligation.late ? <> <Flag tone="warn" icon="late">
				{t('state.late')}</Flag></> : null}
			{obligation.flags > 0 ? <> <Flag tone="warn" icon="flag">
				{t('flags', { n: obligation.flags })}</Flag></> : null}
			<ClosedFlag closing={obligation.closing} />
			{obligation.sent_at && obligation.next === 'none' ? <span class="hint">
				{' '}{formatInstant(obligation.sent_at)}</span> : null}</td>
		<td class="nowrap">{obligation.next === 'none' && obligation.report === null
			? <span class="hint">{t('next.nothing')}</span>
			: <a href={nextHref(obligation)} class={obligation.next === 'none'
				? undefined : 'next'} aria-label={`${t(NEXT[obligation.next])}: ${
				obligation.form}, ${formatPeriod(obligation.period, lang())}, ${
				obligation.unit_name}`}>{t(NEXT[obligation.next])}</a>}</td>
	</tr>;
}

/** An empty list says so, and when the next obligation opens. */
function Nothing({ tab, obligations }: { tab: TabId; obligations: Obligation[] }):
    JSX.Element {
	const load = useLoad(tab === 'todo' ? 'next obligation' : null,
		() => nextOpening(obligations));
	return <div class="empty">
		<p>{t(tab === 'todo' ? 'work.nothing' : 'work.none_here')}</p>
		{tab === 'todo' ? <NextSteps /> : null}
		{load.data ? <p class="hint">{t('work.opens', {
			period: formatPeriod(load.data.id, lang()),
			day: formatDay(load.data.opens) })}</p> : null}
	</div>;
}

async function nextOpening(obligations: Obligation[]):
	Promise<FormPeriod | undefined> {
	const form = obligations[0]?.form ?? (await listForms()).items[0]?.code;
	if (!form)
		return undefined;
	const { items } = await listPeriods(form);
	return items.filter((p) => !p.is_open)
		.sort((a, b) => a.opens.localeCompare(b.opens))[0];
}
