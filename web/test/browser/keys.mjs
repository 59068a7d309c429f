/*
 * The Tab key, and where it leads.
 */
import assert from 'node:assert/strict';

/* No screen but the collector's list of units has more. */
export const MANY_STOPS = 60;

/** One Tab further; where the focus is, and that it shows. */
export async function tab(page) {
	await page.keyboard.press('Tab');
	const stop = await page.evaluate(() => {
		const node = document.activeElement;
		const style = getComputedStyle(node);
		return { out: node === document.body,
			html: node.outerHTML.slice(0, 120),
			visible: parseFloat(style.outlineWidth) >= 2 &&
				style.outlineStyle !== 'none' };
	});
	assert.ok(stop.visible || stop.out, `no visible focus on ${stop.html}`);
	return stop;
}

/** Until the focus is there; it may have been put there already. */
export async function tabTo(page, selector) {
	for (let stops = 0; stops <= MANY_STOPS; stops++) {
		if (await page.locator(selector).evaluateAll((nodes) =>
			nodes.includes(document.activeElement)))
			return;
		await tab(page);
	}
	assert.fail(`Tab does not reach ${selector}`);
}
