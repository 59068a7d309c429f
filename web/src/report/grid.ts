/*
 * The entry grid: a native table with role=grid, one tab stop, roving focus and
 * the keys of Excel.  It owns focus, selection, typing and the clipboard, and
 * knows nothing of rules: every change goes out through change(), what is to be
 * seen comes in through show().
 *
 * The DOM is built once and then only touched where something changed, so that
 * 12 x 11 cells and 500 x 30 feel alike.
 */
import { formatTsv, parseTsv } from '../paste.ts';
import { LENGTH_MAX } from '../reading.ts';
import type { Area } from './block.ts';

export interface GridColumn {
	id: string;
	/** The full name for messages. */
	name: string;
	/** The last of its group: a stronger line at its edge. */
	edge: boolean;
}

/** How one cell looks now. */
export interface Look {
	/** As shown; a wrong entry as it was typed. */
	text: string;
	/** Plain figures for editing and copying. */
	edit: string;
	readOnly: boolean;
	wrong: boolean;
	/** Space separated extra classes: computed, carried, broken-… */
	marks: string;
	/** Said after the value: why it is marked. */
	about: string;
}

export interface GridEvents {
	/** Typed or cleared. */
	change(changes: { at: number; typed: string }[]): void;
	/**
	 * A block over the selection; null: it is too large.  own: copied here.
	 * Where it went, if it did.
	 */
	paste(rows: string[][] | null, selected: Area, own: boolean): Area | null;
	focus(at: number): void;
	undo(): void;
	redo(): void;
	/** Esc in a cell that is not edited: leave the grid. */
	leave(): void;
}

export interface GridOptions {
	label: string;
	describedBy: string;
	head: HTMLTableSectionElement;
	rows: { id: string; head: HTMLTableCellElement[] }[];
	columns: GridColumn[];
	foot: HTMLTableSectionElement | null;
	cellId(at: number): string;
	/** Cells that cannot be typed in now: Tab passes over them. */
	readOnly(at: number): boolean;
	events: GridEvents;
}

type Place = { row: number; col: number };

/* Ten times the largest sheet, written at length. */
const PASTE_MAX = 2_000_000;

/** What was copied here is marked by the same text under this type. */
const OWN_TYPE = 'application/x-truc-figures';

export class EntryGrid {
	readonly table = document.createElement('table');
	private readonly cells: HTMLTableCellElement[] = [];
	private readonly looks: Look[] = [];
	private readonly width: number;
	private readonly height: number;
	private focus: Place = { row: 0, col: 0 };
	private anchor: Place = { row: 0, col: 0 };
	private selected = new Set<number>();
	private editor: HTMLInputElement | null = null;
	private dragging = false;
	/** Fingers type: a tap opens the cell, and what ends one opens the next. */
	private touch = false;
	private touched: Place | null = null;

	constructor(private readonly options: GridOptions) {
		this.width = options.columns.length;
		this.height = options.rows.length;
		this.build();
		const first = Array.from({ length: this.width * this.height },
			(_, at) => at).find((at) => !options.readOnly(at)) ?? 0;
		this.focus = this.anchor = this.placeOf(first);
		this.cells[first].tabIndex = 0;
		this.listen();
	}

	/* Building */

	private build(): void {
		const { table, options } = this;
		table.className = 'matrix entry';
		table.setAttribute('role', 'grid');
		table.setAttribute('aria-label', options.label);
		table.setAttribute('aria-describedby', options.describedBy);
		table.setAttribute('aria-multiselectable', 'true');
		table.append(options.head);
		const body = document.createElement('tbody');
		options.rows.forEach((row, r) => {
			const tr = document.createElement('tr');
			tr.append(...row.head);
			options.columns.forEach((column, c) => {
				const td = document.createElement('td');
				td.setAttribute('role', 'gridcell');
				td.tabIndex = -1;
				td.id = options.cellId(r * this.width + c);
				td.dataset.at = String(r * this.width + c);
				if (column.edge)
					td.className = 'edge';
				this.cells.push(td);
				tr.append(td);
			});
			body.append(tr);
		});
		table.append(body);
		if (options.foot)
			table.append(options.foot);
	}

