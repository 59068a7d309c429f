/*
 * Closing a unit's period, and taking that back: what it means before it is
 * done, whose report is still open, and what has changed since.  Those below
 * see it at their reports and in their lists.
 */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import * as api from '../api/client.ts';
import type { ClosingAbove, ClosingState, Form } from '../api/types.ts';
import { formatDay, formatInstant } from '../dates.ts';
import { lang, t, type TextKey } from '../i18n.ts';
import { formatNumber } from '../numbers.ts';
import { showFlash } from '../ui/flash.tsx';
import { ACCEPTED, CLOSED, REOPENED, SENT_BACK, SIGNED, useNews }
	from '../ui/live.ts';
import { asProblem, useLoad } from '../ui/load.ts';
import { Failure, Flag, forgetReason, Note, Reason, State, Waiting }
	from '../ui/parts.tsx';
import { cellName } from './matrix.tsx';

/** The words at a report and over its entry; null: nobody has closed. */
export function ClosedNote({ closing }: { closing: ClosingAbove | null }):
    JSX.Element | null {
	if (!closing)
		return null;
	return <Note tone={closing.closed ? 'warn' : 'info'}><p>
		{t(closing.closed ? 'closing.note_closed' : 'closing.note_reopened',
			{ unit: closing.unit_name, at: formatInstant(closing.at) })}
		{closing.reason ? <> {t('reason.last')} {closing.reason}</> : null}
	</p></Note>;
}

/** The same in a row of a list. */
export function ClosedFlag({ closing }: { closing: ClosingAbove | null }):
    JSX.Element | null {
	if (!closing)
		return null;
	const what = t(closing.closed ? 'closing.note_closed'
		: 'closing.note_reopened', { unit: closing.unit_name,
		at: formatInstant(closing.at) });
	return <> <span title={what}><Flag tone={closing.closed ? 'warn' : 'info'}
		icon="lock">{t(closing.closed ? 'closing.is_closed'
			: 'closing.is_reopened')}</Flag></span></>;
}

/* What may change what is said of a closing, and how often it is read anew. */
const NEWS = [SIGNED, ACCEPTED, SENT_BACK, CLOSED, REOPENED];
const NEWS_MS = 5_000;

type Step = 'none' | 'close' | 'sure' | 'reopen';

export interface ClosingAsk {
	form: string;
	period: string;
	unit: number;
}

/** At the desk: known: it is closed or was, so the state is read at once. */
export function Closing({ ask, form, known, onDone }: { ask: ClosingAsk;
    form: Form; known: boolean; onDone: () => void }): JSX.Element {
	const [step, setStep] = useState<Step>('none');
	const [reason, setReason] = useState('');
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<api.Problem | null>(null);
	const query = { ...ask, unit: String(ask.unit) };
	const of = `closing.${ask.form}.${ask.period}.${ask.unit}`;
	const load = useLoad(known || step !== 'none'
		? `closing ${ask.form} ${ask.period} ${ask.unit} ${lang()}` : null,
	() => api.readClosing(query));
	const state = load.data;
	const closed = state?.closed ?? false;
	useNews(({ type }) => state !== undefined && NEWS.includes(type),
		load.reload, NEWS_MS);

	const run = async (what: () => Promise<string>): Promise<void> => {
		setBusy(true);
		setProblem(null);
		try {
			showFlash(await what(), '/review');
			forgetReason(of);
			setStep('none');
		} catch (error) {
			setProblem(asProblem(error));
		}
		setBusy(false);
		load.reload();
		onDone();
	};
	const close = (why: string): Promise<void> => run(async () => {
		const made = await api.closePeriod({ ...query,
			...(why ? { reason: why } : {}) });
		return t('closing.done',
			{ n: (made.ledger_index ?? 0) + 1 });
	});
	const reopen = (why: string): Promise<void> => run(async () => {
		const made = await api.reopenPeriod({ ...query, reason: why });
		return t('closing.reopened',
			{ n: (made.ledger_index ?? 0) + 1 });
	});
	return <section class="closing" aria-label={t('closing.title')}>
		{problem ?? load.problem
			? <Failure problem={(problem ?? load.problem)!} /> : null}
		{step === 'none' ? <p><button type="button" class="button second"
			disabled={busy} onClick={() => setStep(closed ? 'reopen'
				: 'close')}>
			{t(closed ? 'closing.reopen' : 'closing.close')}…</button></p>
			: !state ? <Waiting slow={load.slow} /> : null}
		{state && step === 'close' ? <>
			<Meaning state={state} />
			<Reason of={of} title={t(state.open > 0 ? 'closing.reason'
				: 'closing.remark', { n: state.open })}
			act={t('closing.close')} optional={state.open === 0} busy={busy}
			onCancel={() => setStep('none')}
			onDone={(why) => {
				setReason(why);
				if (state.open > 0 || state.early)
					setStep('sure');
				else
					void close(why);
			}} /></> : null}
		{state && step === 'sure' ? <Sure state={state} busy={busy}
			onDone={() => void close(reason)}
			onCancel={() => setStep('none')} /> : null}
		{step === 'reopen' ? <><Note><p>{t('closing.reopen_means')}</p></Note>
			<Reason of={of} title={t('closing.reopen_reason')}
				act={t('closing.reopen')} busy={busy}
				onDone={(why) => void reopen(why)}
				onCancel={() => setStep('none')} /></> : null}
		{state ? <Since state={state} form={form} /> : null}
	</section>;
}

