/*
 * Made by tools/api.mjs from the server's /openapi.json: do not edit.
 */
export interface Problem {
	type: string;
	title: string;
	status: number;
	code: string;
	detail: string;
	request_id: number;
	/** what If-Match must say after the object was read again */
	revision: number | null;
	errors: ({ pointer: string; code: string; message: string })[];
}

export interface SignIn {
	/** The person's login. */
	login: string;
	/** The password. */
	password: string;
}

export interface Session {
	/** The person's id. */
	person: number;
	/** The person's login. */
	login: string;
	/** The person's name. */
	name: string;
	/** The language the person chose. */
	locale: 'vi' | 'en';
	/** All data are generated for demonstration. */
	demo: boolean;
	/** What the person is, and where. */
	positions: Position[];
	/** Everything the person may do somewhere. */
	permissions: string[];
	/**
	 * Seconds until this sign-in ends, however it is used; with a token
	 * null.
	 */
	ends_in: number | null;
	/**
	 * The sign-in before this one, and what was refused since; with a token
	 * null.
	 */
	before: SignInBefore | null;
}

export interface Position {
	/** The unit's id. */
	unit: number;
	/** The unit's name today. */
	unit_name: string;
	/** The names above it, from the nearest upwards. */
	unit_path: string[];
	/** 0 Government to 3 commune; -1 not known. */
	level: number;
	/** What the person is there. */
	role: 'clerk' | 'leader' | 'collector' | 'viewer' | 'centre' | 'admin' | 'unit_admin' | 'area_admin';
}

export interface SignInBefore {
	/** When the person signed in the time before; null: never. */
	at: string | null;
	/** The address it came from. */
	from: string | null;
	/** How many tries were refused between that time and this one. */
	refused: number;
	/** When the last of them came. */
	refused_at: string | null;
	/** The address the last of them came from. */
	refused_from: string | null;
}

export interface PasswordChange {
	/** The password until now. */
	old: string;
	/**
	 * The new password, at least 8 characters, 10 to 200 bytes; none of
	 * those that are guessed first, nor the old one.
	 */
	new: string;
}

export interface SignInForm {
	/** The person's login. */
	login: string;
	/** The password. */
	password: string;
}

export interface EventList {
	/** events in order */
	items: Event[];
	/** place to go on from, also when items is empty */
	next: string;
	/** there is more already: ask again at once */
	more: boolean;
}

export interface Event {
	/** the event itself, the same for ever and for everybody */
	id: string;
	/** what happened */
	type: string;
	/** kind of the object it happened to */
	object: string;
	/** the object, as in the paths of this API */
	object_id: string;
	/** unit whose object it is; null: nobody's */
	unit: number | null;
	/** when, RFC 3339 +07:00 */
	at: string;
	/** ledger entry that it is; null: none */
	ledger_index: number | null;
	/** place after it, for after or Last-Event-ID; opaque */
	cursor: string;
}

export interface UploadNew {
	/** length of the whole file, in bytes */
	bytes: number;
	/** SHA-256 of the whole file, in lower-case hexadecimal */
	sha256: string;
}

export interface Upload {
	/** number of the upload */
	id: number;
	/** length of the whole file, in bytes */
	bytes: number;
	/** SHA-256 of the whole file, in lower-case hexadecimal */
	sha256: string;
	/** bytes that are on the server's disk; the next part begins here */
	received: number;
	/** all is there and has the announced SHA-256 */
	complete: boolean;
	/** when it is forgotten unless something is sent or it is taken */
	expires_at: string;
}

export interface Uploads {
	/** your uploads that were not taken yet, the oldest first */
	items: Upload[];
}

export interface HookNew {
	/** Where to send: http or https, without name and password. */
	url: string;
	/** Names of events with blanks between them; * matches any end. */
	events: string;
	/** Unit of the position it acts by. */
	unit: number;
	/** Role of that position. */
	role: string;
}

export interface HookMade {
	/** The hook's id. */
	id: number;
	/** Key of its signatures; it is not shown again. */
	secret: string;
}

export interface HookList {
	/** By id. */
	items: Hook[];
	/** send it as after for the next page; null: the end */
	next: number | null;
}

export interface Hook {
	/** Permanent id. */
	id: number;
	/** Login of its owner. */
	owner: string;
	/** Unit of the position it acts by. */
	unit: number;
	/** Role of the position. */
	role: string;
	/** It was made with an API token and ends with it. */
	by_token: boolean;
	/** Where it sends. */
	url: string;
	/** Names of events. */
	events: string;
	/** active sends; stopped waits for its owner; ended is over. */
	state: 'active' | 'stopped' | 'ended';
	/** Why it was stopped or ended, a code. */
	reason: string | null;
	/** Made at. */
	created_at: string;
	/** Last change of its state. */
	changed_at: string;
	/** The place in the events up to which all is decided. */
	cursor: string;
	/** Events after its place are still to be looked at. */
	behind: boolean;
	/** Events delivered. */
	sent: number;
	/** Last delivery. */
	sent_at: string | null;
	/** Tries that failed in a row until now. */
	tries: number;
	/** First of them. */
	failing_since: string | null;
	/** When it is tried again. */
	next_try_at: string | null;
	/** HTTP status of the last try, if it failed with one. */
	status: number | null;
	/** Why the last try failed, a code. */
	failure: string | null;
	/** Events that were not delivered. */
	dead_letters: number;
}

export interface HookDeadLetterList {
	/** By id. */
	items: HookDeadLetter[];
	/** send it as after for the next page; null: the end */
	next: number | null;
}

export interface HookDeadLetter {
	/** Its id. */
	id: number;
	/** Id of the event; empty: events that cannot be read any more. */
	event: string;
	/** What happened. */
	type: string;
	/** Id of the object. */
	object: string;
	/** When it happened. */
	time: string;
	/** When it was given up, or last failed. */
	dead_at: string;
	/** Tries that had failed in a row. */
	tries: number;
	/** HTTP status of the last try. */
	status: number | null;
	/** Why, a code. */
	failure: string;
	/** It is sent again soon. */
	replaying: boolean;
}

export interface HookReplay {
	/** Dead letters that are sent again. */
	count: number;
}

export interface UnitList {
	/** Units, the best fit first; then by level and name. */
	items: UnitItem[];
	/** send it as after for the next page; null: the end */
	next: number | null;
}