	private listen(): void {
		const { table } = this;
		table.addEventListener('keydown', (e) => this.onKey(e));
		table.addEventListener('mousedown', (e) => this.onMouse(e));
		table.addEventListener('mouseover', (e) => {
			const place = this.placeAt(e.target);
			if (this.dragging && place && (e.buttons & 1))
				this.select(place, true, false);
		});
		table.addEventListener('mouseup', () => {
			this.dragging = false;
		});
		table.addEventListener('pointerdown', (e) => {
			this.touch = e.pointerType === 'touch';
			this.touched = this.touch && !(e.target === this.editor)
				? this.placeAt(e.target) : null;
		});
		/* A finger that only pushes the table along. */
		table.addEventListener('pointercancel', () => {
			this.touched = null;
		});
		table.addEventListener('click', () => {
			if (!this.touched)
				return;
			this.commit();
			this.select(this.touched, false);
			this.edit(null);
		});
		table.addEventListener('dblclick', (e) => {
			if (this.placeAt(e.target))
				this.edit(null);
		});
		table.addEventListener('focusin', (e) => {
			const place = this.placeAt(e.target);
			if (place && !this.editor &&
			    this.indexOf(place) !== this.indexOf(this.focus))
				this.select(place, false, false);
			this.options.events.focus(this.indexOf(this.focus));
		});
		table.addEventListener('focusout', (e) => {
			if (e.target === this.editor)
				this.commit();
		});
		table.addEventListener('copy', (e) => this.onCopy(e, false));
		table.addEventListener('cut', (e) => this.onCopy(e, true));
		table.addEventListener('paste', (e) => this.take(e, e.clipboardData));
		table.addEventListener('drop', (e) => {
			if (e.target === this.editor)
				this.take(e, e.dataTransfer);
		});
	}

	/* Showing */

	show(at: number, look: Look): void {
		const cell = this.cells[at];
		const old = this.looks[at];
		this.looks[at] = look;
		if (old && old.text === look.text && old.marks === look.marks &&
		    old.wrong === look.wrong && old.about === look.about &&
		    old.readOnly === look.readOnly)
			return;
		cell.className = this.classOf(at);
		set(cell, 'aria-readonly', look.readOnly ? 'true' : null);
		set(cell, 'aria-invalid', look.wrong ? 'true' : null);
		if (this.editor?.parentElement === cell)
			return;
		cell.textContent = look.text;
		if (look.about !== '') {
			const about = document.createElement('span');
			about.className = 'unseen';
			about.textContent = ` ${look.about}`;
			cell.append(about);
		}
		cell.title = look.about;
	}

	private classOf(at: number): string {
		const look = this.looks[at];
		return [this.options.columns[at % this.width].edge ? 'edge' : '',
			look?.marks ?? '', look?.wrong ? 'wrong' : '',
			this.selected.has(at) ? 'selected' : '']
			.filter(Boolean).join(' ');
	}

	/** Move there and take the focus: links of broken rules come here. */
	goTo(at: number): void {
		this.select(this.placeOf(at), false, true);
	}

	/** Put what is being typed in before saving or sending. */
	settle(): void {
		this.commit();
	}

	/* Places */

	private indexOf(place: Place): number {
		return place.row * this.width + place.col;
	}

	private placeOf(at: number): Place {
		return { row: Math.floor(at / this.width), col: at % this.width };
	}

	private placeAt(target: EventTarget | null): Place | null {
		const cell = (target as Element | null)?.closest?.<HTMLElement>(
			'[data-at]');
		return cell ? this.placeOf(Number(cell.dataset.at)) : null;
	}

	private range(): Area {
		return {
			top: Math.min(this.anchor.row, this.focus.row),
			bottom: Math.max(this.anchor.row, this.focus.row),
			left: Math.min(this.anchor.col, this.focus.col),
			right: Math.max(this.anchor.col, this.focus.col),
		};
	}

	private select(to: Place, extend: boolean, take = true): void {
		const row = Math.max(0, Math.min(this.height - 1, to.row));
		const col = Math.max(0, Math.min(this.width - 1, to.col));
		this.cells[this.indexOf(this.focus)].tabIndex = -1;
		this.focus = { row, col };
		if (!extend)
			this.anchor = this.focus;
		const cell = this.cells[this.indexOf(this.focus)];
		cell.tabIndex = 0;
		this.paintSelection();
		if (take)
			cell.focus();
		else
			this.options.events.focus(this.indexOf(this.focus));
	}

