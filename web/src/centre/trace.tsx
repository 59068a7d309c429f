/*
 * Where a figure comes from: its parts, the biggest first, down to report
 * versions with their ledger numbers.
 */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { readTrace, traceSheet } from '../api/client.ts';
import type { Form, Trace } from '../api/types.ts';
import { formatPeriod } from '../dates.ts';
import { either, lang, t } from '../i18n.ts';
import { compare, formatEntry, share } from '../numbers.ts';
import { valueOf, type Cell } from '../rules.ts';
import { useLoad } from '../ui/load.ts';
import { Download, Failure, Waiting } from '../ui/parts.tsx';
import { figureText, nameOf } from './tree.tsx';
import type { TraceRef, View } from './view.ts';

const SHOWN = 50;

export function TracePanel({ view, form, onTrace, onStart }: { view: View;
    form: Form; onTrace: (trace: TraceRef | null) => void;
    onStart: (unit: number) => void }): JSX.Element {
	const asked = view.trace!;
	const panel = useRef<HTMLElement>(null);
	const [back, setBack] = useState<TraceRef[]>([]);
	const opener = useRef(document.activeElement as HTMLElement | null);
	const query = { ...asked, form: view.form, period: view.period,
		structure: view.structure === 'own' ? undefined : view.structure,
		as_of: view.asOf || undefined, basis: view.basis };
	const load = useLoad(JSON.stringify([asked, view.period, view.structure,
		view.asOf, view.basis]), () => readTrace({ ...query, limit: SHOWN }));
	useEffect(() => {
		panel.current?.focus();
		/* Also when the browser's own button closes it. */
		return () => {
			if (document.activeElement === document.body)
				opener.current?.focus();
		};
	}, []);
	/* A step back, by whichever button. */
	useEffect(() => {
		const last = back[back.length - 1];
		if (last && JSON.stringify(last) === JSON.stringify(asked))
			setBack(back.slice(0, -1));
	}, [JSON.stringify(asked)]);

	const close = (): void => {
		onTrace(null);
		opener.current?.focus();
	};
	const down = (to: TraceRef): void => {
		setBack([...back, asked]);
		onTrace(to);
		panel.current?.focus();
	};
	const column = form.columns.find((c) =>
		c.id === asked.cell.slice(asked.cell.indexOf('.') + 1));
	const row = form.rows.find((r) =>
		r.id === asked.cell.slice(0, asked.cell.indexOf('.')));
	return <aside class="trace" ref={panel} tabIndex={-1}
		aria-labelledby="trace-title" onKeyDown={(e) => {
			if (e.key === 'Escape')
				close();
		}}>
		<header>
			<h2 id="trace-title">{t('trace.title')}</h2>
			<button type="button" class="button second small"
				onClick={close}>{t('close')}</button>
		</header>
		{back.length > 0 ? <p><button type="button" class="plain"
			onClick={() => history.back()}>◂ {t('trace.back')}</button></p> : null}
		{load.problem ? <Failure problem={load.problem} retry={load.reload} />
			: !load.data ? <Waiting slow={load.slow} />
			: <>
				<p class="what">{asked.kind === 'other' ||
					asked.kind === 'unallocated' ? `${nameOf({
					kind: asked.kind, name: '' })} – ` : ''}
				<strong>{load.data.name}</strong></p>
				<p class="hint">{formatPeriod(view.period, lang())} · {row
					? either(row.name_vi, row.name_en)
					: t('country.all_rows')} · ({column?.label}){' '}
				{either(column?.name_vi, column?.name_en)}</p>
				<p class="hero figure">{figureText(load.data.value)}</p>
				{asked.kind === 'unit' && asked.unit !== view.at
					? <p class="ways"><button type="button" class="plain"
						onClick={() => onStart(asked.unit)}>
						{t('trace.start')}</button>
					<a href={`/units/${asked.unit}`}>
						{t('trace.unit')}</a></p> : null}
				<Children trace={load.data} cell={asked.cell} down={down} />
				<Parts trace={load.data} />
				<p class="hint">{t('country.index',
					{ n: load.data.index })} · <Download
					href={traceSheet(query)} /></p>
			</>}
	</aside>;
}

/** A bar beside its figure, zero-based, as long as its part of the whole. */
function Part({ value, whole }: { value: string | null;
    whole: string | null }): JSX.Element {
	const width = value === null || whole === null ? 0 : share(value, whole);
	return <span class="part-bar" aria-hidden="true"><span
		style={{ width: `${width}%` }} /></span>;
}

function Children({ trace, cell, down }: { trace: Trace; cell: string;
    down: (to: TraceRef) => void }): JSX.Element | null {
	if (trace.children.length === 0)
		return null;
	const whole = valueOf(trace.value as Cell);
	const sorted = [...trace.children].sort((a, b) => compare(
		valueOf(b.value as Cell), valueOf(a.value as Cell)));
	return <section><h3>{t('trace.children')}</h3>
		<table class="parts"><caption class="unseen">{t('trace.children')}
		</caption><tbody>{sorted.map((child) =>
			<tr key={`${child.kind} ${child.unit}`}>
				<th scope="row">{child.unit !== null || child.kind !== 'unit'
					? <button type="button" class="plain" onClick={() =>
						down({ unit: child.kind === 'unit' ? child.unit!
							: child.unit ?? trace.unit ?? 0,
						kind: child.kind, cell })}>
						{nameOf(child)}</button> : nameOf(child)}
				<Part value={valueOf(child.value as Cell)}
					whole={whole} /></th>
				<td class="num">{figureText(child.value)}</td>
			</tr>)}</tbody></table>
	</section>;
}

function Parts({ trace }: { trace: Trace }): JSX.Element {
	const whole = valueOf(trace.value as Cell);
	return <section><h3>{t('trace.parts', { n: trace.total_parts })}</h3>
		{trace.parts.length === 0 ? <p class="hint">{t('trace.none')}</p>
			: <table class="parts"><caption class="unseen">
				{t('trace.parts', { n: trace.total_parts })}</caption>
			<thead><tr><th scope="col">{t('trace.report')}</th>
				<th scope="col" class="num">{t('history.ledger')}</th>
				<th scope="col" class="num">{t('trace.value')}</th></tr></thead>
			<tbody>{trace.parts.map((part) =>
				<tr key={`${part.report} ${part.version}`}>
					<th scope="row"><a href={`/reports/${part.report
					}?version=${part.version}`}>{part.name}</a>{' '}
					<span class="hint nowrap">{t('report.version',
						{ n: part.version })}{part.whole ? ''
						: ` · ${t('trace.unplaced')}`}</span>
					<Part value={valueOf(part.value as Cell)}
						whole={whole} /></th>
					<td class="num hint">{formatEntry(part.ledger_index)}</td>
					<td class="num">{figureText(part.value)}</td>
				</tr>)}</tbody></table>}
		{trace.total_parts > trace.parts.length ? <p class="hint">
			{t('trace.more', { n: trace.total_parts -
				trace.parts.length })}</p> : null}
	</section>;
}