export interface UnitItem {
	/** Permanent id. */
	id: number;
	/** Name on the day asked for, else the nearest one. */
	name: string;
	/** 0 Government, 1 ministry or province, 2 district, 3 commune. */
	level: number;
	/** Type. */
	type: 'government' | 'ministry' | 'agency' | 'province' | 'municipality' | 'district' | 'commune' | 'ward' | 'township' | 'special_zone';
	/** Area code on the day, else its first code. */
	code: string | null;
	/** The unit above; null for the Government. */
	parent: number | null;
	/** Its name on the day. */
	parent_name: string | null;
	/** First day. */
	from: string;
	/** First day without it; null: still there. */
	to: string | null;
	/** Units directly below on the day. */
	child_count: number;
}

export interface Unit {
	/** Permanent id. */
	id: number;
	/** Name on the day asked for, else the nearest one. */
	name: string;
	/** 0 Government, 1 ministry or province, 2 district, 3 commune. */
	level: number;
	/** Type. */
	type: 'government' | 'ministry' | 'agency' | 'province' | 'municipality' | 'district' | 'commune' | 'ward' | 'township' | 'special_zone';
	/** Area code on the day, else its first code. */
	code: string | null;
	/** The unit above; null for the Government. */
	parent: number | null;
	/** Its name on the day. */
	parent_name: string | null;
	/** First day. */
	from: string;
	/** First day without it; null: still there. */
	to: string | null;
	/** Units directly below on the day. */
	child_count: number;
	/** All versions, the oldest first. */
	versions: UnitVersion[];
	/** All codes, by scheme and day. */
	codes: UnitCode[];
	/** Units that took over from it. */
	successors: UnitSuccession[];
	/** Units it took over from. */
	predecessors: UnitSuccession[];
}

export interface UnitVersion {
	/** First day. */
	from: string;
	/** First day after; or null. */
	to: string | null;
	/** Name. */
	name: string;
	/** Type. */
	type: 'government' | 'ministry' | 'agency' | 'province' | 'municipality' | 'district' | 'commune' | 'ward' | 'township' | 'special_zone';
	/** Level. */
	level: number;
	/** The unit above; null for the Government. */
	parent: number | null;
}

export interface UnitCode {
	/** Scheme. */
	scheme: string;
	/** Code. */
	code: string;
	/** First day. */
	from: string;
	/** First day after; or null. */
	to: string | null;
}

export interface UnitSuccession {
	/** The other unit. */
	unit: number;
	/** Its name. */
	name: string;
	/** First day of the new state. */
	date: string;
	/** How much went over. */
	kind: 'whole' | 'part' | 'part_area' | 'part_area_all_people' | 'part_people';
	/** Legal act; empty if it is not known. */
	act: string;
}

export interface Heirs {
	/** the unit asked about */
	unit: number;
	/** its name, or last one */
	name: string;
	/**
	 * abolished, and nobody has the whole of it: one heir is named to sign
	 * in its name
	 */
	divided: boolean;
	/** whether this person may name one now */
	may_name: boolean;
	/** who is named today; null: nobody */
	heir: number | null;
	/** who takes its place today */
	heirs: Heir[];
	/** all namings, the newest first */
	namings: HeirNaming[];
}

export interface Heir {
	/** a unit that has a part of it */
	unit: number;
	/** its name today */
	name: string;
}

export interface HeirNaming {
	/** the divided unit */
	unit: number;
	/** the heir that decides for it */
	heir: number;
	/** the heir's name from that day */
	heir_name: string;
	/** from this day on */
	from: string;
	/** the act that says so */
	act: string;
	/** why this one */
	reason: string;
	/** when it was recorded */
	at: string;
	/** ledger entry of the naming */
	ledger_index: number | null;
}

export interface HeirInput {
	/** the heir that decides from then on */
	heir: string;
	/** from this day on; today if absent */
	from?: string | null;
	/** the act that says so, at most 200 characters */
	act: string;
	/** why this one */
	reason: string;
}

export interface StaffList {
	/** People, in the order of names. */
	items: StaffItem[];
	/** send it as after for the next page; null: the end */
	next: number | null;
}

export interface StaffItem {
	/** The person's id. */
	id: number;
	/** The person's name. */
	name: string;
	/** The person's login. */
	login: string;
	/** Its first position within reach; null: none. */
	role: 'clerk' | 'leader' | 'collector' | 'viewer' | 'centre' | 'admin' | 'unit_admin' | 'area_admin' | null;
	/** The unit of that position. */
	unit_name: string | null;
	/** How many other positions it has within reach. */
	others: number;
	/** enabled or disabled. */
	state: 'enabled' | 'disabled';
}

export interface StaffPerson {
	/** The person's id. */
	id: number;
	/** The person's login. */
	login: string;
	/** The person's name. */
	name: string;
	/** The person's language. */
	locale: 'vi' | 'en';
	/** Can no longer sign in. */
	disabled: boolean;
	/** Has set a password. */
	has_password: boolean;
	/** Made at. */
	created_at: string;
	/** The last sign-in; null: never. */
	signed_in_at: string | null;
	/** A link to set a password is good until then; null: there is none. */
	link_until: string | null;
	/** The caller manages this person: may give each position it holds. */
	manages: boolean;
	/** It holds positions outside the caller's reach, not shown. */
	elsewhere: boolean;
	/** What it holds, will hold or has held within the caller's reach. */
	positions: StaffPosition[];
	/** Where it is signed in, the newest first; for who manages it. */
	sessions: StaffSession[];
	/** Its API tokens; for who manages it. */
	tokens: StaffToken[];
}

export interface StaffPosition {
	/** The position's id. */
	id: number;
	/** The unit's id. */
	unit: number;
	/** The unit's name today. */
	unit_name: string;
	/** What the person is there. */
	role: 'clerk' | 'leader' | 'collector' | 'viewer' | 'centre' | 'admin' | 'unit_admin' | 'area_admin';
	/** The first day; null: since it was granted. */
	from: string | null;
	/** The last day, counted; null: without end. */
	until: string | null;
	/** It is in force today. */
	holds: boolean;
	/** The caller may take it away. */
	may_change: boolean;
}

export interface StaffSession {
	/** The session's id. */
	id: number;
	/** Signed in at. */
	from: string;
	/** Last used, to some minutes. */
	seen: string;
}

