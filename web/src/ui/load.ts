/*
 * Loading for screens: what was shown stays until the new answer is there, and
 * "slow" becomes true only after 400 ms, so nothing flickers.
 */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../api/client.ts';

export interface Load<T> {
	data: T | undefined;
	problem: Problem | undefined;
	slow: boolean;
	reload: () => void;
	/** Show this from now on: the answer to an act, or the like. */
	put: (data: T) => void;
}

/** After this long there are words about waiting. */
export const SLOW_MS = 400;

export function asProblem(error: unknown): Problem {
	return error instanceof Problem ? error
		: new Problem(0, { code: 'client', detail: String(error) });
}

/** key says what is loaded; null: nothing yet. */
export function useLoad<T>(key: string | null, load: () => Promise<T>):
    Load<T> {
	const [state, setState] = useState<Omit<Load<T>, 'reload' | 'put'>>(
		{ data: undefined, problem: undefined, slow: false });
	const [turn, setTurn] = useState(0);
	const current = useRef(load);
	current.current = load;
	/* Of the load that is under way; no answer of it counts once this is
	 * called. */
	const drop = useRef(() => { });

	useEffect(() => {
		if (key === null)
			return;
		let over = false;
		const timer = setTimeout(
			() => setState((old) => ({ ...old, slow: true })), SLOW_MS);
		const finish = (next: Pick<Load<T>, 'data' | 'problem'>): void => {
			clearTimeout(timer);
			if (!over)
				setState({ ...next, slow: false });
		};
		current.current().then(
			(data) => finish({ data, problem: undefined }),
			(error: unknown) => finish({ data: undefined,
				problem: asProblem(error) }));
		drop.current = () => {
			over = true;
			clearTimeout(timer);
		};
		return drop.current;
	}, [key, turn]);

	const reload = useCallback(() => setTurn((n) => n + 1), []);
	const put = useCallback((data: T) => {
		drop.current(); // it was asked for before
		setState({ data, problem: undefined, slow: false });
	}, []);
	return { ...state, reload, put };
}
