/*
 * The small things every screen is made of.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/client.ts';
import type { Report } from '../api/types.ts';
import { formatDay } from '../dates.ts';
import { t, type TextKey } from '../i18n.ts';
import { formatCount } from '../numbers.ts';
import { session } from '../session.ts';
import { says } from '../words.ts';
import { drop, keep, readKept } from './keep.ts';
import { SLOW_MS } from './load.ts';
import { store } from './store.ts';

/* Read out by screen readers, shown by nobody else. */
export const announcement = store('');
export function announce(text: string): void {
	/* The same words twice must be heard twice. */
	announcement.set(announcement.get() === text ? `${text}\u00a0` : text);
}

/* Shapes on a 12 x 12 field, so that colour never says anything alone. */
const ICONS = {
	not_started: 'M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z',
	draft: 'M2 10l.6-2.6 6-6 2 2-6 6z',
	proposed: 'M6 10.5V2M2.5 5.5L6 2l3.5 3.5',
	returned: 'M10 10V6.5H2.5M5.5 3.5l-3 3 3 3',
	sent: 'M1.5 6h9M7 2.5L10.500 6 7 9.500',
	accepted: 'M1.500 6.500l3 3 6-7',
	late: 'M6 1.500v6M6 9.500v1',
	flag: 'M2.500 11V1.500h7l-2 2.500 2 2.500h-7',
	lock: 'M2.500 5.500h7V11h-7zM4 5.500V4a2 2 0 0 1 4 0v1.500',
} as const;
export type IconName = keyof typeof ICONS;

export function Icon({ name }: { name: IconName }): JSX.Element {
	return <svg class="icon" viewBox="0 0 12 12" aria-hidden="true">
		<path d={ICONS[name]} /></svg>;
}

export type ReportState = Report['state'];

const TONES: Record<ReportState, string> = {
	not_started: 'quiet', draft: 'quiet', proposed: 'info',
	returned: 'warn', sent: 'info', accepted: 'ok',
};

/** State in words and shape, colour third. */
export function State({ state }: { state: ReportState }): JSX.Element {
	return <span class={`state ${TONES[state]}`}><Icon name={state} />
		{t(`state.${state}`)}</span>;
}

export function Flag({ tone, icon, children }: { tone: string; icon: IconName;
    children: ComponentChildren }): JSX.Element {
	return <span class={`state ${tone}`}><Icon name={icon} />{children}</span>;
}

/** "còn 2 ngày", "quá hạn 3 ngày". */
export function DaysLeft({ days }: { days: number }): JSX.Element {
	if (days < 0)
		return <Flag tone="bad" icon="late">
			{t('due.over', { n: -days })}</Flag>;
	const text = days === 0 ? t('due.today') : t('due.left', { n: days });
	return days <= 3 ? <Flag tone="warn" icon="late">{text}</Flag>
		: <span class="hint">{text}</span>;
}

export function Deadline({ day, days }: { day: string | null; days?: number }):
    JSX.Element {
	return <span class="deadline"><span class="figure">{formatDay(day)}</span>
		{days === undefined ? null : <> <DaysLeft days={days} /></>}</span>;
}

/** Reported of expected, as a bar with its numbers in words. */
export function Coverage({ reported, expected, late }: { reported: number;
    expected: number; late: number }): JSX.Element {
	const text = t('coverage', { reported, expected, late });
	const width = expected > 0 ? Math.floor(reported * 100 / expected) : 0;
	return <span class="coverage" title={text}>
		<span class="bar" aria-hidden="true"><span
			class={reported < expected ? 'part' : 'whole'}
			style={{ width: `${width}%` }} /></span>
		<span class="hint figure" aria-hidden="true">
			{formatCount(reported)}/{formatCount(expected)}</span>
		{late > 0 ? <span class="hint nowrap" aria-hidden="true">
			{expected > 1 ? `${formatCount(late)} ` : ''}
			{t('state.late')}</span> : null}
		<span class="unseen">{text}</span>
	</span>;
}

/** What happened, where, what to do next. */
export function Failure({ problem, retry }: { problem: Problem;
    retry?: () => void }): JSX.Element {
	const title = problem.code === 'network' ? t('problem.network')
		: problem.message || t('problem.unknown');
	return <div class="note bad" role="alert">
		<p><Icon name="late" /> <strong>{title}</strong></p>
		{problem.detail ? <p>{problem.detail}</p> : null}
		{problem.errors.length > 0 ? <ul>{problem.errors.slice(0, 20).map((e) =>
			<li key={e.pointer + e.code}>{e.message || e.code}
				{e.pointer ? <span class="hint"> · {e.pointer}</span>
					: null}</li>)}</ul> : null}
		{problem.requestId !== 0 ? <p class="hint">
			{t('problem.request', { id: String(problem.requestId) })}</p> : null}
		{retry ? <p><button type="button" class="button second"
			onClick={retry}>{t('problem.retry')}</button></p> : null}
	</div>;
}

export function Note({ tone = 'info', children }: { tone?: string;
    children: ComponentChildren }): JSX.Element {
	return <div class={`note ${tone}`}>{children}</div>;
}

/** As a telephone dials it. */
export function telephoneHref(telephone: string): string {
	return `tel:${telephone.replace(/[^\d+]/g, '')}`;
}