export interface StaffToken {
	/** The token's id. */
	id: number;
	/** What it is for. */
	name: string;
	/** Made at. */
	created_at: string;
	/** Good until. */
	expires_at: string;
	/** The last day it was used; null: never. */
	used: string | null;
	/** It was revoked. */
	revoked: boolean;
}

export interface UnitActors {
	/** The unit. */
	unit: number;
	/** Its name today. */
	unit_name: string;
	/**
	 * Each position within the caller's reach that gives rights in the unit
	 * today, by the names of people.
	 */
	items: UnitActor[];
}

export interface UnitActor {
	/** The person's id. */
	person: number;
	/** The person's name. */
	name: string;
	/** The person's login. */
	login: string;
	/** The role by which it may act in the unit. */
	role: 'clerk' | 'leader' | 'collector' | 'viewer' | 'centre' | 'admin' | 'unit_admin' | 'area_admin';
	/** The unit where it holds that role. */
	unit: number;
	/** The name of that unit. */
	unit_name: string;
	/** The last day of it; null: without end. */
	until: string | null;
}

export interface PersonNew {
	/** 1 to 64 of a-z 0-9, with one of . _ - between; it stays. */
	login: string;
	/** The person's name. */
	name: string;
	/** The person's language; vi if absent. */
	locale?: 'vi' | 'en' | null;
	/** What the person is to be; none gives no rights yet. */
	positions: PositionGrant[];
}

export interface PositionGrant {
	/** The unit (id or scheme:code@date). */
	unit: string;
	/** What the person is to be there. */
	role: 'clerk' | 'leader' | 'collector' | 'viewer' | 'centre' | 'admin' | 'unit_admin' | 'area_admin';
	/** The first day; today if absent. */
	from?: string | null;
	/** The last day, counted; absent: without end. */
	until?: string | null;
}

export interface PersonName {
	/** The person's name from now on. */
	name: string;
	/** The person's language. */
	locale: 'vi' | 'en';
}

export interface PositionRevoke {
	/** The position's unit. */
	unit: number;
	/** The position's role. */
	role: 'clerk' | 'leader' | 'collector' | 'viewer' | 'centre' | 'admin' | 'unit_admin' | 'area_admin';
}

export interface PasswordLink {
	/** The code, in groups of four; it is not shown again. */
	code: string;
	/** The address with the code in it; null: link.base_url is not set. */
	url: string | null;
	/** Good until. */
	until: string;
}

export interface SessionEnd {
	/** This one; absent: all of the person's, but not the caller's own. */
	session?: number | null;
}

export interface TokenNew {
	/** What it is for. */
	name: string;
	/** How long it works. */
	days: number;
}

export interface TokenMade {
	/** The token; it is not shown again. */
	token: string;
}

export interface PasswordByCode {
	/**
	 * The code of the link or slip; blanks, dashes and capitals do not
	 * matter.
	 */
	code: string;
	/** The password from now on, at least 8 characters, 10 to 200 bytes. */
	new: string;
}

export interface PasswordSet {
	/** The login whose password it is. */
	login: string;
	/** The person's name. */
	name: string;
}

export interface FormList {
	/** All forms, by code. */
	items: FormItem[];
}

export interface FormItem {
	/** Code, as printed. */
	code: string;
	/** Name in Vietnamese. */
	name_vi: string;
	/** Name in English. */
	name_en: string;
	/** Code of the reporting regime. */
	regime: string;
	/** Name of the regime in Vietnamese. */
	regime_name_vi: string;
	/** Name of the regime in English. */
	regime_name_en: string;
	/** The legal act that prescribes the form. */
	legal_basis: string;
	/** All versions, oldest first. */
	versions: FormVersion[];
}

export interface FormVersion {
	/** 1, 2, ... */
	number: number;
	/** Holds for periods that end on this day or later. */
	from: string;
	/** ... and before this day; null: still. */
	to: string | null;
	/** SHA-256 of the definition, hexadecimal. */
	digest: string;
}

export interface Form {
	/** Code, as printed. */
	code: string;
	/** Name in Vietnamese. */
	name_vi: string;
	/** Name in English. */
	name_en: string;
	/** The legal act that prescribes the form. */
	legal_basis: string;
	/** Number of the version shown. */
	version: number;
	/** SHA-256 of its definition, hexadecimal. */
	digest: string;
	/** The period asked for, null if none. */
	period: string | null;
	/** First day of its cut-off window. */
	window_from: string | null;
	/** Last day of its cut-off window. */
	window_to: string | null;
	/** Columns, in order. */
	columns: FormColumn[];
	/** Rows, in order. */
	rows: FormRow[];
	/** Ids of the cells, row by row: the order of a report's cells. */
	cells: string[];
	/** Rules, in order. */
	rules: FormRule[];
	/**
	 * What figures are held against; a figure far from all of it needs a
	 * remark. A report's expected says what that means for its cells.
	 */
	plausible: FormPlausible[];
	/** Who reports, and until when. */
	reporters: FormReporter[];
}

export interface FormColumn {
	/** Permanent id; a cell is ROW.COLUMN. */
	id: string;
	/** Number, as printed. */
	label: string;
	/** Heading above, in Vietnamese. */
	group_vi: string | null;
	/** Heading above, in English. */
	group_en: string | null;
	/** Heading in Vietnamese. */
	name_vi: string;
	/** Heading in English. */
	name_en: string;
	/** Decimals. */
	scale: number;
	/** Least value. */
	lo: string;
	/** Greatest value. */
	hi: string;
	/** How units are put together. */
	aggregation: 'sum' | 'last' | 'min' | 'max' | 'none';
}

export interface FormRow {
	/** Permanent id. */
	id: string;
	/** Name in Vietnamese. */
	name_vi: string;
	/** Name in English. */
	name_en: string;
	/** Not yet compared with the official list. */
	unsure: boolean;
}

export interface FormRule {
	/** Rule and row. */
	id: string;
	/** The sum's cell. */
	target: string;
	/** The cells added up. */
	terms: FormTerm[];
	/** block: cannot be submitted; explain: needs a remark; note. */
	severity: 'block' | 'explain' | 'note';
	/** The sum is filled in where it is missing. */
	computes: boolean;
	/** The term is the previous period's. */
	carry: boolean;
	/** Where the rule comes from. */
	citation: string;
	/** Said where it is broken, in Vietnamese. */
	message_vi: string;
	/** Said where it is broken, in English. */
	message_en: string;
}