/** Before one presses: what can be done afterwards, and what cannot. */
function Meaning({ state }: { state: ClosingState }): JSX.Element {
	return <Note tone={state.early || state.open > 0 ? 'warn' : 'info'}>
		<p>{t('closing.means', { unit: state.unit_name,
			n: state.accepted, all: state.expected })}</p>
		<ul>
			<li>{t('closing.can')}</li>
			<li>{t('closing.cannot')}</li>
			<li>{t('closing.seen')}</li>
		</ul>
		<Warnings state={state} />
	</Note>;
}

function Warnings({ state }: { state: ClosingState }): JSX.Element {
	const unnamed = state.open - state.open_units.length;
	return <>
		{state.early ? <p><strong>{t('closing.early',
			{ day: formatDay(state.deadline) })}</strong></p> : null}
		{state.open > 0 ? <>
			<p><strong>{t('closing.open', { n: state.open,
				all: state.expected })}</strong></p>
			<ul class="open-units" tabIndex={0}
				aria-label={t('closing.open_units')}>
				{state.open_units.map((unit) => <li key={unit.unit}>
					{unit.unit_name} <State state={unit.state} /></li>)}
				{unnamed > 0 ? <li>{t('closing.more', { n: unnamed })}</li>
					: null}
			</ul></> : null}
	</>;
}

/** The second question, which names what is passed over. */
function Sure({ state, busy, onDone, onCancel }: { state: ClosingState;
    busy: boolean; onDone: () => void; onCancel: () => void }): JSX.Element {
	const act = useRef<HTMLButtonElement>(null);
	useEffect(() => act.current?.focus(), []);
	return <div class="note warn" role="alertdialog"
		aria-label={t('closing.sure')} onKeyDown={(e) => {
			if (e.key === 'Escape')
				onCancel();
		}}>
		<p><strong>{t('closing.sure')}</strong></p>
		<Warnings state={state} />
		<p class="acts"><button type="button" class="button danger" ref={act}
			disabled={busy} onClick={onDone}>{t('closing.close_anyway')}
		</button>
		<button type="button" class="button second" onClick={onCancel}>
			{t('cancel')}</button></p>
	</div>;
}

const ACTS: Record<string, TextKey> = { sign: 'history.sign',
	accept: 'history.accept', send_back: 'history.send_back' };

/** Who closed and reopened, and what happened below since. */
function Since({ state, form }: { state: ClosingState; form: Form }):
    JSX.Element | null {
	const last = state.acts[0];
	if (!last)
		return null;
	return <>
		<p><Flag tone={state.closed ? 'ok' : 'info'} icon="lock">
			{t(state.closed ? 'closing.is_closed' : 'closing.is_reopened')}
		</Flag>{' '}{formatInstant(last.at)}
		{last.ledger_index === null ? null : <> · {t('report.ledger',
			{ n: last.ledger_index + 1 })}</>}</p>
		{last.reason ? <p>{t('reason.last')} {last.reason}</p>
			: null}
		<h3>{t('closing.since')}</h3>
		{state.changed === 0 ? <p class="hint">{t('closing.unchanged')}</p>
			: <Changes state={state} />}
		{state.totals.length > 0 ? <Totals state={state} form={form} /> : null}
	</>;
}

function Changes({ state }: { state: ClosingState }): JSX.Element {
	const unnamed = state.changed - state.changes.length;
	return <div class="scroll" role="region" tabIndex={0}
		aria-label={t('closing.since')}><table class="ledger">
		<thead><tr><th scope="col">{t('history.at')}</th>
			<th scope="col">{t('work.unit')}</th>
			<th scope="col">{t('history.act')}</th>
			<th scope="col">{t('history.reason')}</th></tr></thead>
		<tbody>{state.changes.map((change) => <tr
			key={change.ledger_index}>
			<td class="nowrap figure">{formatInstant(change.at)}</td>
			<th scope="row"><a href={`/reports/${change.report}?version=${
				change.version}`}>{change.unit_name}</a></th>
			<td>{ACTS[change.act] ? t(ACTS[change.act]!) : change.act}{' · '}
				{t('report.version', { n: change.version })}</td>
			<td>{change.reason ?? ''}</td></tr>)}
		{unnamed > 0 ? <tr><td colSpan={4}>{t('closing.more_changes',
			{ n: unnamed })}</td></tr> : null}</tbody>
	</table></div>;
}

function Totals({ state, form }: { state: ClosingState; form: Form }):
    JSX.Element {
	const text = (value: string | null): string =>
		value === null ? '–' : formatNumber(value);
	return <div class="scroll tall" role="region" tabIndex={0}
		aria-label={t('closing.totals', { n: state.totals.length })}>
		<table class="ledger">
			<caption>{t('closing.totals', { n: state.totals.length })}
			</caption>
			<thead><tr><th scope="col">{t('closing.cell')}</th>
				<th scope="col" class="num">{t('closing.before')}</th>
				<th scope="col" class="num">{t('closing.now')}</th></tr></thead>
			<tbody>{state.totals.map((total) => <tr key={total.cell}>
				<th scope="row">{cellName(form,
					form.cells.indexOf(total.cell))}</th>
				<td class="num">{text(total.before)}</td>
				<td class="num">{text(total.now)}</td></tr>)}</tbody>
		</table></div>;
}
