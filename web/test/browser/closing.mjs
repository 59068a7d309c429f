/*
 * Closing a period: what it means is said before, who is passed over is named
 * twice, everybody below sees it, and it is taken back with a reason.
 */
import assert from 'node:assert/strict';
import { violations } from './axe.mjs';
import { caller, scene, seat } from './people.mjs';
import { FORM, giveReason } from './screens.mjs';

const PERIOD = '2025-Q4';
const COLLECTOR = 'tonghop.danang';
const CLERK = 'canbo.hoatien';

const query = (more) => new URLSearchParams(
	{ form: FORM, period: PERIOD, ...more });

/** As if nobody had closed it, or had taken it back. */
async function opened() {
	const call = await caller(COLLECTOR);
	const { positions: [{ unit }] } = await call('GET', 'session');
	const state = await call('GET', `closings?${query({ unit })}`);
	if (state.closed)
		await call('POST', 'closings/reopen', { body: { form: FORM,
			period: PERIOD, unit: String(unit), reason: 'Làm lại' } });
	return state;
}

async function report() {
	const call = await caller(CLERK);
	const { positions: [{ unit }] } = await call('GET', 'session');
	const { items } = await call('GET', `reports?${query({ unit })}`);
	return items[0]?.id ??
		(await call('POST', 'reports', { body: { form: FORM, period: PERIOD,
			unit: String(unit) } })).id;
}

async function close(page, state) {
	await page.click('.closing button:has-text("Chốt kỳ…")');
	await page.waitForSelector('.closing >> text=/Sau khi chốt/');
	const named = await page.locator('.closing .open-units li')
		.allInnerTexts();
	assert.equal(named.length, state.open_units.length);
	assert.ok(state.open_units.every(({ unit_name }) =>
		named.some((text) => text.includes(unit_name))));
	assert.deepEqual(await violations(page), []);
	await giveReason(page, 'Đã quá hạn; các đơn vị còn thiếu gửi bổ sung.');
	/* Asked once more, by name. */
	const sure = page.locator('[role=alertdialog]');
	await sure.waitFor();
	assert.ok((await sure.innerText()).includes(
		state.open_units[0].unit_name));
	await page.keyboard.press('Enter');
	await page.waitForSelector('text=/Đã chốt kỳ, mục thứ/');
	await page.waitForSelector('.closing >> text=Đã chốt kỳ');
}

/** What comes after the closing is listed, with the totals that moved. */
async function sentBack(page, { unit, unit_name }) {
	const call = await caller(COLLECTOR);
	const { items: [{ id }] } = await call('GET', `reports?${query({ unit })}`);
	const { revision } = await call('GET', `reports/${id}`);
	await call('POST', `reports/${id}/send-back`, { revision,
		body: { reason: 'Cột 6 chưa khớp kỳ trước.' } });
	const row = page.locator(`.closing tr:has-text("${unit_name}")`);
	await row.first().waitFor();
	assert.match(await row.first().innerText(),
		/Trả lại.*Cột 6 chưa khớp kỳ trước/s);
	await page.waitForSelector('.closing caption >> text=/đã khác so với/');
}

scene('a closing says what it means, names whom it passes over, is seen below ' +
	'and taken back', async () => {
	const state = await opened();
	assert.ok(state.open > 0);
	const id = await report();
	const page = await seat(COLLECTOR, `/review?${query()}`);
	await close(page, state);

	const clerk = await seat(CLERK, `/reports/${id}`);
	await clerk.waitForSelector('.note >> text=/đã chốt kỳ này lúc/');
	await clerk.goto(new URL('/?state=all', clerk.url()).href);
	await clerk.waitForSelector('.work >> text=Đã chốt kỳ');

	await page.waitForSelector('.closing >> text=Chưa có thay đổi nào.');
	const back = state.open_units.find((u) => u.state === 'sent');
	if (back)
		await sentBack(page, back);

	await page.click('.closing button:has-text("Mở lại kỳ…")');
	await giveReason(page, 'Xã Hòa Tiến xin điều chỉnh số liệu.');
	await page.waitForSelector('text=/Đã mở lại kỳ, mục thứ/');
	await page.waitForSelector('.closing >> text=Đã mở lại kỳ');
	assert.deepEqual(await violations(page), []);
	await clerk.goto(new URL(`/reports/${id}`, clerk.url()).href);
	await clerk.waitForSelector('.note >> text=/đã mở lại kỳ này lúc/');
	await clerk.waitForSelector(
		'.note >> text=Xã Hòa Tiến xin điều chỉnh số liệu.');
});