export interface FormTerm {
	/** A cell's id. */
	cell: string;
	/** 1 or -1. */
	sign: number;
}

export interface FormPlausible {
	/** Name of the rule. */
	id: string;
	/** The columns it looks at, in each row. */
	columns: string[];
	/**
	 * last: the period before; year: the same period a year ago; history:
	 * the median of the unit's last periods.
	 */
	against: string[];
	/** So many times more or less than each of these is far. */
	ratio: string;
	/** A difference below this is none. */
	floor: string;
	/** Robust deviations from the median that are not far. */
	z: string | null;
	/** Periods of the history. */
	periods: number | null;
	/** Where the rule comes from. */
	citation: string;
	/** Said where a figure is far, in Vietnamese. */
	message_vi: string;
	/** Said where a figure is far, in English. */
	message_en: string;
}

export interface FormReporter {
	/** 1 ministry or province, 2 district, 3 commune. */
	level: number;
	/** Types of unit; null: all of the level. */
	types: string[] | null;
	/** Days from the end of the window to the deadline. */
	deadline_days: number;
}

export interface RegimeList {
	/** All regimes. */
	items: Regime[];
}

export interface Regime {
	/** Code of the regime. */
	code: string;
	/** Name in Vietnamese. */
	name_vi: string;
	/** Name in English. */
	name_en: string;
	/** The legal act that prescribes it. */
	legal_basis: string;
	/** Its periods. */
	calendar: Calendar;
	/** Codes of its forms. */
	forms: string[];
}

export interface Calendar {
	/** Length of a period. */
	kind: 'month' | 'quarter' | 'half' | 'year';
	/** Last day of the window in its last month; 0: end of the month. */
	cutoff_day: number;
}

export interface PeriodList {
	/** Newest first. */
	items: FormPeriod[];
}

export interface FormPeriod {
	/** period of the form */
	id: string;
	/** First day of the cut-off window. */
	from: string;
	/** Last day of the cut-off window. */
	to: string;
	/** From this day on it can be reported. */
	opens: string;
	/** The day whose hierarchy of units counts. */
	structure_on: string;
	/** It can be reported now. */
	is_open: boolean;
	/** Today lies in its window. */
	is_current: boolean;
	/** The form's version that holds for it. */
	version: number;
}

export interface ReportInput {
	/** code of the form */
	form: string;
	/** period of the form */
	period: string;
	/** unit that reports: its id, or scheme:code@date */
	unit: string;
	/** cells by id; those not named are missing */
	cells?: Record<string, string | number | null | { state?: 'none' | 'missing' | 'withheld'; value?: string; remark?: string }> | null;
	/**
	 * nil report: nothing happened, every cell is zero; without cells, and
	 * only if the period before left nothing open
	 */
	nil?: boolean | null;
	/** why a sent report is amended */
	reason?: string | null;
	/** also hand it to the leader; not false together with sign */
	submit?: boolean | null;
	/** also submit, sign and send it */
	sign?: boolean | null;
}

export interface Report {
	/** permanent number of the report; 0: it is not opened yet */
	id: number;
	/** code of the form */
	form: string;
	/** period of the form */
	period: string;
	/** unit that reports */
	unit: number;
	/** its name on the last day of the period */
	unit_name: string;
	/**
	 * unit that it is sent to: on the day it was first signed, today while
	 * it was not; null: nobody is above
	 */
	above: number | null;
	/** its name on that day */
	above_name: string | null;
	/**
	 * the unit is abolished and divided: the heir that the unit above names
	 * signs
	 */
	divided: boolean;
	/** the heir named today; null: nobody */
	heir: number | null;
	/** its name */
	heir_name: string | null;
	/**
	 * state of the paper while there is one, else of the version that
	 * counts
	 */
	state: 'not_started' | 'draft' | 'proposed' | 'returned' | 'sent' | 'accepted';
	/** state of the version that counts in the totals */
	standing: 'none' | 'sent' | 'accepted';
	/**
	 * raised by every change; send it as If-Match. 0: it is not opened yet
	 */
	revision: number;
	/** the version shown; 0: the working paper */
	version: number;
	/** the version in the totals of basis=sent; 0: none */
	sent_version: number;
	/** the version in the totals of basis=accepted; 0: none */
	accepted_version: number;
	/** when it was first signed, RFC 3339 +07:00 */
	sent_at: string | null;
	/** the day at whose end it is due */
	deadline: string | null;
	/** first signed after the deadline, or unsigned and overdue */
	late: boolean;
	/** broken explain and note rules of the version that counts */
	flags: number;
	/** why it was sent back, or why it is amended */
	reason: string | null;
	/** whether there is a working paper */
	has_draft: boolean;
	/**
	 * what those above have said of the period: who has closed it or
	 * reopened it last; null: nobody
	 */
	closing: ClosingAbove | null;
	/** SHA-256 of the shown version's body, hexadecimal */
	digest: string | null;
	/** ledger entry of the shown version */
	ledger_index: number | null;
	/** the cells in the form's order */
	cells: (string | null | { state?: 'none' | 'missing' | 'withheld'; value?: string; remark?: string })[];
	/** what the unit had sent for the period before, in the same order */
	previous: (string | null | { state?: 'none' | 'missing' | 'withheld'; value?: string; remark?: string })[] | null;
	/**
	 * what single cells are expected to hold, beside what the unit, or the
	 * units it was made of, had sent before; a value below low or above
	 * high needs a remark. None where the shown version is of another
	 * version of the form
	 */
	expected: Expected[];
	/** rules that are broken */
	findings: Finding[];
	/** how many rules are kept */
	checks: Checks;
	/** what this person may do now */
	actions: Action[];
}

export interface ClosingAbove {
	/** unit that closed its period */
	unit: number;
	/** its name today */
	unit_name: string;
	/** true: it is closed; false: it was, and has been reopened */
	closed: boolean;
	/** when it was closed or reopened, RFC 3339 +07:00 */
	at: string;
	/** the reason given */
	reason: string | null;
}

export interface Expected {
	/** the form's rule of plausibility, and the cell */
	rule: string;
	/** the cell */
	cell: string;
	/** the least value that needs no explanation */
	low: string;
	/** the greatest one */
	high: string;
	/** the figure of the period before; null: not known, or not asked */
	last: string | null;
	/** that of the same period a year ago */
	year: string | null;
	/** the median of the last periods */
	usual: string | null;
}

