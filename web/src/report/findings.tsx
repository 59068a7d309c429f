/*
 * Broken rules in words: what does not fit, what was expected, by which
 * citation, with a link to each cell that can be typed in, and the remark an "explain" rule asks for.
 */
import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Expected, Finding, Form } from '../api/types.ts';
import { either, t } from '../i18n.ts';
import { difference, formatNumber } from '../numbers.ts';
import { valueOf, type Cell, type Finding as Judged } from '../rules.ts';
import { says } from '../words.ts';
import { cellAt, columnAt, remarkOf, rowAt, typedCellsOf }
	from './cells.ts';
import { cellName, cellText, rowName } from './matrix.tsx';
import { Icon } from '../ui/parts.tsx';
import { Unusual } from './unusual.tsx';

type Severity = Finding['severity'];

export interface EntryFinding {
	finding: Finding;
	remark: string;
	/** A figure far from those before; null: a rule is broken. */
	unusual: { expected: Expected; value: string } | null;
}

/* The worst come first; the rest follows as these are fixed. */
const SHOWN_MAX = 24;

const ORDER: Severity[] = ['block', 'explain', 'note'];
const TONE: Record<Severity | 'explained', string> = { block: 'bad',
	explain: 'warn', explained: 'info', note: 'info' };

/** By the rule that is broken: what its cell was expected to hold, and holds. */
function unusualBy(form: Form, cells: readonly Cell[], expected: Expected[]):
    (rule: string) => EntryFinding['unusual'] {
	const byRule = new Map(expected.map((one) => [one.rule, one]));
	return (rule) => {
		const found = byRule.get(rule);
		return found ? { expected: found,
			value: valueOf(cells[cellAt(form, found.cell)]) ?? '' } : null;
	};
}

/** The broken ones of what rules.ts judged, worst first, with their remarks. */
export function entryFindings(form: Form, judged: Judged[],
    cells: readonly Cell[], expected: Expected[]): EntryFinding[] {
	const unusualOf = unusualBy(form, cells, expected);
	return judged.filter((f) => f.verdict === 'broken').map((f) => ({
		finding: { rule: f.rule.id, cell: f.rule.target,
			severity: f.rule.severity, expected: f.expected,
			citation: f.rule.citation ?? '',
			message_vi: f.rule.message_vi ?? '',
			message_en: f.rule.message_en ?? '' },
		remark: remarkOf(cells[cellAt(form, f.rule.target)]),
		unusual: unusualOf(f.rule.id),
	})).sort((a, b) => ORDER.indexOf(a.finding.severity) -
		ORDER.indexOf(b.finding.severity));
}

/** The same for what the server found. */
export function reportFindings(form: Form, { findings, cells, expected }: {
    findings: Finding[]; cells: readonly Cell[]; expected: Expected[] }):
    EntryFinding[] {
	const unusualOf = unusualBy(form, cells, expected);
	return findings.map((finding) => ({ finding,
		remark: remarkOf(cells[cellAt(form, finding.cell)]),
		unusual: unusualOf(finding.rule) }))
		.sort((a, b) => ORDER.indexOf(a.finding.severity) -
			ORDER.indexOf(b.finding.severity));
}

/** Cells whose text is no figure: which, why, and the way there. */
export function WrongCells({ form, cells, fault, onGo }: { form: Form;
    cells: number[]; fault: (at: number) => string;
    onGo: (at: number) => void }): JSX.Element | null {
	if (cells.length === 0)
		return null;
	return <section class="broken" aria-labelledby="wrong-title">
		<h2 id="wrong-title">{t('wrong.title', { n: cells.length })}</h2>
		<ul>{cells.slice(0, SHOWN_MAX).map((at) => <li class="bad" key={at}>
			<button type="button" class="plain" onClick={() => onGo(at)}>
				{cellName(form, at)}</button>: {fault(at)}</li>)}</ul>
		{cells.length > SHOWN_MAX ? <p class="hint">{t('broken.more',
			{ n: cells.length - SHOWN_MAX })}</p> : null}
	</section>;
}

