/*
 * One report: as it is or will be, its rule results, its change against
 * the period before, its history, and the acts the server offers this person.
 * For the leader this is the page that is signed.
 */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import * as api from '../api/client.ts';
import type { Action, Form, Report } from '../api/types.ts';
import { formatDay, formatInstant, formatPeriod } from '../dates.ts';
import { either, lang, t, type TextKey } from '../i18n.ts';
import { address, go, type Where } from '../router.ts';
import { Flash, showFlash } from '../ui/flash.tsx';
import { asProblem, useLoad } from '../ui/load.ts';
import { Deadline, Failure, Flag, forgetReason, Note, PageHead, Reason, State,
	Tabs, Waiting } from '../ui/parts.tsx';
import { askLedger, structure } from '../ui/quiet.ts';
import { sameCells } from './cells.ts';
import { ClosedNote } from './closing.tsx';
import { BrokenRules, Checks, Remarks, reportFindings } from './findings.tsx';
import { History } from './history.tsx';
import { Matrix } from './matrix.tsx';
import { readCounting } from './counting.ts';
import { PaperHead } from './paper.tsx';

export function ReportPage({ place }: { place: Where }): JSX.Element {
	const id = place.params.id;
	const version = Number(place.query.get('version')) || undefined;
	const view = place.query.get('view') === 'change' ? 'change' : 'figures';
	const load = useLoad(`report ${id} ${version} ${lang()}`, async () => {
		const report = await api.readReport(id, version);
		const counting = await readCounting(report);
		return { report, isSame: counting !== null &&
			sameCells(report.cells, counting),
		form: await api.readForm(report.form, report.period) };
	});
	useEffect(() => structure.set('own'), []);

	if (load.problem)
		return <><PageHead title={t('report.plain')} />
			<Failure problem={load.problem} retry={load.reload} /></>;
	if (!load.data)
		return <Waiting slow={load.slow} />;
	const { report, form, isSame } = load.data;
	return <>
		<PaperHead report={report} form={form} />
		<div class="on-screen">
		<PageHead title={t('report.title', { form: report.form, period:
			formatPeriod(report.period, lang()) })}
		about={<>{report.unit_name} · {either(form.name_vi, form.name_en)}</>}
		second={<a href={`#history`} onClick={(e) => {
			e.preventDefault();
			document.getElementById('history')?.focus();
		}}>{t('history.title')}</a>}>
			<ReportFacts report={report} form={form} />
		</PageHead>
		<Flash path={place.path} />
		<ClosedNote closing={report.closing} />
		{version === undefined && report.has_draft && report.sent_version > 0
			? <Note><p>{t('report.sent_counts', { n: report.sent_version })}{' '}
				<a href={`${place.path}?version=${report.sent_version}`}>
					{t('report.see_sent')}</a></p></Note> : null}
		{version !== undefined ? <Note><p>{t('report.old_version',
			{ n: version })} <a href={`/reports/${id}`}>
			{t('report.newest')}</a></p></Note> : null}
		{report.divided && version === undefined ? <Note><p>{t(
			report.heir_name === null ? 'report.heir_unnamed'
				: 'report.heir', { name: report.heir_name ?? '' })}{' '}
			<a href={`/units/${report.unit}`}>{t('report.heir_see')}</a></p>
		</Note> : null}
		</div>
		<ReportBody key={`${report.id} ${report.revision}`} report={report}
			form={form} view={view} viewHref={(v) => address(place.path, {
				version, view: v === 'figures' ? null : v })}
			besideActs={version === undefined && hasActs(report)} />
		{version === undefined ? <ReportActs key={`acts ${report.revision}`}
			report={report} form={form} isSame={isSame} onDone={(fresh, act) => {
				showFlash(doneText(act, fresh), place.path);
				load.put({ report: fresh, form,
					isSame: isSame && fresh.has_draft });
				void askLedger();
			}} /> : null}
		<History report={report} />
	</>;
}