/** Waiting that nobody else measures. */
export function LateWaiting(): JSX.Element {
	const [slow, setSlow] = useState(false);
	useEffect(() => {
		const timer = setTimeout(() => setSlow(true), SLOW_MS);
		return () => clearTimeout(timer);
	}, []);
	return <Waiting slow={slow} />;
}

/** Room is reserved; words come only when it takes long. */
export function Waiting({ slow }: { slow: boolean }): JSX.Element {
	return <div class="waiting" aria-busy="true">
		{slow ? <p class="hint" role="status">{t('loading')}</p> : null}</div>;
}

/*
 * Page head: what this is, its state, its deadline, and the second act at the
 * right.  It names the document and takes the focus after a move, so that a
 * screen reader starts where the eye does.
 */
export const moved = { yet: false };
/** The list of this page as a table for a spreadsheet. */
export function Download({ href }: { href: string }): JSX.Element {
	return <a href={href} download>{t('download')}</a>;
}

export function PageHead({ title, about, children, second }: { title: string;
    about?: ComponentChildren; children?: ComponentChildren;
    second?: ComponentChildren }): JSX.Element {
	const head = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		document.title = `${title} · Trục`;
	}, [title]);
	useEffect(() => {
		if (moved.yet)
			head.current?.focus({ preventScroll: true });
	}, []);
	return <header class="page-head">
		<div>
			<h1 ref={head} tabIndex={-1}>{title}</h1>
			{about ? <p class="about">{about}</p> : null}
			{children ? <p class="facts">{children}</p> : null}
		</div>
		{second ? <div class="second-acts">{second}</div> : null}
	</header>;
}

export interface Tab {
	id: string;
	text: string;
	count?: number;
}

/** Filters as links with counts: they have an address. */
export function Tabs({ label, tabs, current, href }: { label: string;
    tabs: Tab[]; current: string; href: (id: string) => string }): JSX.Element {
	return <nav class="tabs" aria-label={label}><ul>{tabs.map((tab) =>
		<li key={tab.id}><a href={href(tab.id)}
			aria-current={tab.id === current ? 'true' : undefined}>
			{tab.text}{tab.count === undefined ? null
				: <span class="count"> {formatCount(tab.count)}</span>}
		</a></li>)}</ul></nav>;
}

/** A labelled choice in a row of filters. */
export function Choice({ label, value, options, onChange }: { label: string;
    value: string; options: { value: string; text: string }[];
    onChange: (value: string) => void }): JSX.Element {
	const id = useId();
	return <span class="choice"><label for={id}>{label}</label>
		<select id={id} value={value}
			onChange={(e) => onChange(e.currentTarget.value)}>
			{options.map((o) => <option key={o.value} value={o.value}
				selected={o.value === value}>{o.text}</option>)}
		</select></span>;
}

const person = (): number => session.get()?.person ?? 0;

/** It was given, or given up: nothing of it is kept any more. */
export function forgetReason(of: string): void {
	drop('reason', person(), of);
}

/**
 * An act that needs its reason: opens in place below the button that asked.
 * Templates put a common sentence in, to be finished by hand.  of: what it is
 * about; what is typed is there again after a reload, until forgetReason.
 */
export function Reason({ of, title, act, templates = [], optional = false,
    busy, onDone, onCancel }: { of: string; title: string; act: string;
    templates?: TextKey[]; optional?: boolean; busy: boolean;
    onDone: (reason: string) => void; onCancel: () => void }): JSX.Element {
	const id = useId();
	const area = useRef<HTMLTextAreaElement>(null);
	const [missing, setMissing] = useState(false);
	/* With its buttons: what sticks to the foot of the window is not over them. */
	useEffect(() => {
		area.current?.focus();
		area.current?.form?.scrollIntoView({ block: 'nearest' });
	}, []);
	const keepIt = (): void => keep('reason', person(), of,
		area.current!.value);

	const cancel = (): void => {
		forgetReason(of);
		onCancel();
	};
	const finish = (event: Event): void => {
		event.preventDefault();
		const reason = area.current?.value.trim().normalize('NFC') ?? '';
		if (!says(reason) && (reason !== '' || !optional)) {
			setMissing(true);
			area.current?.focus();
			return;
		}
		onDone(reason);
	};
	return <form class="reason" onSubmit={finish} onKeyDown={(e) => {
		if (e.key === 'Escape')
			cancel();
	}}>
		<label for={id}>{title}</label>
		{missing ? <p class="fault" id={`${id}f`}>{t('reason.missing')}</p>
			: null}
		<textarea id={id} ref={area} rows={3} maxLength={600}
			defaultValue={readKept('reason', person(), of) ?? ''}
			onInput={keepIt}
			aria-invalid={missing}
			aria-describedby={missing ? `${id}f` : undefined} />
		{templates.length > 0 ? <p class="templates">
			<span class="hint">{t('reason.templates')}</span>
			{templates.map((key) => <button key={key} type="button"
				class="plain" onClick={() => {
					area.current!.value = t(key);
					keepIt();
					area.current!.focus();
				}}>{t(key)}</button>)}</p> : null}
		<p class="acts"><button type="submit" class="button danger"
			disabled={busy}>{act}</button>
		<button type="button" class="button second" onClick={cancel}>
			{t('cancel')}</button></p>
	</form>;
}
