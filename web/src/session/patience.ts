/*
 * When many sign in at once, the server says who is to come again and when
 * (Retry-After, for each another time).  We do it for the person.
 */
import { Problem } from '../api/client.ts';

/** So long we try for the person; then they decide. */
const PATIENCE_S = 120;

/**
 * What attempt gives.  While the server asks for patience, tell hears each
 * second how many are left; 0: trying now.  stop ends the waiting.
 */
export async function withPatience<T>(attempt: () => Promise<T>,
    tell: (left_s: number) => void, stop: AbortSignal): Promise<T> {
	let waited = 0;
	for (;;) {
		try {
			return await attempt();
		} catch (error) {
			const wait = error instanceof Problem ? error.retryAfter : 0;
			waited += wait;
			if (wait === 0 || waited > PATIENCE_S || stop.aborted)
				throw error;
			for (let left = wait; left > 0; left--) {
				tell(left);
				await second(stop);
				if (stop.aborted)
					throw error;
			}
			tell(0);
		}
	}
}

function second(stop: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, 1000);
		stop.addEventListener('abort', () => {
			clearTimeout(timer);
			resolve();
		}, { once: true });
	});
}
