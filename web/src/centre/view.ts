/*
 * What the country screen shows, as its address says it.
 */
import type { FiguresQuery } from '../api/client.ts';
import type { Form } from '../api/types.ts';
import { address } from '../router.ts';

export interface View {
	form: string;
	period: string;
	/** A row of the form, or "all" for the sum over its rows. */
	row: string;
	basis: 'sent' | 'accepted';
	/** "own": each period's own structure; else a day. */
	structure: string;
	/** "": now; else a day or a ledger index. */
	asOf: string;
	apportion: 'none' | 'equal';
	/** The unit the table begins with; 0: the one the person acts for. */
	at: number;
	open: number[];
	/** The cell whose trace is open. */
	trace: TraceRef | null;
}

export interface TraceRef {
	unit: number;
	kind: 'unit' | 'other' | 'unallocated' | 'total';
	cell: string;
}

const KINDS = ['unit', 'other', 'unallocated', 'total'];
const DAY = /^\d{4}-\d\d-\d\d$/;

export function readView(query: URLSearchParams): View {
	const get = (name: string): string => query.get(name) ?? '';
	const trace = get('trace').split('~');
	return {
		form: get('form'),
		period: get('period'),
		row: get('row') || 'all',
		basis: get('basis') === 'accepted' ? 'accepted' : 'sent',
		structure: DAY.test(get('structure')) ? get('structure') : 'own',
		asOf: DAY.test(get('as_of')) || /^\d{1,15}$/.test(get('as_of'))
			? get('as_of') : '',
		apportion: get('apportion') === 'equal' ? 'equal' : 'none',
		at: Number(get('at')) || 0,
		open: get('open').split(',').map(Number).filter((n) => n > 0),
		trace: trace.length === 3 && KINDS.includes(trace[1])
			? { unit: Number(trace[0]), kind: trace[1] as TraceRef['kind'],
				cell: trace[2] } : null,
	};
}

export function viewAddress(view: View): string {
	const { trace } = view;
	return address('/country', {
		form: view.form,
		period: view.period,
		row: view.row === 'all' ? '' : view.row,
		basis: view.basis === 'sent' ? '' : view.basis,
		structure: view.structure === 'own' ? '' : view.structure,
		as_of: view.asOf,
		apportion: view.apportion === 'none' ? '' : view.apportion,
		at: view.at || '',
		open: view.open.join(','),
		trace: trace ? `${trace.unit}~${trace.kind}~${trace.cell}` : '',
	});
}

/* What goes without saying is left out, as in the address of the page: the
 * server has put the answer to that address into it. */
export function figuresQuery(view: View, form: Pick<Form, 'columns'>):
    Omit<FiguresQuery, 'children_of' | 'units' | 'level'> {
	return {
		form: view.form,
		periods: view.period,
		cells: view.row === 'all' ? undefined
			: form.columns.map((c) => `${view.row}.${c.id}`).join(','),
		structure: view.structure === 'own' ? undefined : view.structure,
		as_of: view.asOf || undefined,
		basis: view.basis === 'sent' ? undefined : view.basis,
		apportion: view.apportion === 'none' ? undefined : view.apportion,
	};
}
