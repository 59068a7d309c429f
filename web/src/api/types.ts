/*
 * The contract of docs/api.md in types.
 */
import type { Cell, Rule } from '../rules.ts';

export type { Cell, Rule };
export type Severity = Rule['severity'];
export type Role = 'clerk' | 'leader' | 'collector' | 'viewer' | 'centre' | 'admin';

export interface Position {
	unit: number;
	unit_name: string;
	unit_path: string[];
	level: number;
	role: Role;
}

export interface Session {
	person: number;
	login: string;
	name: string;
	locale: string;
	demo: boolean;
	positions: Position[];
	permissions: string[];
}

export interface Page<Item> {
	items: Item[];
	next: string | null;
}

export interface UnitItem {
	id: number;
	name: string;
	level: number;
	type: string;
	code: string;
	parent: number | null;
	from: string;
	to: string | null;
	child_count: number;
}

export interface UnitVersion {
	from: string;
	to: string | null;
	name: string;
	type: string;
	level: number;
	parent: number | null;
}

export interface UnitCode {
	scheme: string;
	code: string;
	from: string;
	to: string | null;
}

export interface Succession {
	unit: number;
	name: string;
	date: string;
	kind: string;
	act: string | null;
}

export interface Unit extends UnitItem {
	versions: UnitVersion[];
	codes: UnitCode[];
	successors: Succession[];
	predecessors: Succession[];
}

export interface FormItem {
	code: string;
	name_vi: string;
	name_en: string;
	regime: string;
	regime_name_vi: string;
	regime_name_en: string;
	legal_basis: string;
	versions: { number: number; from: string; to: string | null; digest: string }[];
}

export interface Column {
	id: string;
	label: string;
	group_vi: string | null;
	group_en: string | null;
	name_vi: string;
	name_en: string;
	scale: number;
	lo: string;
	hi: string;
	aggregation: string;
}

export interface Row {
	id: string;
	name_vi: string;
	name_en: string;
	unsure: boolean;
}

export interface Form {
	code: string;
	name_vi: string;
	name_en: string;
	legal_basis: string;
	version: number;
	digest: string;
	period: string;
	window_from: string;
	window_to: string;
	columns: Column[];
	rows: Row[];
	cells: string[];
	rules: Rule[];
	reporters: { level: number; types: string[] | null; deadline_days: number }[];
}

export interface Period {
	id: string;
	from: string;
	to: string;
	opens: string;
	structure_on: string;
	is_open: boolean;
	is_current: boolean;
	version: number | null;
}

export type ReportState = 'not_started' | 'draft' | 'proposed' | 'returned' | 'sent' | 'accepted';
export type NextAct = 'fill' | 'submit' | 'sign' | 'review' | 'none';

export interface Obligation {
	form: string;
	form_name_vi: string;
	form_name_en: string;
	period: string;
	unit: number;
	unit_name: string;
	level: number;
	deadline: string;
	days_left: number;
	state: ReportState;
	late: boolean;
	report: number | null;
	version: number | null;
	sent_at: string | null;
	flags: number;
	closed: boolean;
	next: NextAct;
}

export interface Counts {
	all: number;
	not_started: number;
	draft: number;
	proposed: number;
	returned: number;
	sent: number;
	accepted: number;
	late: number;
}

export interface Obligations extends Page<Obligation> {
	counts: Counts;
}

export type CellState = 'value' | 'none' | 'missing' | 'withheld';

export interface Finding {
	rule: string;
	cell: string;
	severity: Severity;
	verdict: 'kept' | 'broken';
	expected: string | null;
	citation: string | null;
	message_vi: string;
	message_en: string;
}

export interface Action {
	name: string;
	href: string;
	method: string;
	needs_reason: boolean;
}

export interface ReportItem {
	id: number;
	form: string;
	period: string;
	unit: number;
	unit_name: string;
	state: ReportState;
	revision: number;
	version: number | null;
	sent_at: string | null;
	late: boolean;
	flags: number;
}

export interface Report extends ReportItem {
	cells: Cell[];
	previous: Cell[] | null;
	findings: Finding[];
	checks: { passed: number; total: number };
	deadline: string;
	reason: string | null;
	sent_version: number | null;
	accepted_version: number | null;
	digest: string | null;
	ledger_index: number | null;
	has_draft: boolean;
	actions: Action[];
}

export interface HistoryItem {
	act: string;
	at: string;
	person: string | null;
	unit: string | number | null;
	version: number | null;
	revision: number | null;
	reason: string | null;
	ledger_index: number | null;
}

export type FigureValue = string | null | { state?: CellState; value?: string; apportioned?: boolean };
export type RowKind = 'unit' | 'other' | 'unallocated' | 'total';

export interface FigurePeriod {
	expected: number;
	reported: number;
	late: number;
	closed: boolean;
	restated: boolean;
	values: FigureValue[];
	counts: number[];
}

export interface FigureRow {
	kind: RowKind;
	unit: number | null;
	name: string;
	code: string | null;
	level: number | null;
	child_count: number;
	periods: FigurePeriod[];
}

export interface Figures {
	form: string;
	structure: string;
	index: number;
	as_of: string | number | null;
	basis: 'sent' | 'accepted';
	apportion: 'none' | 'equal';
	cells: string[];
	periods: { id: string; from: string; to: string; structure_on: string; version: number | null }[];
	rows: FigureRow[];
}

export interface TracePart {
	unit: number;
	name: string;
	report: number;
	version: number;
	ledger_index: number;
	value: string;
	whole: boolean;
}

export interface TraceChild {
	unit: number | null;
	name: string;
	value: FigureValue;
	kind: RowKind;
}

export interface Trace {
	unit: number | null;
	name: string;
	cell: string;
	value: FigureValue;
	index: number;
	parts: TracePart[];
	children: TraceChild[];
	total_parts: number;
}

export interface Closing {
	form: string;
	period: string;
	unit: number;
	at: string;
	ledger_index: number;
}

export interface ProblemDocument {
	type: string;
	title: string;
	status: number;
	code: string;
	detail?: string | null;
	request_id?: string;
	errors?: { pointer: string; code: string; message: string }[];
}