export function ReportFacts({ report, form }: { report: Report; form: Form }):
    JSX.Element {
	return <>
		<State state={report.state} />
		{report.late ? <Flag tone="warn" icon="late">{t('state.late')}</Flag>
			: null}
		{report.version > 0 ? <span>{t('report.version',
			{ n: report.version })}</span> : null}
		<span>{t('entry.window', { from: formatDay(form.window_from),
			to: formatDay(form.window_to) })}</span>
		<span>{t('entry.deadline')} <Deadline day={report.deadline} /></span>
		{report.sent_at ? <span>{t(report.version > 1
			? 'report.first_sent_at' : 'report.sent_at',
			{ at: formatInstant(report.sent_at) })}</span> : null}
		{report.ledger_index !== null ? <span>{t('report.ledger',
			{ n: report.ledger_index + 1 })}</span> : null}
	</>;
}

/** The figures, the remarks, and what the rules say unless that is beside the
 * acts. */
export function ReportBody({ report, form, view, viewHref, besideActs }: {
    report: Report; form: Form; view: 'figures' | 'change';
    viewHref: (view: string) => string; besideActs: boolean }): JSX.Element {
	return <>
		{report.reason ? <Note tone={report.state === 'returned' ? 'warn'
			: 'info'}><p><strong>{t('reason.last')}</strong> {report.reason}
		</p></Note> : null}
		<Tabs label={t('report.views')} current={view} href={viewHref}
			tabs={[{ id: 'figures', text: t('report.figures') },
				{ id: 'change', text: t('report.change') }]} />
		{view === 'change' && report.previous === null
			? <div class="empty"><p>{t('report.no_previous')}</p></div>
			: <Matrix form={form} cells={report.cells}
				previous={report.previous} findings={report.findings}
				mode={view} />}
		<p class="facts checks"><Checks {...report.checks}
			findings={reportFindings(form, report)} />
		{report.digest ? <span class="hint digest" title={report.digest}>
			{t('report.digest', { digest: report.digest.slice(0, 16) })}
		</span> : null}</p>
		{besideActs ? null : <BrokenRules form={form} cells={report.cells}
			findings={reportFindings(form, report)} />}
		<Remarks form={form} cells={report.cells}
			findings={reportFindings(form, report)} />
	</>;
}

/* Acts with a button of their own; the last one is the primary, unless it goes
 * backwards. */
const ACTS: { name: string; text: TextKey; done: TextKey; back?: true }[] = [
	{ name: 'amend', text: 'act.amend', done: 'done.amend' },
	{ name: 'drop', text: 'act.drop', done: 'done.drop', back: true },
	{ name: 'withdraw', text: 'act.withdraw', done: 'done.withdraw',
		back: true },
	{ name: 'send_back', text: 'act.send_back', done: 'done.send_back' },
	{ name: 'submit', text: 'act.submit', done: 'done.submit' },
	{ name: 'sign', text: 'act.sign', done: 'done.sign' },
	{ name: 'accept', text: 'act.accept', done: 'done.accept' },
];

const TEMPLATES: TextKey[] = ['template.sums', 'template.carry',
	'template.jump', 'template.remark'];

/** What came of an act; "stale": somebody else was faster, and now it is so. */
export function doneText(act: string, report: Report): string {
	if (act === 'stale')
		return t('done.stale', { state: t(`state.${report.state}`) });
	const known = ACTS.find((a) => a.name === act);
	return known ? t(known.done) : '';
}

function nameOf(action: Action): string {
	return action.name.replace(/-/g, '_');
}

function offeredActs(report: Report) {
	return ACTS.flatMap((act) => {
		const action = report.actions.find((a) => nameOf(a) === act.name);
		return action ? [{ ...act, action }] : [];
	});
}

/** Does this person decide on it here?  Then they see there what does not fit. */
export function hasActs(report: Report): boolean {
	return offeredActs(report).length > 0;
}