export interface Finding {
	/** the rule and the row it is judged in */
	rule: string;
	/** the cell the rule is about */
	cell: string;
	/**
	 * block: cannot be submitted; explain: needs a remark; note: is shown
	 */
	severity: 'block' | 'explain' | 'note';
	/**
	 * what the rule's terms add up to, or the figure held against, decimal
	 * text
	 */
	expected: string;
	/** where the rule comes from */
	citation: string;
	/** the rule in Vietnamese words */
	message_vi: string;
	/** the rule in English words */
	message_en: string;
}

export interface Checks {
	/** rules that are kept */
	passed: number;
	/** rules that were judged */
	total: number;
}

export interface Action {
	/** an act that this person may do now */
	name: string;
	/** where to send it */
	href: string;
	/** the method to use */
	method: 'POST' | 'PUT';
	/** whether a body {reason} is needed */
	needs_reason: boolean;
}

export interface ReportList {
	/** reports, the newest first */
	items: ReportItem[];
	/** send it as after for the next page; null: the end */
	next: number | null;
}

export interface ReportItem {
	/** permanent number of the report */
	id: number;
	/** code of the form */
	form: string;
	/** period of the form */
	period: string;
	/** unit that reports */
	unit: number;
	/** its name on the last day of the period */
	unit_name: string;
	/** how far it has come */
	state: 'not_started' | 'draft' | 'proposed' | 'returned' | 'sent' | 'accepted';
	/** raised by every change; send it as If-Match */
	revision: number;
	/** the version that counts; 0: none */
	version: number;
	/** when it was first signed, RFC 3339 +07:00 */
	sent_at: string | null;
	/** first signed after the deadline, or unsigned and overdue */
	late: boolean;
	/** broken explain and note rules of the version that counts */
	flags: number;
}

export interface AcceptInput {
	/** reports to accept, 1 to 500 */
	ids: number[];
}

export interface AcceptOutcomes {
	/** one for each id, in the same order */
	items: AcceptOutcome[];
}

export interface AcceptOutcome {
	/** number of the report */
	id: number;
	/** whether it is accepted */
	ok: boolean;
	/**
	 * why not: a failure code, or report.flagged when a rule asks for a
	 * look first
	 */
	code: string | null;
}

export interface ReportHistory {
	/** acts, oldest first */
	items: ReportAct[];
}

export interface ReportAct {
	/** submit, withdraw, sign, return, send_back, accept, amend or drop */
	act: string;
	/** when, RFC 3339 +07:00 */
	at: string;
	/** who; null: the system */
	person: string | null;
	/** version the act was about; 0: none was signed yet */
	version: number;
	/** revision after the act */
	revision: number;
	/** the reason given */
	reason: string | null;
	/** ledger entry of the act; null: it stayed inside the unit */
	ledger_index: number | null;
}

export interface DraftInput {
	/** cells by id; those not named become missing */
	cells: Record<string, string | number | null | { state?: 'none' | 'missing' | 'withheld'; value?: string; remark?: string }>;
}

export interface ReasonInput {
	/** why, in words the other side can act on */
	reason: string;
}

export interface ObligationList {
	/**
	 * obligations: mine of the newest open periods, then older ones, by
	 * period, the newest first, and name; of a unit its own, then those
	 * below by name; under one by the unit above, then by name
	 */
	items: Obligation[];
	/** send it as after for the next page; null: the end */
	next: number | null;
	/** how many there are in each state */
	counts: ObligationCounts;
}

export interface Obligation {
	/** code of the form */
	form: string;
	/** its name in Vietnamese */
	form_name_vi: string;
	/** its name in English */
	form_name_en: string;
	/** period of the form */
	period: string;
	/** unit that owes it */
	unit: number;
	/** its name on the last day of the period */
	unit_name: string;
	/** 0 Government, 1 province or ministry, 2 district, 3 commune */
	level: number;
	/** unit that accepts it today; null: nobody is above */
	above: number | null;
	/** its name today */
	above_name: string | null;
	/**
	 * first day without the unit, if it is no more: the obligation is
	 * inherited from it by those who took its place; null: it is there
	 */
	unit_ended: string | null;
	/** who took the place of a unit that is no more */
	inherited_by: Inheritor[];
	/** the day at whose end it is due */
	deadline: string;
	/** days until the deadline; negative: overdue by so many */
	days_left: number;
	/** how far it has come */
	state: 'not_started' | 'draft' | 'proposed' | 'returned' | 'sent' | 'accepted';
	/** first signed after the deadline, or unsigned and overdue */
	late: boolean;
	/**
	 * days after the deadline: of the first signing, or until today; 0: not
	 * late
	 */
	days_late: number;
	/** a newer period of the form is open already */
	older: boolean;
	/** number of the report; null: not begun */
	report: number | null;
	/** the version that counts; 0: none */
	version: number;
	/** when it was first signed, RFC 3339 +07:00 */
	sent_at: string | null;
	/** broken explain and note rules of the version that counts */
	flags: number;
	/** the unit that accepts it has closed the period */
	closed: boolean;
	/**
	 * what those above have said of the period: who has closed it or
	 * reopened it last; null: nobody
	 */
	closing: ClosingAbove | null;
	/** what this person may do with it now */
	next: 'fill' | 'submit' | 'sign' | 'review' | 'name_heir' | 'none';
}

export interface Inheritor {
	/** a unit that took its place */
	unit: number;
	/** its name today */
	name: string;
}

export interface ObligationCounts {
	/**
	 * so many of the list, whatever state, late, missing, todo and age say
	 */
	all: number;
	/**
	 * so many of the list, whatever state, late, missing, todo and age say
	 */
	not_started: number;
	/**
	 * so many of the list, whatever state, late, missing, todo and age say
	 */
	draft: number;
	/**
	 * so many of the list, whatever state, late, missing, todo and age say
	 */
	proposed: number;
	/**
	 * so many of the list, whatever state, late, missing, todo and age say
	 */
	returned: number;
	/**
	 * so many of the list, whatever state, late, missing, todo and age say
	 */
	sent: number;
	/**
	 * so many of the list, whatever state, late, missing, todo and age say
	 */
	accepted: number;
	/**
	 * so many of the list, whatever state, late, missing, todo and age say
	 */
	late: number;
	/**
	 * so many of the list, whatever state, late, missing, todo and age say
	 */
	missing: number;
	/**
	 * so many of the list, whatever state, late, missing, todo and age say
	 */
	todo: number;
	/**
	 * so many of the list, whatever state, late, missing, todo and age say
	 */
	older: number;
}

