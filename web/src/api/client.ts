/*
 * The only place that calls fetch.  Answers are the types of types.ts;
 * everything else is thrown as a Problem, network faults included, so that a
 * screen has one way to fail.
 */
import { setNow } from '../dates.ts';
import { lang } from '../i18n.ts';
import { isOver } from '../ui/keep.ts';
import type { Cell } from '../rules.ts';
import { isNobody, takeFirst } from './first.ts';
import type * as api from './types.ts';

export class Problem extends Error {
	/** 0: the server was not reached. */
	status: number;
	code: string;
	detail: string;
	requestId: number;
	errors: api.Problem['errors'];
	/** Seconds after which the server wants to be asked again; 0: none said. */
	retryAfter: number;

	constructor(status: number, doc: Partial<api.Problem>, retryAfter = 0) {
		super(doc.title ?? '');
		this.status = status;
		this.code = doc.code ?? '';
		this.detail = doc.detail ?? '';
		this.requestId = doc.request_id ?? 0;
		this.errors = doc.errors ?? [];
		this.retryAfter = retryAfter;
	}

	/** Somebody else changed the object since we read it. */
	get stale(): boolean {
		return this.status === 412 || this.code === 'report.stale';
	}
}

interface Options {
	query?: Record<string, string | number | boolean | null | undefined>;
	body?: unknown;
	/** If-Match */
	revision?: number;
	/** Idempotency-Key: the same act, however often it is sent. */
	key?: string;
	/** Survive the closing of the tab (small bodies only). */
	keepalive?: boolean;
}

const TIMEOUT_MS = 60_000;
const SESSION = '/api/v1/session';

let onSignedOut: () => void = () => undefined;
/** Called when the server says that nobody is signed in (any more). */
export function whenSignedOut(listener: () => void): void {
	onSignedOut = listener;
}

let person = 0;
/** Whom this page is for; said with each request, so that what is typed here is
 * not saved in the name of whoever signs in in another tab. */
export function sendAs(id: number): void {
	person = id;
}

