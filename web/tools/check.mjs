/*
 * What tsc cannot see: byte budgets, texts without a partner, and things that
 * Chrome 87 and Firefox 78 do not know.  Builds web/dist, prints a line per
 * budget, and exits with 1 if anything is wrong.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildAll, outputOf } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const faults = [];

/* Budgets in bytes of gzip (product.md H.4). */
const KB = 1024;
const FIRST_LOAD = 60 * KB;
const STYLE = 12 * KB;
const ROUTE = 25 * KB;
const ENTRY_GRID = 12 * KB;

const ROUTES = ['src/report/entry.tsx', 'src/report/report.tsx',
	'src/report/reports.tsx', 'src/report/review.tsx',
	'src/centre/country.tsx', 'src/org/units.tsx', 'src/org/unit.tsx',
	'src/session/password.tsx'];

/* Neither the bundler adds these functions nor rewrites these selectors. */
const FLOOR_CSS = [/:is\(/, /:where\(/, /:focus-visible/, /aspect-ratio\s*:/,
	/accent-color\s*:/, /@layer/, /:has\(/, /@container/, /color-mix\(/,
	/oklch\(/];
const FLOOR_JS = [/Promise\.any\(/, /\.at\(/, /randomUUID/, /Object\.hasOwn\b/,
	/\.findLast/, /structuredClone/, /AbortSignal\.timeout/,
	/Intl\.Segmenter/, /\.replaceAll\(/, /\.showModal\(/, /\.toSorted\(/];
const FLOOR_HTML = [/<dialog/, /\binert[=\s>]/, /\bpopover[=\s>]/];

function textOf(name) {
	return readFileSync(join(root, name), 'utf8');
}

function filesUnder(folder) {
	return readdirSync(join(root, folder), { withFileTypes: true })
		.flatMap((entry) => entry.isDirectory()
			? filesUnder(`${folder}/${entry.name}`)
			: [`${folder}/${entry.name}`]);
}

function checkBudgets(outputs) {
	const byName = new Map(Object.entries(outputs).map(([name, output]) =>
		[basename(name), output]));
	const closure = (name, seen = new Set()) => {
		if (!seen.has(name)) {
			seen.add(name);
			byName.get(name).imports.filter((i) => i.kind ===
				'import-statement').forEach((i) =>
				closure(basename(i.path), seen));
		}
		return seen;
	};
	const weigh = (names) => [...names].reduce((sum, name) => sum +
		readFileSync(join(root, 'dist', `${name}.gz`)).length, 0);
	const budget = (what, bytes, limit) => {
		console.log(`${what.padEnd(34)} ${(bytes / KB).toFixed(1).padStart(6)
		} KB of ${limit / KB}`);
		if (bytes > limit)
			faults.push(`${what}: ${bytes} bytes, the budget is ${limit}`);
	};

	const first = closure(outputOf(outputs, 'src/main.tsx'));
	const texts = ['vi', 'en'].map((lang) =>
		weigh([outputOf(outputs, `src/i18n/${lang}.json`)]));
	const style = weigh([outputOf(outputs, 'src/style.css')]);
	budget('first load', weigh(first) + Math.max(...texts) + style +
		weigh(['index.html']), FIRST_LOAD);
	budget('stylesheet', style, STYLE);
	for (const route of ROUTES)
		budget(route, weigh([...closure(outputOf(outputs, route))]
			.filter((name) => !first.has(name))), ROUTE);
	const entry = byName.get(outputOf(outputs, 'src/report/entry.tsx'));
	const grid = readFileSync(join(root, 'dist', outputOf(outputs,
		'src/report/entry.tsx')));
	budget('entry grid with its sheet', gzipSync(grid).length, ENTRY_GRID);
	if (!entry.inputs['src/report/grid.ts'])
		faults.push('the entry grid is no longer in the entry chunk');
}

/** Names of what is put into a text: {n}, {n?day|days}. */
function params(text) {
	return [...new Set([...text.matchAll(/\{(\w+)/g)].map((m) => m[1]))]
		.sort().join();
}

function checkTexts(sources) {
	const vi = JSON.parse(textOf('src/i18n/vi.json'));
	const en = JSON.parse(textOf('src/i18n/en.json'));
	const code = sources.map(textOf).join('\n');
	/* t(`state.${x}`) uses every key that begins with "state.". */
	const prefixes = [...code.matchAll(/`([a-z_.]+\.)\$\{/g)].map((m) => m[1]);

	for (const key of new Set([...Object.keys(vi), ...Object.keys(en)])) {
		if (!vi[key] || !en[key])
			faults.push(`text ${key}: not in both languages`);
		else if (params(vi[key]) !== params(en[key]))
			faults.push(`text ${key}: the languages name other parameters`);
		else if (vi[key] !== vi[key].normalize('NFC'))
			faults.push(`text ${key}: not in NFC`);
		if (!code.includes(`'${key}'`) &&
		    !prefixes.some((prefix) => key.startsWith(prefix)))
			faults.push(`text ${key}: nobody uses it`);
	}
}

function checkFloor(sources) {
	const refuse = (name, text, patterns) => patterns.forEach((pattern) => {
		const found = pattern.exec(text);
		if (found)
			faults.push(`${name}: ${found[0]} is above the floor`);
	});
	for (const name of filesUnder('dist')) {
		if (name.endsWith('.css'))
			refuse(name, textOf(name), FLOOR_CSS);
		if (name.endsWith('.js'))
			refuse(name, textOf(name), FLOOR_JS);
		if (name.endsWith('.html'))
			refuse(name, textOf(name), FLOOR_HTML);
	}
	for (const name of sources)
		refuse(name, textOf(name).replace(/\/\*[^]*?\*\//g, ''),
			[...FLOOR_JS, ...FLOOR_HTML]);
}

/** fetch stands in src/api only; the lockfile names no addresses. */
function checkPlaces(sources) {
	for (const name of sources) {
		const text = textOf(name).replace(/\/\*[^]*?\*\//g, '');
		if (!name.startsWith('src/api/') && /\bfetch\(/.test(text))
			faults.push(`${name}: fetch belongs into src/api`);
	}
	if (/"resolved"/.test(textOf('package-lock.json')))
		faults.push('package-lock.json: holds download addresses');
}

const sources = filesUnder('src').filter((name) => /\.tsx?$/.test(name));
checkBudgets(await buildAll());
checkTexts(sources);
checkFloor(sources);
checkPlaces(sources);
faults.forEach((fault) => console.error(`FAULT ${fault}`));
console.log(faults.length === 0 ? 'web: all checks passed'
	: `web: ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
