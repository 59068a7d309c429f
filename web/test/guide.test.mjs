// The guide says the words that are on the screens, and is Markdown that we know.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { guideHtml, guidePages, pageOf } from '../tools/guide.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const GUIDE = at('../../docs/vi');
const TEXTS = at('../src/i18n');

/* Not words of a screen: said once, of the words themselves. */
const OWN = ['đậm'];

function texts() {
	return readdirSync(TEXTS).filter((name) => name.endsWith('.vi.json'))
		.flatMap((name) => Object.values(JSON.parse(
			readFileSync(join(TEXTS, name), 'utf8'))));
}

function quoted() {
	return readdirSync(GUIDE).flatMap((name) => [...readFileSync(
		join(GUIDE, name), 'utf8').matchAll(/\*\*([^*]+)\*\*/g)]
		.map((m) => ({ name, text: m[1] })));
}

test('what the guide quotes is on a screen, word for word', () => {
	const known = new Set([...texts(), ...OWN]);
	assert.deepEqual(quoted().filter(({ text }) => !known.has(text)), []);
	assert.ok(quoted().length > 80, 'it quotes the screens');
});

test('ten pages, each reachable from the head of the page', () => {
	const pages = guidePages(GUIDE);
	assert.equal(pages.length, 10);
	const html = guideHtml(GUIDE, 'assets/style.css');
	for (const { id, title } of pages) {
		assert.ok(html.includes(`<a href="#${id}">${title}</a>`), id);
		assert.ok(html.includes(`<section id="${id}">`), id);
	}
	assert.doesNotMatch(html, /<script|style=|\*\*|`/);
});

test('Markdown that is not known is refused, and text stays text', () => {
	assert.equal(pageOf('# A & b\n\n1. **x** <y>\n2. `F2`').html,
		'<ol>\n<li><strong>x</strong> &lt;y&gt;</li>\n' +
		'<li><kbd>F2</kbd></li>\n</ol>');
	for (const bad of ['# A\n\n*x*', '# A\n\n## B', '# A\n\n[x](y)', 'A'])
		assert.throws(() => pageOf(bad), bad);
});
