/*
 * Build web/dist: index.html, scripts and styles in assets/ under names with
 * their digest, which may be kept for ever, and a .gz beside each, so that the server only sends files.  Node 18 and 20.
 */
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync,
	writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { guideHtml } from './guide.mjs';
import { LANGUAGES, screenRows, SHARED, textFile, writeSlices }
	from './slices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

const OPTIONS = {
	absWorkingDir: root,
	entryPoints: { truc: 'src/main.tsx', style: 'src/style.css' },
	outdir: 'dist',
	entryNames: 'assets/[name]-[hash]',
	chunkNames: 'assets/[name]-[hash]',
	bundle: true,
	splitting: true,
	format: 'esm',
	minify: true,
	charset: 'utf8',
	legalComments: 'none',
	target: ['chrome87', 'firefox78'],
	jsx: 'automatic',
	jsxImportSource: 'preact',
	metafile: true,
	logLevel: 'warning',
};

/** Build everything; answers esbuild's account of what became what. */
export async function buildAll() {
	rmSync(dist, { recursive: true, force: true });
	mkdirSync(dist, { recursive: true });
	writeSlices();
	const result = await build(OPTIONS);
	const { outputs } = result.metafile;
	const html = readFileSync(join(root, 'src/index.html'), 'utf8')
		.replace('%STYLE%', outputOf(outputs, 'src/style.css'))
		.replace('%SCRIPT%', outputOf(outputs, 'src/main.tsx'));
	writeFileSync(join(dist, 'index.html'), html);
	copyFileSync(join(root, 'src/favicon.svg'), join(dist, 'favicon.svg'));
	writeFileSync(join(dist, 'guide.html'), guideHtml(
		join(root, '../docs/vi'), outputOf(outputs, 'src/style.css')));
	await buildWorker();
	for (const name of filesOfDist()) {
		const bytes = readFileSync(join(dist, name));
		writeFileSync(join(dist, `${name}.gz`),
			gzipSync(bytes, { level: 9 }));
	}
	/* For the server alone. */
	writeFileSync(join(dist, 'preload.txt'), preloads(outputs));
	return outputs;
}

/*
 * What a screen consists of, for the server to name in its page, so that all of
 * it is asked for at once (src/app/shell.h): "SCREEN LANGUAGE FILE...", a line each;
 * the screen "-" is that of nobody, who signs in.
 */
function preloads(outputs) {
	const lines = [];
	for (const language of LANGUAGES) {
		const add = (screen, sources) => lines.push([screen, language,
			...filesOf(outputs, ['src/main.tsx', ...sources,
				textFile(SHARED, language)])].join(' '));
		add('-', []);
		for (const { path, slice, module } of screenRows())
			add(path, [...module ? [module] : [], textFile(slice, language)]);
	}
	return `${lines.join('\n')}\n`;
}

/** "/assets/x.js" of these sources and all that they import from the start. */
function filesOf(outputs, sources) {
	const files = new Set(sources.map((s) => outputOf(outputs, s)));
	for (const file of files)
		for (const { path, kind } of outputs[`dist/${file}`].imports)
			if (kind === 'import-statement')
				files.add(inDist(path));
	return [...files].map((file) => `/${file}`);
}

/*
 * The service worker knows all files of its release, and a digest of them as
 * the release's name.
 */
async function buildWorker() {
	const names = filesOfDist();
	const digest = createHash('sha256');
	for (const name of names)
		digest.update(`${name}\n`).update(readFileSync(join(dist, name)));
	await build({ ...OPTIONS, entryPoints: { worker: 'src/worker.js' },
		entryNames: '[name]', splitting: false, format: 'iife', define: {
			BUILD: JSON.stringify(digest.digest('hex').slice(0, 16)),
			FILES: JSON.stringify(names.map((name) => `/${name}`)),
		} });
}

/** Files of dist, "assets/truc-ABCD.js", in order. */
function filesOfDist() {
	return readdirSync(dist, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => relative(dist, join(entry.path, entry.name))).sort();
}

/** "assets/truc-ABCD.js" of esbuild's "dist/assets/truc-ABCD.js". */
export function inDist(name) {
	return name.replace(/^dist\//, '');
}

/** The file name that an entry point or a lazily loaded module became. */
export function outputOf(outputs, source) {
	for (const [name, output] of Object.entries(outputs))
		if (output.entryPoint === source)
			return inDist(name);
	throw new Error(`nothing was made of ${source}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	await buildAll();
	console.log(`web: ${filesOfDist().length} files in web/dist`);
}
