/*
 * What people read is words of theirs, and what they can press does something.
 */
import assert from 'node:assert/strict';
import { newPage, scene, seat, signIn } from './people.mjs';
import { countryPath, FORM } from './screens.mjs';

/* A name out of the program, as "send_back" or "report.signed". */
const CODE = /^[a-z]+([._-][a-z]+)*$/;

scene('the history of a report says each act in words', async () => {
	const page = await seat('tonghop.danang', '/reports?period=2025-Q4&q=hoa+tien');
	await page.click('.ledger tbody a >> nth=0');
	await page.waitForSelector('.history tbody');
	const acts = await page.$$eval('.history tbody th', (cells) =>
		cells.map((cell) => cell.textContent));
	assert.ok(acts.includes('Trả lại'), acts.join());
	assert.deepEqual(acts.filter((act) => CODE.test(act)), []);
});

scene('a commune\'s table is headed by the commune', async () => {
	const page = await seat('canbo.hoatien', countryPath({ period: '2025-Q3' }));
	await page.waitForSelector('.kind-unit');
	assert.equal(await page.textContent('main h1'), 'Xã Hòa Tiến, Quý III/2025');
	assert.match(await page.title(), /^Xã Hòa Tiến, Quý III\/2025/);
});

scene('the ring of the focus is for those who use keys', async () => {
	const page = await signIn(await newPage(), 'canbo.hoatien');
	const ring = () => page.evaluate(() => {
		const style = getComputedStyle(document.activeElement);
		return style.outlineStyle !== 'none' &&
			parseFloat(style.outlineWidth) >= 2;
	});
	await page.click('.quiet-line >> text=/Phím tắt/');
	await page.waitForSelector('[role=dialog] button:focus');
	assert.equal(await ring(), false);
	await page.keyboard.press('Tab');
	assert.equal(await ring(), true);
	await page.context().close();
});

scene('the desk has no button for nothing, and the foot says plain words',
	async () => {
		const page = await seat('tonghop.danang', `/review?${
			new URLSearchParams({ form: FORM, period: '2025-Q4' })}`);
		await page.waitForSelector('.pick tbody');
		assert.deepEqual(await page.$$eval('main button', (buttons) =>
			buttons.map((button) => button.textContent)
				.filter((text) => /(^|\D)0 /.test(text))), []);
		assert.match(await page.textContent('.quiet-line'),
			/sổ cái có [\d.]+ mục/);
		assert.doesNotMatch(await page.textContent('.quiet-line'), /✓|theo kỳ$/);
	});
