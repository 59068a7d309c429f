/*
 * TypeScript for node: bundle one module of src and import it.
 */
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { writeSlices } from '../tools/slices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

let loads = 0;

/** fresh: an instance of its own, as on a new page. */
export async function load(path, { fresh = false } = {}) {
	writeSlices();
	const result = await build({ absWorkingDir: root, entryPoints: [path],
		bundle: true, write: false, format: 'esm', platform: 'node',
		target: 'node18', jsx: 'automatic', jsxImportSource: 'preact',
		logLevel: 'silent' });
	const code = Buffer.from(result.outputFiles[0].text +
		(fresh ? `\n// ${++loads}` : ''))
		.toString('base64');
	return import(`data:text/javascript;base64,${code}`);
}
