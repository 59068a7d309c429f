/*
 * The table of the country screen: a native table with role=treegrid.  One tab
 * stop, arrows move, right and left open and close, Enter asks a figure where it
 * comes from.
 */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { FigureCells, FigureRow, Figures, Form } from '../api/types.ts';
import { t } from '../i18n.ts';
import { formatNumber } from '../numbers.ts';
import { edgesOf, MatrixHead } from '../report/matrix.tsx';
import { Coverage, Icon } from '../ui/parts.tsx';
import type { TraceRef, View } from './view.ts';

const SIGNS = { none: 'x', withheld: '•', not_added: '·' };

interface Line {
	key: string;
	row: FigureRow;
	depth: number;
	/** What to ask the trace for. */
	unit: number;
	canOpen: boolean;
	isOpen: boolean;
}

/** Rows beside the units are shown only where there is something in them. */
function isIdle(row: FigureRow): boolean {
	return row.kind !== 'unit' && row.periods.every((period) =>
		period.expected === 0 && period.values.every((v) => v === null));
}

/** The total first, then what is below, open units with theirs. */
export function linesOf(blocks: Map<number, Figures>, at: number,
    open: readonly number[]): Line[] {
	const lines: Line[] = [];
	const total = blocks.get(at)?.rows.find((row) => row.kind === 'total');
	if (total)
		lines.push({ key: `total ${at}`, row: total, depth: 0, unit: at,
			canOpen: false, isOpen: true });
	const add = (parent: number, depth: number, seen: number[]): void => {
		for (const row of blocks.get(parent)?.rows ?? []) {
			if (row.kind === 'total' || isIdle(row))
				continue;
			const unit = row.kind === 'unit' ? row.unit! : parent;
			const canOpen = row.kind === 'unit' && row.child_count > 0 &&
				unit !== parent;
			const isOpen = canOpen && open.includes(unit) &&
				!seen.includes(unit);
			lines.push({ key: `${parent} ${row.kind} ${unit}`, row, depth,
				unit, canOpen, isOpen });
			if (isOpen)
				add(unit, depth + 1, [...seen, unit]);
		}
	};
	add(at, total ? 1 : 0, [at]);
	return lines;
}

type FigureValue = FigureCells['values'][number];

export function figureText(value: FigureValue): string {
	if (value === null)
		return '–';
	if (typeof value === 'string')
		return formatNumber(value);
	if ('value' in value)
		return `≈\u00a0${formatNumber(value.value)}`;
	return value.state ? SIGNS[value.state] : '–';
}

