/*
 * What tsc cannot see: byte budgets, texts without a partner, and things that
 * Chrome 87 and Firefox 78 do not know.  Builds web/dist, prints a line per
 * budget, and exits with 1 if anything is wrong.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildAll, inDist, outputOf } from './build.mjs';
import { LANGUAGES, screenSlices, SHARED, textFile, textSlices }
	from './slices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const faults = [];

/*
 * Budgets in bytes of gzip (product.md H.4): what everybody loads first, what a
 * screen adds when it is opened, and for each slice all its code and its texts
 * in one language, in KB of its budget.json.  A slice's numbers are what it
 * weighs now and a fifth more: who needs more room says so there.
 */
const KB = 1024;
const FIRST_LOAD = 60 * KB;
const STYLE = 12 * KB;
const SCREEN = 25 * KB;
const ENTRY_GRID = 12 * KB;
const GRID_PARTS = new RegExp('^src/(paste|reading|report/(grid|entry_grid|sheet|' +
	'draft|block|typed|pasted))\\.tsx?$');

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
		[inDist(name), output]));
	const closure = (name, seen = new Set()) => {
		if (!seen.has(name)) {
			seen.add(name);
			byName.get(name).imports.filter((i) => i.kind ===
				'import-statement').forEach((i) =>
				closure(inDist(i.path), seen));
		}
		return seen;
	};
	const weigh = (names) => [...names].reduce((sum, name) => sum +
		readFileSync(join(root, 'dist', `${name}.gz`)).length, 0);
	const budget = (what, bytes, limit) => {
		console.log(`${what.padEnd(34)} ${(bytes / KB).toFixed(1).padStart(6)
		} KB of ${
			+(limit / KB).toFixed(1)}`);
		if (bytes > limit)
			faults.push(`${what}: ${bytes} bytes, the budget is ${limit}`);
	};

	const first = closure(outputOf(outputs, 'src/main.tsx'));
	const textBytes = (slice) => Math.max(...LANGUAGES.map((lang) =>
		weigh([outputOf(outputs, textFile(slice, lang))])));
	const style = weigh([outputOf(outputs, 'src/style.css')]);
	/* The work list is drawn first, with the words of its slice. */
	budget('first load', weigh(first) + textBytes(SHARED) +
		textBytes('report') + style + weigh(['index.html']), FIRST_LOAD);
	budget('stylesheet', style, STYLE);
	for (const screen of screenModules())
		budget(screen, weigh([...closure(outputOf(outputs, screen))]
			.filter((name) => !first.has(name))), SCREEN);
	for (const slice of slices()) {
		const file = `src/${slice}/budget.json`;
		if (!existsSync(join(root, file))) {
			faults.push(`slice ${slice}: no ${file}`);
			continue;
		}
		const limits = JSON.parse(textOf(file));
		if (limits.code)
			budget(`code of ${slice}`, codeBytes(outputs, (input) =>
				input.startsWith(`src/${slice}/`)), limits.code * KB);
		budget(`texts of ${slice}`, textBytes(slice), limits.texts * KB);
	}
	budget('entry grid with its sheet', codeBytes(outputs, (input) =>
		GRID_PARTS.test(input)), ENTRY_GRID);
	const entry = byName.get(outputOf(outputs, 'src/report/entry.tsx'));
	if (!entry.inputs['src/report/grid.ts'])
		faults.push('the entry grid is no longer in the entry chunk');
}

function slices() {
	return [...new Set([...screenSlices(), ...textSlices()])].sort();
}

/** The modules that screens.ts of the slices load when they are opened. */
function screenModules() {
	return screenSlices().flatMap((slice) => [...new Set([...textOf(
		`src/${slice}/screens.ts`).matchAll(/import\('\.\/([^']+)'\)/g)]
		.map((m) => `src/${slice}/${m[1]}`))]);
}

/** What minified modules come to, as if sent as one file. */
function codeBytes(outputs, isOne) {
	return Object.entries(outputs).filter(([name]) => name.endsWith('.js'))
		.reduce((sum, [name, output]) => {
			const own = Object.entries(output.inputs).filter(([input]) =>
				isOne(input))
				.reduce((n, [, part]) => n + part.bytesInOutput, 0);
			const sent = gzipSync(readFileSync(join(root, name)),
				{ level: 9 }).length;
			return sum + (output.bytes ? own / output.bytes * sent : 0);
		}, 0);
}

/** Names of what is put into a text: {n}, {n?day|days}. */
function params(text) {
	return [...new Set([...text.matchAll(/\{(\w+)/g)].map((m) => m[1]))]
		.sort().join();
}

/* A slice uses its own words and the shared ones; main.tsx and ui/ the latter. */
function checkTexts(sources) {
	const seen = new Map();
	for (const slice of textSlices()) {
		const own = sources.filter((name) => slice === SHARED
			|| name.startsWith(`src/${slice}/`));
		checkTextsOf(slice, own, seen);
	}
	for (const name of sources)
		for (const [, key] of textOf(name).matchAll(/'([a-z_]+\.[a-z_.]+)'/g)) {
			const slice = seen.get(key);
			if (slice && slice !== SHARED && !name.startsWith(`src/${slice}/`))
				faults.push(`${name}: text ${key} is of slice ${slice}`);
		}
}

function checkTextsOf(slice, sources, seen) {
	const vi = JSON.parse(textOf(`src/i18n/${slice}.vi.json`));
	const en = JSON.parse(textOf(`src/i18n/${slice}.en.json`));
	const code = sources.map(textOf).join('\n');
	/* t(`state.${x}`) uses every key that begins with "state.". */
	const prefixes = [...code.matchAll(/`([a-z_.]+\.)\$\{/g)].map((m) => m[1]);

	for (const key of new Set([...Object.keys(vi), ...Object.keys(en)])) {
		if (seen.has(key))
			faults.push(`text ${key}: in ${seen.get(key)} and ${slice}`);
		seen.set(key, slice);
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

/** fetch is in src/api only; the lockfile names no addresses. */
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