/**
 * What does not fit: onGo leads to a cell; onRemark takes the explanation that
 * a rule may ask for.
 */
export function BrokenRules({ form, cells, findings, onGo, onRemark }: {
    form: Form; cells: readonly Cell[]; findings: EntryFinding[];
    onGo?: (at: number) => void;
    onRemark?: (at: number, remark: string) => void }): JSX.Element | null {
	if (findings.length === 0)
		return null;
	const silent = findings.filter((f) => f.finding.severity === 'explain' &&
		!says(f.remark)).map((f) => cellAt(form, f.finding.cell));
	const explained = findings.filter(isExplained).length;
	const open = findings.length - explained;
	const listed = (some: EntryFinding[]): JSX.Element | null =>
		some.length === 0 ? null : <ul>{some.map((f) => <Broken
			key={f.finding.rule} form={form} cells={cells} {...f} onGo={onGo}
			onRemark={onRemark} />)}</ul>;
	const shown = findings.slice(0, SHOWN_MAX);
	/* What must be put right comes before what may be explained away. */
	return <section class="broken" aria-labelledby="broken-title">
		<h2 id="broken-title">{[
			open > 0 ? t('broken.title', { n: open }) : '',
			explained > 0 ? t('entry.explained', { n: explained }) : '',
		].filter(Boolean).join(', ')}</h2>
		{listed(shown.filter((f) => f.finding.severity === 'block'))}
		{onRemark && silent.length > 1 ? <OneForAll
			n={silent.length} onDone={(remark) =>
				silent.forEach((at) => onRemark(at, remark))} /> : null}
		{listed(shown.filter((f) => f.finding.severity !== 'block'))}
		{findings.length > SHOWN_MAX ? <p class="hint">{t('broken.more',
			{ n: findings.length - SHOWN_MAX })}</p> : null}
	</section>;
}

/** "Ghi 19, theo các ô liên quan là 12: lệch 7." */
function gapText(own: string | null, expected: string): string {
	return t('broken.gap', { own: own === null ? t('conflict.empty')
		: formatNumber(own), expected: formatNumber(expected),
	gap: formatNumber((difference(expected, own ?? '0') ?? '')
		.replace('-', '')) });
}

/** Figures that are far for one reason need it written once. */
function OneForAll({ n, onDone }: { n: number;
    onDone: (remark: string) => void }): JSX.Element {
	const id = useId();
	const [text, setText] = useState('');
	return <p class="field"><label for={id}>{t('broken.one_for_all', { n })}
	</label>
	<input id={id} type="text" maxLength={500} value={text}
		onInput={(e) => setText(e.currentTarget.value)} />{' '}
	<button type="button" class="button second" disabled={!says(text)}
		onClick={() => onDone(text.trim().normalize('NFC'))}>
		{t('broken.write_all', { n })}</button></p>;
}

/** What is asked for an explanation and has one. */
const isExplained = ({ finding, remark }: EntryFinding): boolean =>
	finding.severity === 'explain' && says(remark);

/** How many rules hold, and how many of the others are explained; an alarm only if
 * something is left to be done. */
export function Checks({ passed, total, findings }: { passed: number;
    total: number; findings: EntryFinding[] }): JSX.Element {
	const explained = findings.filter(isExplained).length;
	const open = findings.some((f) => f.finding.severity !== 'note' &&
		!isExplained(f));
	return <span class={open ? 'alert' : undefined}>
		{t('entry.checks', { passed, total })}
		{explained > 0 ? <>, {t('entry.explained', { n: explained })}</>
			: null}</span>;
}