	private paintSelection(): void {
		const { top, left, bottom, right } = this.range();
		const now = new Set<number>();
		if (top !== bottom || left !== right)
			for (let r = top; r <= bottom; r++)
				for (let c = left; c <= right; c++)
					now.add(r * this.width + c);
		const before = this.selected;
		this.selected = now;
		new Set([...before, ...now]).forEach((at) => {
			this.cells[at].className = this.classOf(at);
			set(this.cells[at], 'aria-selected',
				now.has(at) ? 'true' : null);
		});
	}

	/** The next cell to type in, in reading order; null past the end. */
	private nextEditable(step: 1 | -1): Place | null {
		for (let at = this.indexOf(this.focus) + step;
		    at >= 0 && at < this.cells.length; at += step)
			if (!this.options.readOnly(at))
				return this.placeOf(at);
		return null;
	}

	/* Typing */

	/** text null: what is there (F2); else it replaces that. */
	private edit(text: string | null): void {
		const at = this.indexOf(this.focus);
		if (this.editor || this.options.readOnly(at))
			return;
		const cell = this.cells[at];
		const input = document.createElement('input');
		input.type = 'text';
		input.inputMode = 'decimal';
		input.autocomplete = 'off';
		input.maxLength = LENGTH_MAX + 1;
		input.setAttribute('aria-label',
			`${this.options.rows[this.focus.row].head.map(
				(h) => h.textContent).join(' ')}, ${
				this.options.columns[this.focus.col].name}`);
		input.value = text ?? this.looks[at]?.edit ?? '';
		this.editor = input;
		cell.textContent = '';
		cell.classList.add('editing');
		cell.append(input);
		input.focus();
		if (text === null)
			input.setSelectionRange(this.touch ? 0 : input.value.length,
				input.value.length);
	}

	private close(): string | null {
		const input = this.editor;
		if (!input)
			return null;
		this.editor = null;
		const at = this.indexOf(this.placeAt(input)!);
		const typed = input.value;
		const cell = this.cells[at];
		input.remove();
		const look = this.looks[at];
		delete this.looks[at];
		cell.classList.remove('editing');
		this.show(at, look);
		return typed;
	}

	private commit(): void {
		if (!this.editor)
			return;
		const at = this.indexOf(this.placeAt(this.editor)!);
		const before = this.looks[at]?.edit ?? '';
		const typed = this.close()!;
		if (typed.trim() !== before.trim())
			this.options.events.change([{ at, typed }]);
	}

	private cancel(): void {
		this.close();
		this.cells[this.indexOf(this.focus)].focus();
	}

	private clear(): void {
		const { top, left, bottom, right } = this.range();
		const changes = [];
		for (let r = top; r <= bottom; r++)
			for (let c = left; c <= right; c++) {
				const at = r * this.width + c;
				if (!this.options.readOnly(at))
					changes.push({ at, typed: '' });
			}
		if (changes.length > 0)
			this.options.events.change(changes);
	}

	/* Keys */

	private onKey(event: KeyboardEvent): void {
		if (event.isComposing)
			return;
		if (event.target === this.editor)
			this.onEditorKey(event);
		else if (this.placeAt(event.target))
			this.onCellKey(event);
	}

	private onEditorKey(event: KeyboardEvent): void {
		const { row, col } = this.focus;
		switch (event.key) {
		case 'Enter':
			this.commit();
			this.select({ row: row + (event.shiftKey ? -1 : 1), col }, false);
			if (this.touch && row < this.height - 1)
				this.edit(null);
			/* Ctrl+Enter goes on to the page's primary act. */
			if (event.ctrlKey || event.metaKey)
				return;
			break;
		case 'Tab': {
			this.commit();
			const next = this.nextEditable(event.shiftKey ? -1 : 1);
			if (!next) {
				this.cells[this.indexOf(this.focus)].focus();
				return;
			}
			this.select(next, false);
			break;
		}
		case 'ArrowUp':
		case 'ArrowDown':
			this.commit();
			this.select({ row: row + (event.key === 'ArrowUp' ? -1 : 1),
				col }, false);
			break;
		case 'Escape':
			this.cancel();
			break;
		default:
			return;
		}
		event.preventDefault();
		event.stopPropagation();
	}

