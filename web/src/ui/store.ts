/*
 * A value that components watch: enough for the few things that more than one
 * of them needs.
 */
import { useEffect, useState } from 'preact/hooks';

export interface Store<T> {
	get(): T;
	set(value: T): void;
	/** In a component: the value now, and again whenever it changes. */
	use(): T;
}

export function store<T>(initial: T): Store<T> {
	let value = initial;
	const watchers = new Set<(value: T) => void>();
	return {
		get: () => value,
		set(fresh) {
			value = fresh;
			watchers.forEach((watch) => watch(fresh));
		},
		use() {
			const [seen, setSeen] = useState({ value });
			useEffect(() => {
				const watch = (fresh: T): void => setSeen({ value: fresh });
				watchers.add(watch);
				watch(value);
				return () => void watchers.delete(watch);
			}, []);
			return seen.value;
		},
	};
}