/** From a broken rule to its cell in the table that is only read. */
function showCell(form: Form, at: number): void {
	const cell = document.getElementById(`cell-${form.cells[at]}`);
	if (!cell)
		return;
	cell.tabIndex = -1;
	cell.focus({ preventScroll: true });
	cell.scrollIntoView({ block: 'center', inline: 'center' });
}

/** isSame: an amendment that says what the version that counts says. */
export function ReportActs({ report, form, isSame = false, onDone }: {
    report: Report; form: Form; isSame?: boolean;
    onDone: (report: Report, act: string) => void }): JSX.Element | null {
	const [asking, setAsking] = useState<Action | null>(null);
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<api.Problem | null>(null);
	const offered = offeredActs(report);
	const canEdit = report.actions.some((a) =>
		/^(save|edit|draft|save_draft)$/.test(nameOf(a)));
	const primary = offered.filter((o) => !o.back && !o.action.needs_reason)
		.pop();
	const stopped = isSame && (primary?.name === 'submit' ||
		primary?.name === 'sign');

	const reasonOf = (action: Action): string =>
		`${nameOf(action)}.${report.id}`;
	const run = async (action: Action, reason?: string): Promise<void> => {
		setBusy(true);
		setProblem(null);
		try {
			const fresh = await api.act(action, report.revision, reason);
			forgetReason(reasonOf(action));
			setAsking(null);
			if (nameOf(action) === 'amend') {
				showFlash(t('done.amend'), `/reports/${fresh.id}/entry`);
				go(`/reports/${fresh.id}/entry`);
				return;
			}
			onDone(fresh, nameOf(action));
		} catch (error) {
			await failed(asProblem(error));
		}
		setBusy(false);
	};
	/* Whoever was slower sees what it is by now, and hears so. */
	const failed = async (why: api.Problem): Promise<void> => {
		const fresh = why.stale ? await api.readReport(report.id)
			.catch(() => null) : null;
		if (fresh)
			onDone(fresh, 'stale');
		else
			setProblem(why);
	};
	const findings = reportFindings(form, report);
	if (offered.length === 0 && !canEdit)
		return null;
	const reasonAct = asking && ACTS.find((a) => a.name === nameOf(asking));
	return <div class="acts-panel">
		{problem ? <Failure problem={problem} /> : null}
		{asking && reasonAct ? <Reason busy={busy}
			of={reasonOf(asking)}
			title={t(`reason.${reasonAct.name as 'amend' | 'send_back'}`)}
			act={t(reasonAct.text)}
			templates={reasonAct.name === 'send_back' ? TEMPLATES : []}
			onDone={(reason) => void run(asking, reason)}
			onCancel={() => setAsking(null)} /> : null}
		<div class="foot">
			{findings.length > 0 ? <div class="findings">
				<BrokenRules form={form} cells={report.cells}
					findings={findings} onGo={(at) => showCell(form, at)} />
			</div> : null}
			{primary?.name === 'sign' ? <p class="facts">
				<Checks {...report.checks}
				findings={reportFindings(form, report)} />
				<span>{t('report.sign_about')}</span></p> : null}
			{offered.filter((o) => o !== primary).map((o) =>
				<button key={o.name} type="button" class="button second"
					disabled={busy} aria-expanded={o.action.needs_reason
						? asking === o.action : undefined}
					onClick={() => o.action.needs_reason
						? setAsking(o.action) : void run(o.action)}>
					{t(o.text)}{o.action.needs_reason ? '…' : ''}</button>)}
			{canEdit ? <a class={primary ? 'button second' : 'button'}
				href={`/reports/${report.id}/entry`}>{t('act.edit')}</a>
				: null}
			{stopped ? <p class="stopped" id="stopped">
				{t('report.unchanged')}</p> : null}
			{primary ? <p class="primary-act"><button type="button"
				class="button" disabled={busy || stopped}
				aria-describedby={stopped ? 'stopped' : undefined}
				onClick={() => void run(primary.action)}>
				{t(primary.text)}</button></p> : null}
		</div>
	</div>;
}
