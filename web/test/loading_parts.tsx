// What the test of loading runs: a screen that shows nothing.
import { render } from 'preact';
import { useLoad, type Load } from '../src/ui/load.ts';

/** Keeps screen(load) called with what the screen would show. */
export function open<T>(ask: () => Promise<T>, screen: (load: Load<T>) => void):
    void {
	function Screen(): null {
		screen(useLoad('key', ask));
		return null;
	}
	/* Of a document, what a screen without elements needs. */
	const place = { nodeType: 1, childNodes: [], firstChild: null };
	render(<Screen />, place as unknown as HTMLElement);
}
