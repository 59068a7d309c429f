/*
 * What happens to a unit's reports rings at its people: the bell counts by
 * itself, and a notice is read and opened by keyboard.
 */
import assert from 'node:assert/strict';
import { violations } from './axe.mjs';
import { caller, GRID, newPage, scene, signIn } from './people.mjs';
import { tabTo } from './keys.mjs';
import { fitsPhone, FORM } from './screens.mjs';

const PERIOD = '2025-Q3';

/** The city opens a period again, or closes it. */
async function close(path) {
	const call = await caller('tonghop.danang');
	const { positions: [{ unit }] } = await call('GET', 'session');
	await call('POST', path, { body: { form: FORM, period: PERIOD,
		unit: String(unit), reason: 'Chốt để tổng hợp' } });
}

/** How many the clerk has not read: other scenes ring, too. */
async function unread() {
	const call = await caller(GRID.login);
	return (await call('GET', 'me/letters/unread')).count;
}

scene('a notice rings the bell, and is read and opened by keyboard',
	async () => {
		const clerk = await signIn(await newPage(), GRID.login);
		await clerk.waitForSelector('.who a:has-text("Thông báo")');
		const before = await unread();
		const rings = (count) => clerk.waitForSelector(
			`.who a:has-text("(${before + count} chưa đọc)")`);
		await close('closings/reopen');
		await rings(1);
		await close('closings');
		await rings(2);
		await tabTo(clerk, '.who a[href="/letters"]');
		await clerk.keyboard.press('Enter');
		await clerk.waitForSelector('.letters li:has-text("Đã chốt số liệu")');
		assert.deepEqual(await violations(clerk), []);
		if (process.env.TRUC_PICTURE)
			await clerk.screenshot({ path: process.env.TRUC_PICTURE });
		await fitsPhone(clerk);
		await clerk.setViewportSize({ width: 1366, height: 768 });
		await tabTo(clerk, '.letters li:nth-child(2) a');
		await clerk.keyboard.press('Enter');
		await clerk.waitForURL(/\/reports\?form=/);
		await rings(1);
	});
