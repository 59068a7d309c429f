/*
 * One draft, several hands: two clerks at once, one person who is clerk and
 * leader, the report of a ward that no longer exists, a quarter without cases.
 */
import assert from 'node:assert/strict';
import { becomes } from '../wait.mjs';
import { violations } from './axe.mjs';
import { scene, seat, SECOND_CLERK } from './people.mjs';
import { block, cell, cellShows, figuresFor, openEntry, paste, saved, sheetTexts,
	submit } from './screens.mjs';

scene('two clerks on one draft: the later one is told and offered both values',
	async () => {
		const first = await seat('mot.haichau', '/');
		await openEntry(first);
		const [, id] = /reports\/(\d+)/.exec(first.url());
		const second = await seat(SECOND_CLERK.login,
			`/reports/${id}/entry`);
		await second.waitForSelector('[role=grid]');

		await cell(first, 's01.c4').click();
		await paste(first, '500\t60');
		await cellShows(first, 's01.c5', '60');
		await saved(first);
		await cell(second, 's01.c4').click();
		await second.keyboard.type('400');
		await second.keyboard.press('Enter');
		await second.waitForSelector('text=Có người vừa lưu bản nháp này');
		/* What only one of them changed is brought together by itself. */
		await cellShows(second, 's01.c5', '60');
		assert.deepEqual(await violations(second), []);
		await second.waitForSelector('.primary-act button:disabled');
		const offered = await second.$$eval('label.radio', (labels) =>
			labels.map((label) => label.textContent.trim()));
		assert.deepEqual(offered, ['400', '500']);

		await second.click('label.radio >> nth=1');
		await second.click('text=Giữ các giá trị đã chọn');
		await saved(second);
		await cellShows(second, 's01.c4', '500');
		await first.reload();
		await first.waitForSelector('[role=grid]');
		await cellShows(first, 's01.c4', '500');
	});

scene('the list of reports begins with the newest', async () => {
	const page = await seat('canbo.hoatien', '/reports');
	assert.match(await page.textContent('.ledger tbody tr >> nth=0'),
		/Quý IV\/2025.*Xã Hòa Tiến/);
});

scene('a quarter without cases is reported in one act and signed by the same ' +
	'person', async () => {
	const page = await seat('mot.haichau', '/');
	assert.match(await page.textContent('.standing'),
		/cán bộ tổng hợp.*lãnh đạo đơn vị/);
	await openEntry(page);
	await page.click('button:has-text("Không phát sinh")');
	await page.click('button:has-text("Trình báo cáo không phát sinh")');
	await page.click('button:has-text("Ký và gửi")');
	await page.waitForSelector('text=Đã ký và gửi');
	await becomes(async () => [...new Set((await sheetTexts(page)).flat())],
		['0']);
});

scene('the missing report of an abolished ward is made up for by its successor',
	async () => {
		const page = await seat('mot.haichau', '/');
		await page.waitForSelector('.work tr:has-text("Phường Thanh Bình")');
		await openEntry(page, 'Quý I/2025');
		await cell(page, 's01.c4').click();
		await paste(page, block(await figuresFor(page)));
		await submit(page);
		await page.click('button:has-text("Ký và gửi")');
		await page.waitForSelector('text=Đã ký và gửi');
		assert.match(await page.textContent('.page-head'),
			/Phường Thanh Bình.*muộn/s);
	});
