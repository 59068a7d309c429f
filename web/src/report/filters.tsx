/*
 * What narrows a list: form, period, and a text for the unit.  All of it is in
 * the address, a step of the history for each change, so that a link and Back
 * work.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { listForms, listPeriods, readUnit, type Problem }
	from '../api/client.ts';
import type { FormItem } from '../api/types.ts';
import { formatPeriod } from '../dates.ts';
import { lang, t } from '../i18n.ts';
import { address, go, type Where } from '../router.ts';
import { asProblem, useLoad } from '../ui/load.ts';
import { Choice, Failure } from '../ui/parts.tsx';

export type Query = Record<string, string>;

/** Those of these parameters that the address has. */
export function queryOf<Name extends string>(place: Where, names: Name[]):
    Record<Name, string> {
	return Object.fromEntries(names.map((name) =>
		[name, place.query.get(name) ?? ''])) as Record<Name, string>;
}

/** The same list with other filters. */
export function narrow(place: Where, query: Query, change: Query): void {
	go(address(place.path, { ...query, ...change }));
}

/** The periods of a form, else of all: one form stands for its regime. */
async function periodsOf(forms: FormItem[], form: string): Promise<string[]> {
	const asked = form ? [form] : [...new Map(forms.map((f) =>
		[f.regime, f.code])).values()];
	const lists = await Promise.all(asked.map(listPeriods));
	return [...new Set(lists.flatMap((list) =>
		list.items.map((p) => p.id)))];
}

/** ages: the list tells the newest periods from those before.  What there is to
 * choose from is asked for when the list is there. */
export function ListFilters({ place, query, there, ages = false,
    needed = false, children }: { there: boolean; place: Where; query: Query & { form: string; period: string;
    q: string }; ages?: boolean; needed?: boolean;
    children?: ComponentChildren }): JSX.Element {
	const forms = useLoad(there ? 'forms' : null, listForms);
	const items = forms.data?.items ?? [];
	const periods = useLoad(forms.data ? `periods ${query.form}` : null,
		() => periodsOf(items, query.form));
	const any = needed ? [] : [{ value: '', text: t('reports.any') }];
	const age = ages ? [{ value: 'current', text: t('age.current') },
		{ value: 'older', text: t('age.older') }] : [];
	return <div class="filters">
		<Choice label={t('filter.form')} value={query.form}
			options={[...any, ...(forms.data ? items.map((f) => f.code)
				: query.form ? [query.form] : []).map((code) =>
				({ value: code, text: code }))]}
			onChange={(form) => narrow(place, query, { form, period: '' })} />
		<Choice label={t('filter.period')}
			value={query.age || query.period}
			options={[...any, ...age, ...(periods.data ?? (query.period
				? [query.period] : [])).map((id) => ({ value: id,
				text: formatPeriod(id, lang()) }))]}
			onChange={(value) => narrow(place, query,
				age.some((a) => a.value === value)
					? { age: value, period: '' }
					: { age: '', period: value })} />
		{children}
		<UnitText value={query.q}
			onDone={(q) => narrow(place, query, { q })} />
		{query.unit ? <OneUnit unit={query.unit}
			onDrop={() => narrow(place, query, { unit: '' })} /> : null}
	</div>;
}

function UnitText({ value, onDone }: { value: string;
    onDone: (text: string) => void }): JSX.Element {
	const id = useId();
	const [text, setText] = useState(value);
	useEffect(() => setText(value), [value]);
	const finish = (): void => {
		if (text.trim() !== value)
			onDone(text.trim());
	};
	return <form class="choice" role="search" onSubmit={(e) => {
		e.preventDefault();
		finish();
	}}><label for={id}>{t('filter.unit')}</label>
		<input id={id} type="search" value={text} maxLength={200}
			placeholder={t('filter.unit_hint')}
			onInput={(e) => setText(e.currentTarget.value)}
			onChange={finish} />
	</form>;
}

/** The list is one unit's: which, and out of it. */
function OneUnit({ unit, onDrop }: { unit: string; onDrop: () => void }):
    JSX.Element {
	const load = useLoad(`unit ${unit}`, () => readUnit(unit));
	return <span class="choice">{t('filter.only', {
		name: load.data?.name ?? unit })}
	<button type="button" class="plain" onClick={onDrop}>
		{t('filter.drop')}</button></span>;
}

/** Yes or no, in a row of filters. */
export function Check({ label, value, onChange }: { label: string;
    value: boolean; onChange: (value: boolean) => void }): JSX.Element {
	return <label class="check"><input type="checkbox" checked={value}
		onChange={(e) => onChange(e.currentTarget.checked)} /> {label}</label>;
}

/* --- a list over pages ---------------------------------------------------- */

interface Page {
	items: unknown[];
	next: number | null;
}

/** A page with something on it, if there is any: one may be empty while more
 * follow. */
async function readSome<P extends Page>(
    read: (after?: number) => Promise<P>, after?: number): Promise<P> {
	let page = await read(after);
	while (page.items.length === 0 && page.next !== null)
		page = await read(page.next);
	return page;
}

/** The pages of a list so far; more() brings the next one. */
export function usePages<P extends Page>(key: string | null,
    read: (after?: number) => Promise<P>) {
	const first = useLoad(key, () => readSome(read));
	/* Pages after the first belong to it. */
	const [later, setLater] = useState<{ of?: P; pages: P[] }>({ pages: [] });
	const [problem, setProblem] = useState<Problem | null>(null);
	const pages = first.data === undefined ? []
		: [first.data, ...later.of === first.data ? later.pages : []];
	const next = pages[pages.length - 1]?.next ?? null;
	const more = (): void => {
		setProblem(null);
		readSome(read, next ?? undefined).then((page) => setLater({
			of: first.data, pages: [...pages.slice(1), page] }),
		(error: unknown) => setProblem(asProblem(error)));
	};
	const items = pages.flatMap((page) => page.items) as P['items'];
	return { first, items, next, more, problem };
}

export function More({ pages }: { pages: { next: number | null;
    more: () => void; problem: Problem | null } }): JSX.Element {
	return <>
		{pages.problem ? <Failure problem={pages.problem} /> : null}
		{pages.next !== null ? <p><button type="button"
			class="button second" onClick={pages.more}>{t('more')}</button></p>
			: null}
	</>;
}