function Broken({ form, cells, finding, remark, unusual, onGo,
    onRemark }:
    EntryFinding & { form: Form; cells: readonly Cell[];
    onGo?: (at: number) => void;
    onRemark?: (at: number, remark: string) => void }): JSX.Element {
	const id = useId();
	const at = cellAt(form, finding.cell);
	const kind = isExplained({ finding, remark, unusual }) ? 'explained'
		: finding.severity;
	return <li class={TONE[kind]}>
		<p><span class={`state ${TONE[kind]}`}><Icon name={
			kind === 'explained' ? 'accepted' : 'late'} />
			{t(`severity.${kind}`)}</span>{' '}
		<strong>{unusual ? cellName(form, at) : rowName(rowAt(form, at))}:
		</strong>{' '}
		{unusual ? <Unusual {...unusual} scale={columnAt(form, at).scale} />
			: <>{either(finding.message_vi, finding.message_en)}{' '}
			<span class="figure">{gapText(valueOf(cells[at]), finding.expected)}
			</span></>}{' '}
		{onGo ? <span class="cells"><span class="hint">{
			t(onRemark ? 'broken.cells' : 'broken.see')}</span>
			{typedCellsOf(form, finding.rule, finding.cell).map((cell) =>
			<button type="button" class="plain" key={cell}
				aria-label={t('broken.go', { cell: cellName(form, cell) })}
				onClick={() => onGo(cell)}>({columnAt(form, cell).label})
			</button>)}</span> : null}
		{finding.citation ? <span class="hint" lang="vi"> · {finding.citation}
		</span> : null}</p>
		{finding.severity === 'explain' && onRemark ? <p class="field">
			<label for={id}>{t('broken.remark')}</label>
			<input id={id} type="text" maxLength={500} defaultValue={remark}
				onInput={(e) => {
					const text = e.currentTarget.value.trim().normalize('NFC');
					/* What says nothing is no remark to the server either. */
					onRemark(at, says(text) ? text : '');
				}} /></p>
			: remark !== '' ? <p>{t('broken.remark_is')} “{remark}”</p>
			: null}
	</li>;
}

/** Cells with a remark that no rule asks for, such as a slip's that was put right. */
export function spareRemarks(findings: readonly EntryFinding[], form: Form,
    cells: readonly Cell[]): number[] {
	const asked = new Set(findings.filter((f) =>
		f.finding.severity === 'explain').map((f) => f.finding.cell));
	return form.cells.map((_, at) => at).filter((at) =>
		remarkOf(cells[at]) !== '' && !asked.has(form.cells[at]!));
}

/** They would be signed with the report; nothing but this shows them. */
export function SpareRemarks({ form, cells, spare, onDrop }: { form: Form;
    cells: readonly Cell[]; spare: number[];
    onDrop: (at: number) => void }): JSX.Element | null {
	if (spare.length === 0)
		return null;
	return <section class="broken" aria-labelledby="spare-title">
		<h2 id="spare-title">{t('spare.title', { n: spare.length })}</h2>
		<ul>{spare.slice(0, SHOWN_MAX).map((at) => <li class="info" key={at}>
			<strong>{cellName(form, at)}</strong>{valueOf(cells[at]) !== null
				? <> = <span class="figure">{cellText(cells[at])}</span></>
				: null}: “{remarkOf(cells[at])}”{' '}
			<button type="button" class="plain" aria-label={t('spare.drop_of',
				{ cell: cellName(form, at) })} onClick={() => onDrop(at)}>
				{t('spare.drop')}</button></li>)}</ul>
		{spare.length > SHOWN_MAX ? <p class="hint">{t('broken.more',
			{ n: spare.length - SHOWN_MAX })}</p> : null}
	</section>;
}

/** Cells with a remark, for reading; on paper only if the findings on the screen
 * have all of them. */
export function Remarks({ form, cells, findings }: { form: Form;
    cells: readonly Cell[]; findings: EntryFinding[] }): JSX.Element | null {
	const noted = form.cells.map((_, at) => at)
		.filter((at) => remarkOf(cells[at]) !== '');
	if (noted.length === 0)
		return null;
	const told = new Set(findings.slice(0, SHOWN_MAX).map((f) =>
		cellAt(form, f.finding.cell)));
	return <section class={`remarks ${noted.every((at) => told.has(at))
		? 'on-paper' : ''}`}><h2>{t('remarks.title')}</h2>
		<ul>{noted.map((at) => <li key={at}><strong>{cellName(form, at)}
		</strong>{valueOf(cells[at]) !== null ? <> = <span class="figure">
			{cellText(cells[at])}</span></> : null}: {remarkOf(cells[at])}
		</li>)}</ul></section>;
}
