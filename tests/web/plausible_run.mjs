/*
 * Judge cases of tests/regime/plausible.py as the browser does: on standard
 * input their list, on standard output the verdicts of each case's figures.
 */
import { readFileSync } from 'node:fs';
import { load } from '../../web/test/load.mjs';

const { judgeFigures } = await load('src/rules.ts');
const cases = JSON.parse(readFileSync(0, 'utf8'));

const verdicts = cases.map(({ scale, lo, hi, expect, figures }) => {
	const form = { columns: [{ id: 'a', scale, lo, hi }], cells: ['a'],
		rules: [] };
	const expected = expect ? [{ rule: 'p.a', cell: 'a', ...expect }] : [];
	return figures.map(([cell]) => judgeFigures(form, [cell], expected)[0]
		?.verdict ?? 'not_judged');
});
process.stdout.write(JSON.stringify(verdicts));
