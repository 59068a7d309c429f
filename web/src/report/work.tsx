/*
 * Việc của tôi: what must I do now, the newest period first, and apart from it
 * what is left of those before.
 */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { listForms, listObligations, listPeriods, sheetOf }
	from '../api/client.ts';
import type { FormPeriod, Obligation } from '../api/types.ts';
import { formatDay, formatInstant, formatPeriod } from '../dates.ts';
import { either, lang, t, type TextKey } from '../i18n.ts';
import { address, settle, type Where } from '../router.ts';
import { hasWork, may, position, rolesHere, widePosition }
	from '../session.ts';
import { useLoad } from '../ui/load.ts';
import { Download, Failure, Flag, PageHead, State, Tabs, Waiting }
	from '../ui/parts.tsx';
import { askLedger, saving, structure } from '../ui/quiet.ts';
import { ClosedFlag } from './closing.tsx';
import { Due, Inherited } from './due.tsx';
import { ListFilters, More, queryOf, usePages } from './filters.tsx';
import { AdminStart, NextSteps } from './nothing.tsx';

const TABS = ['todo', 'all', 'not_started', 'draft', 'proposed', 'returned',
	'sent', 'accepted', 'late'] as const;
type TabId = typeof TABS[number];

/** What the server is asked for a tab. */
function askedBy(tab: TabId): { state?: string; late?: boolean;
    todo?: boolean } {
	switch (tab) {
	case 'todo':
		return { todo: true };
	case 'all':
		return {};
	case 'late':
		return { late: true };
	default:
		return { state: tab };
	}
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

const NAMES: ('form' | 'period' | 'age' | 'unit' | 'q')[] =
	['form', 'period', 'age', 'unit', 'q'];

export function Work({ place }: { place: Where }): JSX.Element {
	const asked = place.query.get('state') as TabId | null;
	const tab: TabId = asked && TABS.includes(asked) ? asked : 'todo';
	const filters = queryOf(place, NAMES);
	const state = tab === 'todo' ? '' : tab;
	const pages = usePages(hasWork() ? `work ${position()?.unit} ${lang()} ${
		tab} ${JSON.stringify(filters)}` : null, (after) => listObligations({
		mine: true, ...askedBy(tab), ...filters, limit: 100, after }));
	useEffect(() => {
		structure.set('own');
		saving.set({ kind: 'none' });
		void askLedger();
		/* Who only looks at figures begins there. */
		if (!hasWork() && may('figures.read'))
			settle('/country');
		else if (!hasWork() && may('user.manage') &&
		    !rolesHere().includes('admin'))
			settle('/people');
	}, []);

	if (!hasWork())
		return <><PageHead title={t('nav.work')}
			about={t(rolesHere().includes('admin') ? 'work.admin'
				: 'work.no_obligations')} />
			{rolesHere().includes('admin') ? <AdminStart /> : null}</>;
	const { first } = pages;
	const counts = first.data?.counts;
	return <>
		<PageHead title={t('nav.work')} about={t('work.about')} second={<>
			{widePosition() ? <a href="/late">{t('nav.late')}</a> : null}
			<Download href={sheetOf('/obligations', { mine: true,
				...askedBy(tab), ...filters })} /></>} />
		<Tabs label={t('work.tabs')} current={tab} href={(id) =>
			address('/', { ...filters, state: id === 'todo' ? null : id })}
		tabs={TABS.map((id) => ({ id, text: t(`work.tab.${id}`),
			count: counts?.[id] }))} />
		<ListFilters place={place} query={{ ...filters, state }} ages
			there={first.data !== undefined} />
		{first.problem ? <Failure problem={first.problem}
			retry={first.reload} />
			: !first.data ? <Waiting slow={first.slow} />
			: pages.items.length === 0 ? <Nothing tab={tab} />
			: <Groups obligations={pages.items} />}
		{/* What is left of earlier years is behind all of today's work. */}
		{counts && counts.older > 0 && pages.next !== null &&
			!filters.age ? <p><a href={address('/', { ...filters, state,
				age: 'older' })}>{t('work.older', { n: counts.older })}</a></p>
			: null}
		<More pages={pages} />
	</>;
}

/** Today's work, and apart from it what is left of the periods before. */
function Groups({ obligations }: { obligations: Obligation[] }): JSX.Element {
	const groups = [false, true].map((older) => ({ older, items:
		obligations.filter((obligation) => obligation.older === older) }))
		.filter((group) => group.items.length > 0);
	return <>{groups.map(({ older, items }) => <section key={String(older)}>
		{groups.length > 1 || older ? <h2>{t(older ? 'age.older'
			: 'age.current')}</h2> : null}
		<ObligationTable obligations={items} older={older} />
	</section>)}</>;
}

function ObligationTable({ obligations, older }: {
    obligations: Obligation[]; older: boolean }): JSX.Element {
	return <div class="scroll"><table class="ledger work">
		<caption class="unseen">{t(older ? 'age.older' : 'age.current')}
		</caption>
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
		<td>{obligation.unit_name}<Inherited obligation={obligation} /></td>
		<td><Due obligation={obligation} /></td>
		<td><State state={obligation.state} />
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
function Nothing({ tab }: { tab: TabId }): JSX.Element {
	const load = useLoad(tab === 'todo' ? 'next obligation' : null,
		nextOpening);
	return <div class="empty">
		<p>{t(tab === 'todo' ? 'work.nothing' : 'work.none_here')}</p>
		{tab === 'todo' ? <NextSteps /> : null}
		{load.data ? <p class="hint">{t('work.opens', {
			period: formatPeriod(load.data.id, lang()),
			day: formatDay(load.data.opens) })}</p> : null}
	</div>;
}

async function nextOpening(): Promise<FormPeriod | undefined> {
	const form = (await listForms()).items[0]?.code;
	if (!form)
		return undefined;
	const { items } = await listPeriods(form);
	return items.filter((p) => !p.is_open)
		.sort((a, b) => a.opens.localeCompare(b.opens))[0];
}