export interface ClosingInput {
	/** code of the form */
	form: string;
	/** period of the form */
	period: string;
	/** unit whose period is closed */
	unit: string;
	/** why it is closed although reports are open */
	reason?: string | null;
}

export interface Closing {
	/** code of the form */
	form: string;
	/** period of the form */
	period: string;
	/** unit whose period is closed */
	unit: number;
	/** when, RFC 3339 +07:00 */
	at: string;
	/** why it was closed with reports still open */
	reason: string | null;
	/** accepted reports that it rests on */
	reports: number;
	/** obligations that were open */
	open: number;
	/** ledger entry of the closing */
	ledger_index: number | null;
}

export interface ReopeningInput {
	/** code of the form */
	form: string;
	/** period of the form */
	period: string;
	/** unit whose period is reopened */
	unit: string;
	/** why the closing is taken back */
	reason: string;
}

export interface Reopening {
	/** code of the form */
	form: string;
	/** period of the form */
	period: string;
	/** unit whose period is reopened */
	unit: number;
	/** when, RFC 3339 +07:00 */
	at: string;
	/** why the closing is taken back */
	reason: string;
	/** ledger entry of the reopening */
	ledger_index: number | null;
}

export interface ClosingState {
	/** code of the form */
	form: string;
	/** period of the form */
	period: string;
	/** unit whose period it is */
	unit: number;
	/** its name */
	unit_name: string;
	/** it is closed, and not reopened since */
	closed: boolean;
	/** the latest deadline below; null: nobody owes anything */
	deadline: string | null;
	/** that day has not ended yet */
	early: boolean;
	/** reports owed to the unit */
	expected: number;
	/** of these, accepted */
	accepted: number;
	/** of these, not accepted yet */
	open: number;
	/** whose they are, as far as one may see them */
	open_units: OpenUnit[];
	/** closings and reopenings, newest first */
	acts: ClosingAct[];
	/** acts on reports below since the last closing that one may see */
	changed: number;
	/** these, newest first */
	changes: ChangeSinceClosing[];
	/**
	 * totals of the unit (of what was sent) that are no longer what they
	 * were at the last closing
	 */
	totals: TotalSinceClosing[];
}

export interface OpenUnit {
	/** unit whose report is still open */
	unit: number;
	/** its name on the last day of the period */
	unit_name: string;
	/** how far it has come */
	state: 'not_started' | 'draft' | 'proposed' | 'returned' | 'sent' | 'accepted';
}

export interface ClosingAct {
	/** what was done */
	act: 'close' | 'reopen';
	/** when, RFC 3339 +07:00 */
	at: string;
	/** the reason given */
	reason: string | null;
	/** its ledger entry */
	ledger_index: number | null;
}

export interface ChangeSinceClosing {
	/** sign, accept or send_back */
	act: string;
	/** when, RFC 3339 +07:00 */
	at: string;
	/** number of the report */
	report: number;
	/** unit that reports */
	unit: number;
	/** its name on the last day of the period */
	unit_name: string;
	/** version the act was about */
	version: number;
	/** who; null: the system */
	person: string | null;
	/** the reason given */
	reason: string | null;
	/** its ledger entry */
	ledger_index: number | null;
}

export interface TotalSinceClosing {
	/** the cell */
	cell: string;
	/** the total when it was closed, decimal text; null: no value */
	before: string | null;
	/** the total now; null: no value */
	now: string | null;
}

export interface UnitChangeSet {
	/** the act of all changes that name none */
	act?: string | null;
	/** the day of all changes that name none */
	on?: string | null;
	/** what else should be known of it */
	note?: string | null;
	/** what happens, in the order in which one rests on another */
	changes: UnitChangeItem[];
}

export interface UnitChangeItem {
	/** what happens */
	kind: 'create' | 'rename' | 'move' | 'retype' | 'abolish' | 'merge' | 'split' | 'code' | 'succession';
	/**
	 * create: what the set calls the unit, as new:KEY; letters, digits and
	 * . _ -
	 */
	key?: string | null;
	/** whom it is about; create and merge have none */
	unit?: string | null;
	/** merge: who ends */
	units?: string[] | null;
	/** merge, succession: who takes over */
	into?: string | null;
	/** create, move: the unit above from that day on */
	parent?: string | null;
	/** first day of the new state; the set's if absent */
	on?: string | null;
	/** create, rename: the name */
	name?: string | null;
	/** create, retype: the type */
	type?: 'government' | 'ministry' | 'agency' | 'province' | 'municipality' | 'district' | 'commune' | 'ward' | 'township' | 'special_zone' | null;
	/** create: 1 ministry or province, 2 district, 3 commune */
	level?: number | null;
	/** create, code: whose list the code is of; area if absent */
	scheme?: string | null;
	/** create, code: the code; empty ends it */
	code?: string | null;
	/** succession: how much went over */
	succession?: 'whole' | 'part' | 'part_area' | 'part_area_all_people' | 'part_people' | null;
	/** split: who got the unit that ends */
	parts?: UnitChangePart[] | null;
	/** the act that says so, at most 200 characters; the set's if absent */
	act?: string | null;
}

export interface UnitChangePart {
	/** who got it: an id, scheme:code@date, or new:KEY */
	unit: string;
	/** how much went over; part if absent */
	kind?: 'whole' | 'part' | 'part_area' | 'part_area_all_people' | 'part_people' | null;
	/**
	 * share of the people in ten-thousandths, where it is known; it is kept
	 * and moves no figure
	 */
	people?: number | null;
	/**
	 * share of the area in ten-thousandths, where it is known; it is kept
	 * and moves no figure
	 */
	area?: number | null;
}

export interface UnitChangePreview {
	/** entries of the ledger that it was made with */
	index: number;
	/** of all that it shows; applying names it */
	digest: string;
	/** all items are listed; else the counts say how many there are */
	complete: boolean;
	/** how many items there are */
	counts: UnitChangeCounts;
	/** units that begin, end or are changed */
	units: UnitChangeUnit[];
	/** obligations that begin, end or move */
	obligations: UnitChangeObligation[];
	/** reports that others work on or accept afterwards */
	reports: UnitChangeReport[];
	/** positions whose rights are others afterwards */
	positions: UnitChangePosition[];
	/** rows of totals, and by how much they move */
	totals: UnitChangeTotal[];
}

