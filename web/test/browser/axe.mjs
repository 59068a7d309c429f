/*
 * What axe-core finds against WCAG 2.2 AA on the page as it is.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const AXE = readFileSync(fileURLToPath(new URL(
	'../../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export async function violations(page) {
	await page.evaluate(AXE);
	return page.evaluate(async (tags) => {
		const { violations: found } = await globalThis.axe.run(document,
			{ runOnly: { type: 'tag', values: tags } });
		return found.map((v) => `${v.id}: ${v.nodes.slice(0, 3)
			.map((n) => n.html.slice(0, 160)).join(' | ')}`);
	}, TAGS);
}
