/*
 * A figure far from what the unit reported before: told while it is typed, with
 * or without a line, explained at its cell, and seen by who accepts it.
 */
import assert from 'node:assert/strict';
import { violations } from './axe.mjs';
import { becomes } from '../wait.mjs';
import { caller, DESK, seat, scene, UNUSUAL, world } from './people.mjs';
import { block, cell, figuresFor, isSeen, openEntry, paste, saved, sign, submit, type,
	written } from './screens.mjs';

const WORDS = 'Đợt cấp đổi giấy tờ sau sắp xếp đơn vị hành chính';
const told = (page) => page.$$eval('.broken li', (items) =>
	items.map((li) => li.textContent));

/** Once the figure is right, its explanation is offered to be taken away. */
async function mendAndSlip(page, { c4 }, more) {
	await type(page, 's01.c4', written(c4));
	await page.waitForSelector('text=Giải trình không còn cần: 1');
	assert.deepEqual(await violations(page), []);
	await page.click('button:has-text("Bỏ giải trình")');
	await becomes(() => page.locator('text=/không còn cần/').count(), 0);
	await type(page, 's01.c4', written(c4 + more));
	await page.waitForSelector('.stopped >> text=/1 chỗ cần giải trình/');
	await page.locator('.broken li input').first().fill(WORDS);
	await page.waitForSelector('.stopped', { state: 'detached' });
}

scene('a zero too many is told with both figures, and one text explains all',
	async () => {
		const page = await seat(UNUSUAL.login, '/');
		await openEntry(page);
		const figures = await figuresFor(page);
		const [first] = figures;
		const more = 9 * first.c4;
		const slip = [{ ...first, c4: first.c4 + more, c7: first.c7 + more,
			c8: first.c8 + more },
			...figures.slice(1)];
		await cell(page, 's01.c4').click();
		await paste(page, block(slip));
		await page.waitForSelector('.stopped >> text=/2 chỗ cần giải trình/');
		const items = await told(page);
		assert.equal(items.length, 2);
		assert.match(items[0], new RegExp(`Gấp 10 lần kỳ trước \\(${
			written(first.c4 - 1)} → ${written(first.c4 + more)}\\)`));
		assert.match(items[0], /thì không phải giải trình/);
		assert.match(items[1], /cột 8/);
		assert.deepEqual(await violations(page), []);

		/* The browser needs nobody to see that the next one is far, too. */
		await saved(page);
		await page.context().setOffline(true);
		await type(page, 's02.c5', '99999');
		await becomes(async () => (await told(page)).some((text) =>
			/cột 5 .*Gấp .* lần kỳ trước/.test(text)), true);
		await page.context().setOffline(false);
		await type(page, 's02.c5', written(figures[1].c5));
		await becomes(async () => (await told(page)).length, 2);

		const all = page.getByLabel('Giải trình chung cho 2 chỗ chưa ghi');
		await all.fill('…');
		await page.waitForSelector('button:has-text("Ghi cho cả 2"):disabled');
		await all.fill(WORDS);
		await page.click('button:has-text("Ghi cho cả 2")');
		await becomes(() => page.$$eval('.broken li input', (inputs) =>
			inputs.map((input) => input.value)), [WORDS, WORDS]);
		/* What is explained asks for nothing any more. */
		await becomes(() => page.$$eval('.broken li .state', (states) =>
			states.map((state) => state.textContent.trim())),
		['Đã giải trình', 'Đã giải trình']);
		await page.waitForSelector(
			'.facts span:not(.alert):has-text("đã giải trình 2 chỗ")');
		assert.equal(await page.textContent('.broken h2'),
			'đã giải trình 2 chỗ');
		await mendAndSlip(page, first, more);
		await submit(page);
		await sign(page);
	});

scene('who accepts it reads the figures and the reason, and not in passing',
	async () => {
		const call = await caller(UNUSUAL.login);
		const { positions: [{ unit, unit_name: name }] } =
			await call('GET', 'session');
		const page = await seat('tonghop.danang',
			'/review?period=2025-Q4&sort=flags');
		await page.waitForSelector(`.pick tr:has-text("${name}") .num .state`);
		await page.click(`.pick a:has-text("${name}")`);
		await page.waitForSelector('.chosen .broken');
		assert.match((await told(page))[0], /Gấp 10 lần kỳ trước/);
		assert.match((await told(page))[0], new RegExp(WORDS));
		assert.match((await told(page))[0], /^Đã giải trình/);
		assert.match(await page.textContent('.chosen'),
			/đã giải trình 2 chỗ/);
		assert.doesNotMatch(await page.textContent('.chosen'),
			/Cần giải trình|Sửa ở cột/);
		assert.deepEqual(await violations(page), []);
		const { items } = await call('GET',
			`obligations?form=II.06a/VPCP/KSTT&period=2025-Q4&unit=${unit}`);
		assert.equal(items[0].flags, 2);
		await page.setViewportSize({ width: 390, height: 844 });
		await page.waitForSelector('.chosen .broken');
		assert.deepEqual(await violations(page), []);
		await page.setViewportSize(DESK);
		await page.reload();
		await page.waitForSelector('.chosen .totals .group');
		/* Its rows are seen at once, and all columns of both tables. */
		assert.ok(await isSeen(page, '.chosen .matrix [id="cell-s01.c13"]'));
		assert.deepEqual(await page.$$eval('.chosen .scroll', (all) => all.map(
			(one) => one.scrollWidth - one.clientWidth)), [0, 0]);
		await page.click('button:has-text("Trả lại…")');
		await page.waitForSelector('.reason');
		assert.ok(await isSeen(page, '.reason [type=submit]'));
		await page.keyboard.press('Escape');
		await page.click('.chosen .primary-act button');
		await becomes(async () => (await call('GET', 'reports?form=' +
			`II.06a/VPCP/KSTT&period=2025-Q4&unit=${unit}`)).items[0].state,
		'accepted');
	});