export interface UnitChangeCounts {
	/** units that are others afterwards */
	units: number;
	/** obligations that begin, end or move */
	obligations: number;
	/** reports that are touched */
	reports: number;
	/** positions whose rights are others afterwards */
	positions: number;
	/** rows of totals that move */
	totals: number;
}

export interface UnitChangeUnit {
	/** changes if anything of the item does */
	mark: string;
	/** the unit, new:KEY if it is created */
	unit: string;
	/**
	 * what happens to it; restored: its end is taken back; taken_back: it
	 * never was
	 */
	what: 'created' | 'ended' | 'restored' | 'taken_back' | 'changed';
	/** from this day on */
	from: string;
	/** its name from then on, or last */
	name: string;
	/** its name before, if another */
	name_before: string | null;
	/** its type */
	type: string;
	/** its type before, if another */
	type_before: string | null;
	/** its code; may be empty */
	code: string;
	/** its code before, if another */
	code_before: string | null;
	/** the unit above; null: the root */
	parent: string | null;
	/** its name */
	parent_name: string | null;
	/** the unit above before, if another */
	parent_before: string | null;
	/** who takes its place, if it is no more */
	heirs: string[];
}

export interface UnitChangeObligation {
	/** changes if anything of the item does */
	mark: string;
	/** code of the form */
	form: string;
	/** period of the form */
	period: string;
	/** who owes it */
	unit: string;
	/** its name */
	unit_name: string;
	/**
	 * it is owed from then on; it is not any more; others see to it or
	 * accept it
	 */
	what: 'begins' | 'ends' | 'moves';
	/** how far it has come */
	state: 'not_started' | 'draft' | 'proposed' | 'returned' | 'sent' | 'accepted';
	/** number of the report; null: not begun */
	report: number | null;
	/** whose people see to it afterwards */
	acts: string[];
	/** whose people do so until then */
	acts_before: string[];
	/** who accepts it afterwards */
	above: string | null;
	/** who does so until then */
	above_before: string | null;
}

export interface UnitChangeReport {
	/** changes if anything of the item does */
	mark: string;
	/** number of the report */
	report: number;
	/** code of the form */
	form: string;
	/** period of the form */
	period: string;
	/** whose it is */
	unit: string;
	/** its name */
	unit_name: string;
	/** how far it has come */
	state: 'not_started' | 'draft' | 'proposed' | 'returned' | 'sent' | 'accepted';
	/** the version that counts; 0: none */
	version: number;
	/** whose people work on it afterwards */
	acts: string[];
	/** who accepts it afterwards */
	above: string | null;
	/** where its figures count afterwards */
	counts_at: string;
	/** at that unit itself; false: unallocated under it */
	whole: boolean;
}

export interface UnitChangePosition {
	/** changes if anything of the item does */
	mark: string;
	/** where it is held */
	unit: string;
	/** its name */
	unit_name: string;
	/** by whom */
	login: string;
	/** with which role */
	role: string;
	/**
	 * ends: the unit is no more, others act in its name; returns: it is
	 * there again; moves: another unit is above; inherits: it takes the
	 * place of others
	 */
	what: 'ends' | 'returns' | 'moves' | 'inherits';
	/**
	 * ends: who acts in the unit's name; inherits: whose place it takes;
	 * moves: who is above
	 */
	others: string[];
}

export interface UnitChangeTotal {
	/** changes if anything of the item does */
	mark: string;
	/** code of the form */
	form: string;
	/** period of the form */
	period: string;
	/** in the structure of this day */
	structure: string;
	/** whose total */
	unit: string;
	/** its name */
	unit_name: string;
	/** 0 Government, 1 ministry or province, 2 district, 3 commune */
	level: number;
	/** its total, or the part of it that is unallocated under it */
	kind: 'unit' | 'unallocated';
	/** more units are expected to report (fewer: below 0) */
	expected: number;
	/** more of these have reported */
	reported: number;
	/** more reports count, of basis sent */
	reports: number;
	/** cells whose total changes */
	cells: number;
	/** the first of them that are sums, and by how much */
	amounts: UnitChangeAmount[];
}

export interface UnitChangeAmount {
	/** the cell */
	cell: string;
	/** by how much its sum changes */
	change: string;
}

export interface UnitChangeApply {
	/** the index of the preview */
	index: number;
	/** the digest of the preview */
	digest: string;
	/**
	 * the marks of the preview's items, so that a refusal can tell the
	 * difference
	 */
	marks?: string[] | null;
	/** the set that the preview was of */
	set: UnitChangeSet;
}

export interface UnitChangeDone {
	/** number of the set */
	id: number;
	/** when it was applied */
	at: string;
	/** ledger entry of its rows */
	ledger_index: number | null;
	/** the act of the set; empty: each change has its own */
	act: string;
	/** what else is said of it; of a taking back the reason */
	note: string;
	/** changes in the set; 0: it takes another one back */
	count: number;
	/** the set that it takes back */
	of: number | null;
	/** the set that takes this one back */
	taken_back_by: number | null;
	/** what was asked for */
	changes: UnitChangeItem[];
}

export interface UnitChangePage {
	/** sets of changes, the newest first */
	items: UnitChangeDoneItem[];
	/** send it as after for the next page; null: the end */
	next: number | null;
}

export interface UnitChangeDoneItem {
	/** number of the set */
	id: number;
	/** when it was applied */
	at: string;
	/** ledger entry of its rows */
	ledger_index: number | null;
	/** the act of the set; empty: each change has its own */
	act: string;
	/** what else is said of it; of a taking back the reason */
	note: string;
	/** changes in the set; 0: it takes another one back */
	count: number;
	/** the set that it takes back */
	of: number | null;
	/** the set that takes this one back */
	taken_back_by: number | null;
}

export interface UnitChangeCounterPreview {
	/** the act that says so, at most 200 characters */
	act: string;
	/** why */
	reason: string;
}

export interface UnitChangeCounter {
	/** the act that says so, at most 200 characters */
	act: string;
	/** why */
	reason: string;
	/** the index of the preview */
	index: number;
	/** the digest of the preview */
	digest: string;
	/**
	 * the marks of the preview's items, so that a refusal can tell the
	 * difference
	 */
	marks?: string[] | null;
}

