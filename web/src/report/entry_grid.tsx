/*
 * The entry grid for one sheet: made once, then kept like the content.
 */
import { render, type JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Form } from '../api/types.ts';
import { either, t } from '../i18n.ts';
import { changePerMille, difference, formatChange, formatGap, formatNumber, plainNumber }
	from '../numbers.ts';
import { stateOf, valueOf } from '../rules.ts';
import { columnAt, rowAt } from './cells.ts';
import type { EntryFinding } from './findings.tsx';
import { EntryGrid, type GridEvents, type Look } from './grid.ts';
import { brokenCells, cellText, columnName, columnSums, edgesOf, MatrixHead,
	rowName } from './matrix.tsx';
import type { Sheet } from './sheet.ts';
import { NONE_SIGN } from './typed.ts';

export function SheetGrid({ sheet, findings, onFocus, onLeave, gridRef }: {
    sheet: Sheet; findings: EntryFinding[]; onFocus: (at: number) => void;
    onLeave: () => void; gridRef: { current: EntryGrid | null } }):
    JSX.Element {
	const holder = useRef<HTMLDivElement>(null);
	const foot = useMemo(() => [] as HTMLTableCellElement[], []);

	useLayoutEffect(() => {
		const grid = buildGrid(sheet.form, (at) => sheet.computed.has(at) ||
			!sheet.draft.editable, foot, {
			change: (changes) => sheet.change(changes),
			paste: (rows, selected, own) => sheet.paste(rows, selected, own),
			focus: onFocus,
			undo: () => sheet.undo(),
			redo: () => sheet.redo(),
			leave: onLeave,
		});
		gridRef.current = grid;
		holder.current!.replaceChildren(grid.table);
		/* What is being typed is put in before the page goes away. */
		return () => grid.settle();
	}, []);

	/* Every drawing: what the grid shows follows the content. */
	useLayoutEffect(() => {
		const marks = brokenCells(sheet.form, findings.map((f) => f.finding));
		sheet.form.cells.forEach((_, at) =>
			gridRef.current?.show(at, lookOf(sheet, at, marks.get(at))));
		columnSums(sheet.form, sheet.cells).forEach((value, c) => {
			foot[c].textContent = value === null ? '' : formatNumber(value);
		});
	});
	return <div class="scroll" ref={holder} />;
}

function lookOf(sheet: Sheet, at: number, broken: string | undefined): Look {
	const cell = sheet.cells[at];
	const wrong = sheet.wrong.get(at);
	const value = valueOf(cell);
	const carried = sheet.isCarried(at);
	const computed = sheet.computed.has(at);
	const plain = value !== null ? plainNumber(value)
		: stateOf(cell) === 'none' ? NONE_SIGN : '';
	return {
		text: wrong ? wrong.typed : cellText(cell),
		edit: wrong ? wrong.typed : plain,
		readOnly: computed || !sheet.draft.editable,
		wrong: wrong !== undefined,
		marks: [computed ? 'computed' : '', carried ? 'carried' : '',
			broken ?? ''].filter(Boolean).join(' '),
		about: [wrong ? t('cell.wrong') : '',
			carried ? t('cell.carried') : '',
			broken ? t(`cell.${broken as 'broken-block'}`) : '']
			.filter(Boolean).join(', '),
	};
}

/** Last period's value of the focused cell, or what is wrong with it. */
export function StatusLine({ sheet, at }: { sheet: Sheet; at: number }):
    JSX.Element {
	const { form, report } = sheet;
	const column = columnAt(form, at);
	const fault = sheet.faultText(at);
	const before = valueOf(report.previous?.[at]);
	const now = valueOf(sheet.cells[at]);
	const change = before !== null && now !== null
		? formatChange(changePerMille(before, now))
			?? formatGap(difference(before, now)!) : null;
	const kind = sheet.computed.has(at) ? t('cell.computed')
		: sheet.carried.has(at) ? t('cell.carry') : '';
	return <p class="status-line">
		<strong>{rowName(rowAt(form, at))}</strong> · ({column.label}){' '}
		{columnName(column)}
		{fault !== '' ? <span class="fault"> · {fault}</span>
			: <>
				<span> · {before === null ? t('entry.no_previous')
					: <>{t('entry.previous')} <b class="figure">
						{formatNumber(before)}</b></>}</span>
				{change !== null ? <span class="figure">
					{' '}({change})</span> : null}
				{kind !== '' ? <span class="hint"> · {kind}</span> : null}
			</>}
	</p>;
}

function buildGrid(form: Form, readOnly: (at: number) => boolean,
    footCells: HTMLTableCellElement[], events: GridEvents): EntryGrid {
	const scrap = document.createElement('table');
	render(<MatrixHead form={form} />, scrap);
	const edges = edgesOf(form);
	return new EntryGrid({
		label: `${form.code} ${either(form.name_vi, form.name_en)}`,
		describedBy: 'grid-hint',
		head: scrap.tHead!,
		rows: form.rows.map((row, r) => ({ id: row.id,
			head: [header(String(r + 1), 'no'),
				header(rowName(row), 'row-name')] })),
		columns: form.columns.map((column) => ({ id: column.id,
			name: `(${column.label}) ${columnName(column)}`,
			edge: edges.has(column.id) })),
		foot: sumsFoot(form, edges, footCells),
		cellId: (at) => `cell-${form.cells[at]}`,
		readOnly,
		events,
	});
}

/** Sums are no part of the form: seen, not stepped on. */
function sumsFoot(form: Form, edges: ReadonlySet<string>,
    footCells: HTMLTableCellElement[]): HTMLTableSectionElement {
	const foot = document.createElement('tfoot');
	const row = foot.insertRow();
	const label = header(t('form.sum'), 'row-name');
	label.colSpan = 2;
	row.append(label);
	form.columns.forEach((column, c) => {
		const cell = row.insertCell();
		cell.setAttribute('role', 'gridcell');
		cell.setAttribute('aria-readonly', 'true');
		cell.className = edges.has(column.id) ? 'edge' : '';
		footCells[c] = cell;
	});
	return foot;
}

function header(text: string, className: string): HTMLTableCellElement {
	const th = document.createElement('th');
	th.scope = 'row';
	th.className = className;
	th.textContent = text;
	return th;
}
