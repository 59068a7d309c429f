/*
 * What a pasted block asks and tells: which mark its decimals have, what did not
 * fit, and which of its totals are not what the form counts.
 */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Form } from '../api/types.ts';
import { t } from '../i18n.ts';
import { difference, formatNumber } from '../numbers.ts';
import { isOpen, MARKS, readFigure, type Mark } from '../reading.ts';
import { valueOf } from '../rules.ts';
import { Note } from '../ui/parts.tsx';
import { doubtText, type Block } from './block.ts';
import { columnAt } from './cells.ts';
import { cellName, rowName } from './matrix.tsx';
import type { Sheet } from './sheet.ts';

/* Enough to see what the choice means. */
const SHOWN_MAX = 4;
const TOTALS_MAX = 12;

/** Asked once for the block; Escape gives it up. */
export function AskMark({ form, block, onAnswer }: { form: Form; block: Block;
    onAnswer: (mark: Mark | null) => void }): JSX.Element {
	const panel = useRef<HTMLElement>(null);
	useEffect(() => panel.current?.focus(), []);
	const open = block.cells.filter(({ typed }) => isOpen(typed));
	const read = (at: number, typed: string, mark: Mark): string => {
		const got = readFigure(typed, columnAt(form, at), mark);
		return got.ok && got.text !== null ? formatNumber(got.text)
			: t('ask.not');
	};
	return <section class="note warn" role="alertdialog" tabIndex={-1} ref={panel}
		aria-labelledby="ask-title" aria-describedby="ask-text"
		onKeyDown={(e) => e.key === 'Escape' && onAnswer(null)}>
		<h2 id="ask-title">{t('ask.title')}</h2>
		<p id="ask-text">{t('ask.text', { n: open.length })}</p>
		<table class="ledger">
			<thead><tr><th scope="col">{t('ask.cell')}</th>
				<th scope="col" class="num">{t('ask.typed')}</th>
				{MARKS.map((mark) => <th scope="col" class="num" key={mark}>
					{t('ask.mark', { mark })}</th>)}</tr></thead>
			<tbody>{open.slice(0, SHOWN_MAX).map(({ at, typed }) => <tr key={at}>
				<th scope="row">{cellName(form, at)}</th>
				<td class="num">{typed}</td>
				{MARKS.map((mark) => <td class="num figure" key={mark}>
					{read(at, typed, mark)}</td>)}
			</tr>)}</tbody>
		</table>
		<p class="acts">{MARKS.map((mark) => <button type="button" key={mark}
			class="button" onClick={() => onAnswer(mark)}>
			{t('ask.mark', { mark })}</button>)}
		<button type="button" class="button second"
			onClick={() => onAnswer(null)}>{t('ask.cancel')}</button></p>
	</section>;
}

/** Nothing where all went in as it was. */
export function PasteNews({ sheet, onClose }: { sheet: Sheet;
    onClose: () => void }): JSX.Element | null {
	if (sheet.tooLarge)
		return <Note tone="warn"><p>{t('pasted.large')}</p>
			<Close onClose={onClose} /></Note>;
	if (!sheet.news)
		return null;
	const { outside, heads, names, byWords, doubt } = sheet.news.block;
	const totals = sheet.otherTotals();
	const placed = heads + names > 0;
	const loud = outside.cells + totals.length > 0 || doubt;
	if (!loud && !placed)
		return null;
	return <Note tone={loud ? 'warn' : 'info'}>
		{placed ? <p>{t(byWords ? 'pasted.heads' : 'pasted.cursor',
			{ n: heads })}</p> : null}
		{doubt ? <p><strong>{doubtText(doubt)}</strong></p> : null}
		{outside.cells > 0 ? <p><strong>{t('pasted.outside',
			{ n: outside.cells })}</strong> {whereOutside(sheet)}</p> : null}
		{totals.length > 0 ? <Totals sheet={sheet} /> : null}
		<Close onClose={onClose} />
	</Note>;
}

function Close({ onClose }: { onClose: () => void }): JSX.Element {
	return <p class="acts"><button type="button" class="button second"
		onClick={onClose}>{t('pasted.close')}</button></p>;
}

function whereOutside({ form, news }: Sheet): string {
	const { rows, columns, names } = news!.block.outside;
	const last = form.columns[form.columns.length - 1];
	return t('pasted.where', { what: [
		rows > 0 ? t('pasted.rows', { n: rows,
			name: rowName(form.rows[form.rows.length - 1]) }) : '',
		columns > 0 ? t('pasted.columns', { n: columns, name: last.label }) : '',
		names.length > 0 ? t('pasted.names', {
			names: names.slice(0, SHOWN_MAX).join(', ') +
				(names.length > SHOWN_MAX ? ', …' : '') }) : '',
	].filter(Boolean).join('; ') });
}

function Totals({ sheet }: { sheet: Sheet }): JSX.Element {
	const { form, cells } = sheet;
	const totals = sheet.otherTotals();
	return <><p><strong>{t('pasted.totals', { n: totals.length })}</strong></p>
		<table class="ledger">
			<thead><tr><th scope="col">{t('ask.cell')}</th>
				<th scope="col" class="num">{t('pasted.typed')}</th>
				<th scope="col" class="num">{t('pasted.computed')}</th>
				<th scope="col" class="num">{t('pasted.gap')}</th></tr></thead>
			<tbody>{totals.slice(0, TOTALS_MAX).map(({ at, typed, figure }) => {
				const counted = valueOf(cells[at]);
				const gap = figure === null || counted === null ? null
					: difference(counted, figure);
				return <tr key={at}><th scope="row">{cellName(form, at)}</th>
					<td class="num figure">{figure === null ? typed
						: formatNumber(figure)}</td>
					<td class="num figure">{counted === null
						? t('conflict.empty') : formatNumber(counted)}</td>
					<td class="num figure">{gap === null ? '–'
						: (gap.startsWith('-') ? '' : '+') +
							formatNumber(gap)}</td></tr>;
			})}</tbody>
		</table>
		{totals.length > TOTALS_MAX ? <p class="hint">{t('broken.more',
			{ n: totals.length - TOTALS_MAX })}</p> : null}</>;
}