export interface Figures {
	/** code of the form */
	form: string;
	/**
	 * own (each period in the structure of its last day) or a day: the
	 * units as they were then.
	 */
	structure: string;
	/** The ledger size this answers: every entry before it is in. */
	index: number;
	/** As asked. */
	as_of: string | null;
	/** sent: signed and not returned; accepted: by the unit above. */
	basis: 'sent' | 'accepted';
	/** As asked. */
	apportion: 'none' | 'equal';
	/** Cells, in the order of values. */
	cells: string[];
	/** As asked. */
	periods: FigurePeriod[];
	/** Units, then other, unallocated and total. */
	rows: FigureRow[];
}

export interface FigurePeriod {
	/** period of the form */
	id: string;
	/** First day of its window. */
	from: string;
	/** Last day of its window. */
	to: string;
	/** The day of the structure it is shown in. */
	structure_on: string;
	/** Version of the form. */
	version: number;
}

export interface FigureRow {
	/** total = units + other + unallocated. */
	kind: 'unit' | 'other' | 'unallocated' | 'total';
	/** null for other and unallocated. */
	unit: number | null;
	/** In the last of the periods in which it lived. */
	name: string;
	/** Its code then. */
	code: string | null;
	/** Its level then. */
	level: number | null;
	/** Units directly under it then. */
	child_count: number;
	/** In the order of the answer's periods. */
	periods: FigureCells[];
}

export interface FigureCells {
	/** Units that owe the form. */
	expected: number;
	/** ... of which so many are in. */
	reported: number;
	/** ... of which so many were first signed after the deadline. */
	late: number;
	/** The unit's period has been closed. */
	closed: boolean;
	/** Something at or below it was signed or returned since. */
	restated: boolean;
	/**
	 * By cell: decimal text, null (missing), or an object with the state or
	 * the mark of a spread value.
	 */
	values: (string | null | { state: 'none' | 'withheld' | 'not_added' } | { value: string; apportioned: true })[];
	/** By cell: how many reported values are in it. */
	counts: number[];
}

export interface Trace {
	/** The unit. */
	unit: number;
	/** Its name. */
	name: string;
	/** The cell. */
	cell: string;
	/** As in figures. */
	value: string | null | { state: 'none' | 'withheld' | 'not_added' } | { value: string; apportioned: true };
	/** The ledger size this answers. */
	index: number;
	/**
	 * The reports it rests on, biggest first; then those that say no value.
	 */
	parts: TracePart[];
	/** send it as after for the next page; null: the end */
	next: number | null;
	/** How many there are in all. */
	total_parts: number;
	/** The rows under the unit. */
	children: TraceChild[];
}

export interface TracePart {
	/** Who reported. */
	unit: number;
	/** Its name at the end of the period. */
	name: string;
	/** The report. */
	report: number;
	/** Its version that counts. */
	version: number;
	/** The entry of its signing. */
	ledger_index: number;
	/**
	 * What it says of the cell, or of the column's cells together by the
	 * column's aggregation; as in figures.
	 */
	value: string | null | { state: 'none' | 'withheld' | 'not_added' } | { value: string; apportioned: true };
	/** false: it has no single place in this structure. */
	whole: boolean;
}

export interface TraceChild {
	/** null for other and unallocated. */
	unit: number | null;
	/** Its name; empty without a unit. */
	name: string;
	/** As in figures. */
	value: string | null | { state: 'none' | 'withheld' | 'not_added' } | { value: string; apportioned: true };
	/** The row's kind. */
	kind: 'unit' | 'other' | 'unallocated' | 'total';
}

export interface LetterList {
	/** The newest first. */
	items: Letter[];
	/** send it as after for the next page; null: the end */
	next: number | null;
}

export interface Letter {
	/** Its number; later ones are larger. */
	id: number;
	/** What it is of. */
	topic: string;
	/** One line, in the caller's language. */
	subject: string;
	/** The text, in the caller's language. */
	text: string;
	/** Address in the web client of what it is about. */
	object: string;
	/** Unit that it is about. */
	unit: number;
	/** When it happened. */
	at: string;
	/** When it was first read; null: not yet. */
	read_at: string | null;
}

export interface LettersUnread {
	/** Letters that were not read yet; 100: so many or more. */
	count: number;
}

export interface LettersRead {
	/** Number of the newest letter that was seen: it and all before it. */
	up_to: number;
}

export interface Contact {
	/** Address of mail; null or empty: none. */
	email: string | null;
	/** Telephone for messages; null or empty: none. */
	telephone: string | null;
	/** Letters come by mail as well. */
	by_mail: boolean;
	/** Letters come as messages to the telephone as well. */
	by_message: boolean;
	/** This installation sends mail. */
	has_mail: boolean;
	/** This installation sends messages to telephones. */
	has_message: boolean;
	/** When the last letter went by mail; null: none has. */
	mail_sent_at: string | null;
	/** Why the last one did not, a code; null: it did. */
	mail_failure: string | null;
	/** When the last letter went as a message; null: none has. */
	message_sent_at: string | null;
	/** Why the last one did not, a code; null: it did. */
	message_failure: string | null;
}

export interface ContactInput {
	/** Address of mail; null or empty: none. */
	email?: string | null;
	/** Telephone for messages; null or empty: none. */
	telephone?: string | null;
	/** Letters come by mail as well. */
	by_mail: boolean;
	/** Letters come as messages to the telephone as well. */
	by_message: boolean;
}

export interface ContactCard {
	/** Whose card it is. */
	unit: number;
	/** Who fills in the reports; empty: not said. */
	reporter: string;
	/** Who signs them; empty: not said. */
	signer: string;
	/** The number to call; empty: not said. */
	telephone: string;
	/** When somebody answers; empty: not said. */
	hours: string;
	/** Raised by every change, send it as If-Match; 0: no card yet. */
	revision: number;
	/** When it was kept last; null: no card yet. */
	changed_at: string | null;
	/** You may keep it: it is your own unit's. */
	may_keep: boolean;
}

export interface ContactCardInput {
	/** Who fills in the reports; empty: not said. */
	reporter: string;
	/** Who signs them; empty: not said. */
	signer: string;
	/** The number to call; empty: not said. */
	telephone: string;
	/** When somebody answers; empty: not said. */
	hours: string;
}
