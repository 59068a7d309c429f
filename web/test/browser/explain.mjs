/*
 * A rule that a report may break if it says why.  The official forms have none,
 * so a form is published for it, which only agencies owe.  The program is stopped
 * for the form, and goes on at another address.
 */
import { becomes } from '../wait.mjs';
import { caller, closeAll, EXPLAINER, newPage, scene, signIn, world } from './people.mjs';
import { openEntry, reportOf, type } from './screens.mjs';

const EXPLAIN = {
	form: {
		code: 'T.01/GIAI-TRINH', name_vi: 'Biểu thử có giải trình',
		name_en: 'Test form with an explanation',
		legal_basis: 'Biểu của phép thử, không có trong văn bản nào',
		regime: { code: 'T-01', name_vi: 'Chế độ thử',
			name_en: 'Test regime',
			calendar: { kind: 'quarter', cutoff_day: 14 } },
		reporters: [{ level: 'province', types: ['agency'],
			deadline_days: 8 }],
	},
	last_day: '2026-02-14',
	versions: [{
		number: 1, from: '2025-12-01',
		columns: ['c1', 'c2', 'c3'].map((id, at) => ({ id,
			label: String(at + 1), name_vi: `Cột ${at + 1}`,
			name_en: `Column ${at + 1}`, scale: 0, lo: '0', hi: '999999',
			aggregation: 'sum' })),
		rows: [{ id: 'a', name_vi: 'Hồ sơ', name_en: 'Dossiers' }],
		rules: [{ id: 'r1', rows: 'each', target: 'c1',
			terms: [{ column: 'c2' }, { column: 'c3' }],
			severity: 'explain', citation: 'Biểu thử, cột 1',
			message_vi: 'Cột 1 khác tổng cột 2 và 3.',
			message_en: 'Column 1 differs from columns 2 and 3.' }],
	}],
};

scene('a rule that asks for an explanation gets it at its cell', async () => {
	/* Published on the real day, which the demonstration's clock then goes on from. */
	await closeAll();
	await world.whileStopped(() => world.addForm(EXPLAIN));
	const page = await signIn(await newPage(), EXPLAINER.login);
	await openEntry(page, 'Quý IV/2025', EXPLAIN.form.code);
	await type(page, 'a.c2', '4');
	const id = await reportOf(page);
	await type(page, 'a.c3', '5');
	await type(page, 'a.c1', '9');
	await page.waitForSelector('.primary-act button:not(:disabled)');
	await type(page, 'a.c1', '10');
	await page.waitForSelector('.broken li.warn');
	await page.waitForSelector('.primary-act button:disabled');
	await page.waitForSelector('.stopped >> text=/1 chỗ cần giải trình/');
	await page.getByLabel('Giải trình', { exact: true }).fill('Tách một hồ sơ');
	await page.click('.primary-act button:not(:disabled)');
	await page.waitForSelector('text=Đã trình lãnh đạo ký');
	await page.waitForSelector('text=“Tách một hồ sơ”');
	const call = await caller(EXPLAINER.login);
	await becomes(async () => (await call('GET', `reports/${id}`)).cells[0],
		{ value: '10', remark: 'Tách một hồ sơ' });
	await page.context().close();
});