/** 128 random bits in hex: crypto.randomUUID is above our floor. */
export function newKey(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

export function apiAddress(path: string, query: Options['query'] = {}): string {
	const params = new URLSearchParams();
	for (const [name, value] of Object.entries(query))
		if (value !== undefined && value !== null && value !== '')
			params.set(name, String(value));
	const text = params.toString();
	return text === '' ? path : `${path}?${text}`;
}

async function send(method: string, path: string, options: Options = {}):
    Promise<Response> {
	if (isOver())
		throw new Problem(0, { code: 'network' });
	const headers: Record<string, string> = {
		'Accept': 'application/json',
		'Accept-Language': lang(),
	};
	if (method !== 'GET')
		headers['X-Requested-With'] = 'truc';
	if (person !== 0 && !(method === 'POST' && path === SESSION))
		headers['X-Truc-Person'] = String(person);
	if (options.body !== undefined)
		headers['Content-Type'] = 'application/json';
	if (options.revision !== undefined)
		headers['If-Match'] = `"${options.revision}"`;
	if (options.key !== undefined)
		headers['Idempotency-Key'] = options.key;

	const stop = new AbortController();
	const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
	let response: Response;
	try {
		response = await fetch(apiAddress(path, options.query), {
			method, headers,
			body: options.body === undefined ? undefined
				: JSON.stringify(options.body),
			credentials: 'same-origin',
			keepalive: options.keepalive ?? false,
			signal: stop.signal,
		});
	} catch {
		throw new Problem(0, { code: 'network' });
	} finally {
		clearTimeout(timer);
	}
	setNow(response.headers.get('Date'));
	if (response.ok)
		return response;

	const doc = await response.json().catch(() => ({})) as
		Partial<api.Problem>;
	if (response.status === 401 && path !== SESSION)
		onSignedOut();
	throw new Problem(response.status, doc,
		Number(response.headers.get('Retry-After') ?? 0) || 0);
}

/** For the calls below, and those that a slice has in its own folder. */
export async function json<T>(method: string, path: string, options?: Options):
    Promise<T> {
	if (method === 'GET') {
		const first = takeFirst(apiAddress(path, options?.query));
		if (first !== undefined)
			return first as T;
	}
	const response = await send(method, path, options);
	return (response.status === 204 ? undefined : await response.json()) as T;
}

const V1 = '/api/v1';
const report = (id: number | string): string => `${V1}/reports/${id}`;

/* Session */
export const signIn = (login: string, password: string) =>
	json<api.Session>('POST', `${V1}/session`, { body: { login, password } });
/** Null: nobody is signed in. */
export async function readSession(): Promise<api.Session | null> {
	if (isNobody())
		return null;
	try {
		return await json<api.Session>('GET', `${V1}/session`);
	} catch (error) {
		if (error instanceof Problem && error.status === 401)
			return null;
		throw error;
	}
}
export const signOut = () => json<void>('DELETE', `${V1}/session`);
export const changePassword = (old: string, fresh: string) =>
	json<void>('POST', `${V1}/session/password`,
		{ body: { old, new: fresh } });

/* Units */
export const listUnits = (query: { q?: string; level?: number;
    parent?: number | string; on?: string; limit?: number; after?: number }) =>
	json<api.UnitList>('GET', `${V1}/units`, { query });
export const readUnit = (ref: number | string, on?: string) =>
	json<api.Unit>('GET', `${V1}/units/${encodeURIComponent(ref)}`,
		{ query: { on } });

/* Forms and periods: they do not change while the page is open. */
const kept = new Map<string, Promise<unknown>>();
function once<T>(key: string, load: () => Promise<T>): Promise<T> {
	let promise = kept.get(key) as Promise<T> | undefined;
	if (!promise) {
		promise = load();
		promise.catch(() => kept.delete(key));
		kept.set(key, promise);
	}
	return promise;
}
export const listForms = () => once('forms', () =>
	json<api.FormList>('GET', `${V1}/forms`));
export const readForm = (code: string, period: string) =>
	once(`form ${code} ${period}`, () => json<api.Form>('GET',
		`${V1}/forms/${encodeURIComponent(code)}`, { query: { period } }));
export const listPeriods = (form: string) => once(`periods ${form}`, () =>
	json<api.PeriodList>('GET', `${V1}/periods`, { query: { form } }));

/* Obligations and reports */
export const listObligations = (query: { mine?: boolean; form?: string;
    period?: string; unit?: number | string; under?: number | string;
    level?: string; q?: string; state?: string; late?: boolean;
    missing?: boolean; todo?: boolean; age?: string; limit?: number;
    after?: number }) =>
	json<api.ObligationList>('GET', `${V1}/obligations`, { query });
export const listReports = (query: { form?: string; period?: string;
    unit?: number | string; children_of?: number; state?: string; q?: string;
    late?: string; limit?: number; after?: number }) =>
	json<api.ReportList>('GET', `${V1}/reports`, { query });
export const readReport = (id: number | string, version?: number) =>
	json<api.Report>('GET', report(id), { query: { version } });
/** As it would be opened, with number and revision 0; or the one there is. */
export const readNew = (of: { form: string; period: string; unit: string }) =>
	json<api.Report>('GET', `${V1}/reports/new`, { query: of });
/** revision: what was read, 0 that there was none; without one nothing is written over what somebody
 * else wrote. */
export const openReport = (body: api.ReportInput, key: string,
    revision?: number, keepalive = false) =>
	json<api.Report>('POST', `${V1}/reports`,
		{ body, key, revision, keepalive });
export const saveDraft = (id: number, revision: number,
    cells: Record<string, Cell>, keepalive = false) =>
	json<api.Report>('PUT', `${report(id)}/draft`,
		{ body: { cells }, revision, keepalive });
export const submitReport = (id: number, revision: number) =>
	json<api.Report>('POST', `${report(id)}/submit`,
		{ revision, key: newKey() });
export const act = (action: api.Action, revision: number, reason?: string) =>
	json<api.Report>(action.method, action.href, { revision, key: newKey(),
		body: action.needs_reason ? { reason } : undefined });
export const readHistory = (id: number | string) =>
	json<api.ReportHistory>('GET', `${report(id)}/history`);
export const acceptAll = (ids: number[]) =>
	json<api.AcceptOutcomes>(
		'POST', `${V1}/reports/accept`, { body: { ids }, key: newKey() });
export const closePeriod = (body: api.ClosingInput) =>
	json<api.Closing>('POST', `${V1}/closings`, { body, key: newKey() });
export const reopenPeriod = (body: api.ReopeningInput) =>
	json<api.Reopening>('POST', `${V1}/closings/reopen`,
		{ body, key: newKey() });
export const readClosing = (query: { form: string; period: string;
    unit: string }) =>
	json<api.ClosingState>('GET', `${V1}/closings`, { query });

/** Where a list is to be had as a table for a spreadsheet. */
export const sheetOf = (path: string, query: Options['query'] = {}) =>
	apiAddress(`${V1}${path}`, { ...query, limit: null, format: 'sheet' });

/* Figures */
export interface FiguresQuery {
	form: string;
	periods: string;
	cells?: string;
	units?: string;
	children_of?: number;
	level?: number;
	structure?: string;
	as_of?: string;
	basis?: string;
	apportion?: string;
}
export const readFigures = (query: FiguresQuery) =>
	json<api.Figures>('GET', `${V1}/figures`, { query: { ...query } });
export const figuresSheet = (query: FiguresQuery) =>
	sheetOf('/figures', { ...query });
export interface TraceQuery {
	form: string;
	period: string;
	cell: string;
	unit?: number;
	kind: string;
	structure?: string;
	as_of?: string;
	basis?: string;
	limit?: number;
}
export const readTrace = (query: TraceQuery) =>
	json<api.Trace>('GET', `${V1}/figures/trace`, { query: { ...query } });
export const traceSheet = (query: TraceQuery) =>
	sheetOf('/figures/trace', { ...query });

/* Events; the stream is events.ts's. */
export const readEvents = (after: string | null) =>
	json<api.EventList>('GET', `${V1}/events`, { query: { after } });

/** The size of the ledger: line 2 of the signed note. */
export async function readLedgerSize(): Promise<number> {
	const response = await send('GET', `${V1}/ledger/checkpoint`);
	return Number((await response.text()).split('\n')[1]);
}