	private onCellKey(event: KeyboardEvent): void {
		const { row, col } = this.focus;
		const jump = event.ctrlKey || event.metaKey;
		const extend = event.shiftKey;
		const lastRow = this.height - 1;
		const lastCol = this.width - 1;

		switch (event.key) {
		case 'ArrowUp':
			this.select({ row: jump ? 0 : row - 1, col }, extend);
			break;
		case 'ArrowDown':
			this.select({ row: jump ? lastRow : row + 1, col }, extend);
			break;
		case 'ArrowLeft':
			this.select({ row, col: jump ? 0 : col - 1 }, extend);
			break;
		case 'ArrowRight':
			this.select({ row, col: jump ? lastCol : col + 1 }, extend);
			break;
		case 'Home':
			this.select({ row: jump ? 0 : row, col: 0 }, extend);
			break;
		case 'End':
			this.select({ row: jump ? lastRow : row, col: lastCol }, extend);
			break;
		case 'PageUp':
			this.select({ row: 0, col }, extend);
			break;
		case 'PageDown':
			this.select({ row: lastRow, col }, extend);
			break;
		case 'Enter':
			if (jump)
				return;
			this.select({ row: row + (extend ? -1 : 1), col }, false);
			break;
		case 'Tab': {
			/* Past the last cell the focus leaves the grid. */
			const next = this.nextEditable(extend ? -1 : 1);
			if (!next)
				return;
			this.select(next, false);
			break;
		}
		case 'F2':
			this.edit(null);
			break;
		case 'Delete':
		case 'Backspace':
			this.clear();
			break;
		case 'Escape':
			this.options.events.leave();
			break;
		default:
			this.onOtherKey(event, jump);
			return;
		}
		event.preventDefault();
	}

	private onOtherKey(event: KeyboardEvent, control: boolean): void {
		const key = event.key.toLowerCase();
		if (control) {
			if (key === 'a') {
				this.anchor = { row: 0, col: 0 };
				this.select({ row: this.height - 1, col: this.width - 1 },
					true);
			} else if (key === 'z' && !event.shiftKey) {
				this.options.events.undo();
			} else if (key === 'y' || key === 'z') {
				this.options.events.redo();
			} else {
				return;
			}
			event.preventDefault();
		} else if (event.key.length === 1 && !event.altKey &&
		    event.key !== ' ' && event.key !== '?' && event.key !== '/') {
			/* The key itself goes into the input that is focused now. */
			this.edit('');
		}
	}

	private onMouse(event: MouseEvent): void {
		const place = this.placeAt(event.target);
		if (!place || event.button !== 0 || event.target === this.editor)
			return;
		event.preventDefault();
		/* Of a tap the click is awaited: the table may move before it. */
		if (this.touch)
			return;
		this.commit();
		this.dragging = true;
		this.select(place, event.shiftKey);
	}

	/* Clipboard */

	private onCopy(event: ClipboardEvent, cut: boolean): void {
		if (this.editor || !event.clipboardData)
			return;
		const { top, left, bottom, right } = this.range();
		const rows: string[][] = [];
		for (let r = top; r <= bottom; r++) {
			const row: string[] = [];
			for (let c = left; c <= right; c++)
				row.push(this.looks[r * this.width + c]?.edit ?? '');
			rows.push(row);
		}
		event.clipboardData.setData('text/plain', formatTsv(rows));
		event.clipboardData.setData(OWN_TYPE, formatTsv(rows));
		event.preventDefault();
		if (cut)
			this.clear();
	}

	/** One value goes in where the caret is, a block over the cells. */
	private take(event: Event, from: DataTransfer | null): void {
		const text = from?.getData('text/plain') ?? '';
		const rows = text.length > PASTE_MAX ? null : parseTsv(text);
		if (text === '' || (this.editor && rows?.length === 1 &&
		    rows[0].length === 1 && !/[\t\r\n]/.test(rows[0][0])))
			return;
		event.preventDefault();
		/* The block may go elsewhere, or nowhere. */
		this.commit();
		const laid = this.options.events.paste(rows, this.range(),
			from!.getData(OWN_TYPE) === text);
		if (!laid) {
			this.select(this.focus, true);
			return;
		}
		this.anchor = { row: laid.top, col: laid.left };
		this.select({ row: laid.bottom, col: laid.right }, true);
	}
}

function set(element: Element, name: string, value: string | null): void {
	if (value === null)
		element.removeAttribute(name);
	else
		element.setAttribute(name, value);
}
