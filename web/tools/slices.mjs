/*
 * The list of slices, made from the folders: src/SLICE/screens.ts has the rows
 * of the table of screens, src/i18n/SLICE.LANGUAGE.json its texts, of which
 * those that begin with "nav." are the frame's as well: the doors of the slice.
 * So a new slice edits no list.  Writes src/made (not kept in the repository).
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync }
	from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = join(root, 'src');

export const LANGUAGES = ['vi', 'en'];
/** Words of the frame, and those that more than one slice uses. */
export const SHARED = 'ui';

const MADE = 'made';
const DOORS = 'nav.';

/** Slices with screens. */
export function screenSlices() {
	return readdirSync(src).filter((name) => name !== MADE &&
		existsSync(join(src, name, 'screens.ts'))).sort();
}

/*
 * A row of a slice's table of screens as its source has it; without a module it
 * is in the first load.
 */
const ROW = /\bpath: '([^']+)'[^]*?load: async \(\) =>\s*(?:\(await import\('\.\/([^']+)'\)\))?/g;

/** The rows of all slices: path, slice, and the source that is loaded for it. */
export function screenRows() {
	return screenSlices().flatMap((slice) => {
		const text = readFileSync(join(src, slice, 'screens.ts'), 'utf8');
		const rows = [...text.matchAll(ROW)].map(([, path, file]) =>
			({ path, slice, module: file && `src/${slice}/${file}` }));
		if (rows.length !== text.match(/\bload:/g).length)
			throw new Error(`${slice}/screens.ts: a row is written otherwise`);
		return rows;
	});
}

/** Slices with texts; the shared ones are among them. */
export function textSlices() {
	return readdirSync(join(src, 'i18n')).filter((name) =>
		name.endsWith('.vi.json')).map((name) => name.slice(0, -8)).sort();
}

/** The module that is loaded for a slice's texts. */
export function textFile(slice, language) {
	return `src/${slice === SHARED ? MADE : 'i18n'}/${slice}.${language}.json`;
}

function textsOf(slice, language) {
	return JSON.parse(readFileSync(join(src, 'i18n',
		`${slice}.${language}.json`), 'utf8'));
}

/** The frame's own words, and the doors of all slices. */
function sharedTexts(language) {
	const doors = textSlices().flatMap((slice) =>
		Object.entries(textsOf(slice, language)).filter(([key]) =>
			key.startsWith(DOORS)));
	return `${JSON.stringify({ ...textsOf(SHARED, language),
		...Object.fromEntries(doors) })}\n`;
}

const HEAD = '/* Made by tools/slices.mjs: do not edit. */\n';

function screensModule() {
	const slices = screenSlices();
	return `${HEAD}import type { Screen } from '../screens.ts';
${slices.map((s) => `import { screens as ${s} } from '../${s}/screens.ts';\n`)
		.join('')}
export const SCREENS: Screen[] = [${slices.map((s) => `
	...${s}.map((row) => ({ slice: '${s}' as const, ...row })),`).join('')}
];
`;
}

function textsModule() {
	const slices = textSlices();
	return `${HEAD}${slices.map((s) =>
		`import type ${s} from '../i18n/${s}.vi.json';\n`).join('')}
export type TextKey = ${slices.map((s) => `keyof typeof ${s}`).join(' | ')};
type Load = () => Promise<{ default: Record<string, string> }>;
export const TEXTS: Record<string, Record<'vi' | 'en', Load>> = {
${slices.map((s) => `\t${s}: {\n${LANGUAGES.map((l) =>
		`\t\t${l}: () => import('../../${textFile(s, l)}'),\n`).join('')}\t},\n`)
		.join('')}};
`;
}

export function writeSlices() {
	const made = join(src, MADE);
	mkdirSync(made, { recursive: true });
	for (const [name, text] of [['screens.ts', screensModule()],
		['texts.ts', textsModule()], ...LANGUAGES.map((language) =>
			[`${SHARED}.${language}.json`, sharedTexts(language)])]) {
		const file = join(made, name);
		if (!existsSync(file) || readFileSync(file, 'utf8') !== text)
			writeFileSync(file, text);
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url))
	writeSlices();
