/*
 * The head of a matrix form as on paper, and a report that is only read: as it
 * will be, or as its change against the period before.
 */
import type { ComponentChildren, JSX } from 'preact';
import type { Finding, Form, FormColumn, FormRow } from '../api/types.ts';
import { either, t } from '../i18n.ts';
import { aggregate, changePerMille, difference, formatChange, formatGap, formatNumber }
	from '../numbers.ts';
import { stateOf, valueOf, type Cell } from '../rules.ts';
import { carriedCells, cellAt, cellsOfRule, computedCells, remarkOf } from './cells.ts';

export interface Group {
	text: string;
	columns: FormColumn[];
}

/** Neighbouring columns of one group are under one head. */
export function groupsOf(form: Form): Group[] {
	const groups: Group[] = [];
	for (const column of form.columns) {
		const text = either(column.group_vi, column.group_en);
		const last = groups[groups.length - 1];
		if (last && text !== '' && last.text === text)
			last.columns.push(column);
		else
			groups.push({ text, columns: [column] });
	}
	return groups;
}

export function columnName(column: FormColumn): string {
	return either(column.name_vi, column.name_en);
}

export function rowName(row: FormRow): string {
	return either(row.name_vi, row.name_en);
}

/** "Đất đai, cột 3 Tổng số": how a cell is called in a sentence. */
export function cellName(form: Form, at: number): string {
	const column = form.columns[at % form.columns.length];
	const row = form.rows[Math.floor(at / form.columns.length)];
	return t('cell.name', { row: rowName(row), label: column.label,
		column: columnName(column) });
}

/** Two rows: groups, then numbered columns; stub is what is left of them. */
export function MatrixHead({ form, stub }: { form: Form;
    stub?: ComponentChildren }): JSX.Element {
	const groups = groupsOf(form);
	const name = (column: FormColumn): JSX.Element => <>{columnName(column)}
		<span class="label">({column.label})</span></>;
	return <thead>
		<tr>
			{stub ?? <>
				<th scope="col" rowSpan={2} class="no">{t('form.no')}
					<span class="label">(1)</span></th>
				<th scope="col" rowSpan={2} class="row-name">{t('form.row')}
					<span class="label">(2)</span></th>
			</>}
			{groups.map((group) => group.text === ''
				? group.columns.map((c) => <th key={c.id} scope="col"
					rowSpan={2}>{name(c)}</th>)
				: <th key={group.columns[0].id} scope="colgroup"
					class="group" colSpan={group.columns.length}>
					<span>{group.text}</span></th>)}
		</tr>
		<tr>{groups.filter((g) => g.text !== '').map((group) =>
			group.columns.map((c) => <th key={c.id} scope="col">
				{name(c)}</th>))}</tr>
	</thead>;
}

/** What is written in a cell for its state. */
export function cellText(cell: Cell | undefined): string {
	const value = valueOf(cell);
	if (value !== null)
		return formatNumber(value);
	const state = stateOf(cell);
	return state === 'none' ? 'x' : state === 'withheld' ? '•' : '';
}

/** The last column of a group gets a stronger line at its edge. */
export function edgesOf(form: Form): Set<string> {
	return new Set(groupsOf(form).map((g) =>
		g.columns[g.columns.length - 1].id));
}

/** What all rows come to per column, by its aggregation, where there is anything. */
export function columnSums(form: Form, cells: readonly Cell[]):
    (string | null)[] {
	return form.columns.map((column, c) => aggregate(column.aggregation,
		form.rows.flatMap((_, r) => {
			const value = valueOf(cells[r * form.columns.length + c]);
			return value === null ? [] : [value];
		})));
}

export function Matrix({ form, cells, previous, findings, mode }: {
    form: Form; cells: readonly Cell[]; previous: readonly Cell[] | null;
    findings: Finding[]; mode: 'figures' | 'change' }): JSX.Element {
	const broken = brokenCells(form, findings);
	const computed = computedCells(form);
	const carried = carriedCells(form);
	const edges = edgesOf(form);
	const width = form.columns.length;
	const before = previous ?? [];
	const sums = columnSums(form, cells);
	const sumsBefore = columnSums(form, before);

	const isCarried = (at: number): boolean => {
		const from = carried.get(at);
		return from !== undefined && valueOf(cells[at]) !== null &&
			valueOf(cells[at]) === valueOf(before[from]);
	};
	const content = (at: number): JSX.Element | string => {
		const cell = cells[at];
		return mode === 'figures' ? <>{cellText(cell)}
			{remarkOf(cell) ? <span class="remark-mark"
				title={remarkOf(cell)}><span class="unseen">
				{t('cell.has_remark')}</span></span> : null}</>
			: <Change from={valueOf(before[at])} to={valueOf(cell)} />;
	};
	return <div class="scroll" role="region" tabIndex={0}
		aria-label={either(form.name_vi, form.name_en)}>
		<table class="matrix">
			<MatrixHead form={form} />
			<tbody>{form.rows.map((row, r) => <tr key={row.id}>
				<th scope="row" class="no">{r + 1}</th>
				<th scope="row" class="row-name">{rowName(row)}</th>
				{form.columns.map((column, c) => {
					const at = r * width + c;
					return <td key={column.id} id={`cell-${form.cells[at]}`}
						class={[computed.has(at) ? 'computed' : '',
							isCarried(at) ? 'carried' : '',
							broken.get(at) ?? '',
							edges.has(column.id) ? 'edge' : '']
							.filter(Boolean).join(' ')}>{content(at)}</td>;
				})}</tr>)}</tbody>
			<tfoot><tr>
				<td class="no" />
				<th scope="row" class="row-name">{t('form.sum')}</th>
				{form.columns.map((column, c) => <td key={column.id}
					class={edges.has(column.id) ? 'edge' : undefined}>
					{mode === 'figures' ? sums[c] === null ? ''
						: formatNumber(sums[c]!)
						: <Change from={sumsBefore[c]} to={sums[c]} />}</td>)}
			</tr></tfoot>
		</table></div>;
}

/** "+1.204  +15,0 %", or a dash where nothing can be compared. */
export function Change({ from, to }: { from: string | null; to: string | null }):
    JSX.Element {
	if (from === null || to === null)
		return <span class="hint">–</span>;
	const gap = difference(from, to)!;
	if (/^-?0+(\.0+)?$/.test(gap))
		return <span class="hint">0</span>;
	const per = changePerMille(from, to);
	const big = per === null || per >= 500n || per <= -500n;
	return <span class={big ? 'change big' : 'change'}>
		{formatGap(gap)}
		<small>{per === null ? t('change.new') : formatChange(per)}</small>
	</span>;
}

/** Cells of broken rules, with the worst severity as a class. */
export function brokenCells(form: Form, findings: Finding[]):
    Map<number, string> {
	const worst = new Map<number, string>();
	const order = ['note', 'explain', 'block'];
	for (const finding of findings) {
		for (const cell of cellsOfRule(form, finding.rule, finding.cell)) {
			const at = cellAt(form, cell);
			const now = worst.get(at);
			if (!now || order.indexOf(finding.severity) >
			    order.indexOf(now.slice('broken-'.length)))
				worst.set(at, `broken-${finding.severity}`);
		}
	}
	return worst;
}