export function TreeTable({ form, blocks, view, onToggle, onTrace }: {
    form: Form; blocks: Map<number, Figures>; view: View;
    onToggle: (unit: number) => void;
    onTrace: (trace: TraceRef) => void }): JSX.Element {
	const table = useRef<HTMLTableElement>(null);
	const [focus, setFocus] = useState({ row: 0, col: 0 });
	const lines = linesOf(blocks, view.at, view.open);
	const cells = blocks.get(view.at)!.cells;
	const edges = edgesOf(form);
	const here = { row: Math.min(focus.row, lines.length - 1),
		col: focus.col };

	const move = (row: number, col: number): void => {
		const to = { row: Math.max(0, Math.min(lines.length - 1, row)),
			col: Math.max(0, Math.min(cells.length, col)) };
		setFocus(to);
		table.current?.querySelector<HTMLElement>(
			`[data-place="${to.row} ${to.col}"]`)?.focus();
	};
	const ask = (line: Line, col: number): void => onTrace({
		unit: line.unit, kind: line.row.kind, cell: cells[col - 1] });

	const onKey = (event: KeyboardEvent): void => {
		const { row, col } = here;
		const line = lines[row];
		if (!line || event.altKey)
			return;
		const jump = event.ctrlKey || event.metaKey;
		switch (event.key) {
		case 'ArrowUp':
			move(jump ? 0 : row - 1, col);
			break;
		case 'ArrowDown':
			move(jump ? lines.length - 1 : row + 1, col);
			break;
		case 'ArrowLeft':
			if (col === 0 && line.isOpen && line.canOpen)
				onToggle(line.unit);
			else if (col === 0)
				move(parentOf(lines, row), 0);
			else
				move(row, col - 1);
			break;
		case 'ArrowRight':
			if (col === 0 && line.canOpen && !line.isOpen)
				onToggle(line.unit);
			else
				move(row, col + 1);
			break;
		case 'Home':
			move(jump ? 0 : row, 0);
			break;
		case 'End':
			move(jump ? lines.length - 1 : row, cells.length);
			break;
		case 'PageUp':
			move(row - 10, col);
			break;
		case 'PageDown':
			move(row + 10, col);
			break;
		case 'Enter':
		case ' ':
			if (col > 0)
				ask(line, col);
			else if (line.canOpen)
				onToggle(line.unit);
			break;
		default:
			return;
		}
		event.preventDefault();
	};
	const place = (row: number, col: number): JSX.IntrinsicElements['td'] => ({
		tabIndex: here.row === row && here.col === col ? 0 : -1,
		'data-place': `${row} ${col}`,
		onFocus: () => setFocus({ row, col }),
	} as JSX.IntrinsicElements['td']);

	return <div class="scroll tall"><table ref={table} role="treegrid"
		class="matrix tree" aria-label={t('nav.country')}
		onKeyDown={onKey}>
		<MatrixHead form={form} stub={<th scope="col" rowSpan={2}
			class="unit-name">{t('country.unit')}</th>} />
		<tbody>{lines.map((line, r) => {
			const period = line.row.periods[0];
			const about = t('coverage', { reported: period.reported,
				expected: period.expected, late: period.late });
			return <tr key={line.key} class={`kind-${line.row.kind}`}
				aria-level={line.depth + 1}
				aria-expanded={line.canOpen ? line.isOpen : undefined}>
				<th scope="row" role="rowheader" class="unit-name"
					{...place(r, 0) as object}
					style={{ paddingLeft: `${8 + line.depth * 16}px` }}
					onClick={() => line.canOpen && onToggle(line.unit)}>
					<span class="twist" aria-hidden="true">{line.canOpen
						? line.isOpen ? '▾' : '▸' : ''}</span>
					<span class={line.canOpen ? 'opens' : undefined}>
						{nameOf(line.row)}</span>
					{period.closed ? <span class="mark"
						title={t('country.closed')}><Icon name="lock" />
						<span class="unseen">{t('country.closed')}</span>
					</span> : null}
					{period.restated ? <span class="mark warn"
						title={t('country.restated')}>*<span class="unseen">
						{t('country.restated')}</span></span> : null}
					{line.row.kind !== 'unallocated'
						? <Coverage {...period} /> : null}
				</th>
				{cells.map((cell, c) => {
					const text = figureText(period.values[c]);
					const open = view.trace?.cell === cell &&
						view.trace.unit === line.unit &&
						view.trace.kind === line.row.kind;
					return <td key={cell} role="gridcell"
						{...place(r, c + 1)} title={about}
						class={[edges.has(form.columns[c].id) ? 'edge'
							: '', text === '–' ? 'absent' : '',
							open ? 'asked' : ''].filter(Boolean).join(' ')}
						onClick={() => ask(line, c + 1)}>{text}{text === '–'
							? <span class="unseen"> {t('cell.missing')}
							</span> : null}</td>;
				})}
			</tr>;
		})}</tbody>
	</table></div>;
}

function parentOf(lines: Line[], row: number): number {
	for (let up = row - 1; up >= 0; up--)
		if (lines[up].depth < lines[row].depth)
			return up;
	return row;
}

export function nameOf(row: { kind: FigureRow['kind']; name: string }): string {
	return row.kind === 'other' ? t('row.other')
		: row.kind === 'unallocated' ? t('row.unallocated') : row.name;
}
