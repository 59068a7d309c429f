/*
 * Lists: filters have an address, so that a link and Back work; what is late says
 * for how long, what is inherited says whose it was, and one count stands for one
 * question.
 */
import assert from 'node:assert/strict';
import { becomes } from '../wait.mjs';
import { violations } from './axe.mjs';
import { caller, DESK, INHERITOR, newPage, scene, seat, signIn, world }
	from './people.mjs';
import { fitsPhone, FORM, toNumber } from './screens.mjs';

const rows = (page, selector) => page.$$eval(`${selector} tbody tr`, (trs) =>
	trs.map((tr) => [...tr.children].map((cell) => cell.textContent.trim())));

/** Wait until the rows are these; the texts of their cells. */
async function rowsAre(page, selector, fits) {
	await becomes(async () => {
		const found = await rows(page, selector);
		return found.length > 0 && found.every(fits);
	}, true);
	return rows(page, selector);
}

const option = (page, label, value) => page.selectOption(
	`.filters .choice:has(label:text-is("${label}")) select`, value);

scene('the list of reports is the newest first, and its filters have an address',
	async () => {
		const page = await seat('tonghop.danang', '/reports');
		await page.waitForSelector('.ledger tbody tr');
		/* The report that was begun last has the highest number. */
		const numbers = await page.$$eval('.ledger tbody a', (links) =>
			links.map((link) => Number(/\/reports\/(\d+)/.exec(link)?.[1]))
				.filter((number) => number > 0));
		assert.deepEqual(numbers, [...numbers].sort((a, b) => b - a));
		const first = await rows(page, '.ledger');
		await option(page, 'Kỳ báo cáo', '2025-Q3');
		await rowsAre(page, '.ledger', (row) => row[1] === 'Quý III/2025');
		await page.fill('.filters input[type=search]', 'hoa tien');
		await page.keyboard.press('Enter');
		await rowsAre(page, '.ledger', (row) => row[2] === 'Xã Hòa Tiến');
		const link = page.url();
		assert.match(link, /period=2025-Q3/);
		assert.match(link, /q=hoa\+tien/);
		await page.goBack();
		await becomes(async () => new Set((await rows(page, '.ledger'))
			.map((row) => row[2])).size > 1, true);
		assert.equal(await page.inputValue('.filters input[type=search]'), '');
		await page.goBack();
		await becomes(async () => (await rows(page, '.ledger'))[0],
			first[0]);

		const other = await signIn(await newPage({
			path: link.slice(world.address.length) }), 'tonghop.danang');
		const found = await rowsAre(other, '.ledger', (row) =>
			row[2] === 'Xã Hòa Tiến' && row[1] === 'Quý III/2025');
		assert.equal(found.length, 1);
		await other.context().close();
	});

scene('the Centre lists who is late and since when, at every level', async () => {
	const page = await seat('trungtam', '/reports');
	await page.click('a:has-text("Chậm, thiếu báo cáo")');
	await page.waitForSelector('h1:has-text("Chậm, thiếu báo cáo, Quý IV/2025")');
	await option(page, 'Kỳ báo cáo', '2025-Q3');
	await rowsAre(page, '.work', (row) =>
		/gửi muộn \d+ ngày|quá hạn \d+ ngày\s+từ \d\d\/\d\d\/\d{4}/.test(row[2]));
	await page.click('.tabs a:has-text("Chưa gửi")');
	await rowsAre(page, '.work', (row) =>
		/quá hạn \d+ ngày\s+từ \d\d\/\d\d\/2025/.test(row[2]) && row[4] === '');
	const call = await caller('trungtam');
	const [{ unit }] = (await call('GET', 'session')).positions;
	const figures = await call('GET', `figures?${new URLSearchParams({
		form: FORM, periods: '2025-Q3', units: unit })}`);
	const [{ expected, reported }] = figures.rows.find((r) =>
		r.kind === 'unit').periods;
	const count = async (tab) => toNumber(await page.textContent(
		`.tabs a:has-text("${tab}") .count`));
	assert.deepEqual([await count('Tất cả'), await count('Chưa gửi')],
		[expected, expected - reported]);
	await option(page, 'Cấp', '3');
	await page.waitForURL(/level=3/);
	const [[name]] = await rowsAre(page, '.work', (row) =>
		/^(Xã|Phường|Đặc khu) /.test(row[0]));
	await page.fill('.filters input[type=search]', name);
	await page.keyboard.press('Enter');
	await rowsAre(page, '.work', (row) => row[0].includes(name));
	await page.click('.language [lang=en]');
	await page.waitForSelector('html[lang=en]');
	await rowsAre(page, '.work', (row) =>
		/\d+ days? overdue\s+since /.test(row[2]));
	assert.deepEqual(await violations(page), []);
	await page.click('.language [lang=vi]');
	await fitsPhone(page);
	await page.setViewportSize(DESK);
});

scene('the desk counts as its totals do: those below, and its own report',
	async () => {
		const page = await seat('tonghop.danang', `/review?${
			new URLSearchParams({ form: FORM, period: '2025-Q3' })}`);
		await page.waitForSelector('.pick tbody tr');
		const [, sent, all] = /([\d.]+)\/([\d.]+) đã gửi/.exec(
			await page.textContent('.count-line'));
		await becomes(async () => /\((.*)\)/.exec(await page.textContent(
			'.totals tbody'))?.[1], `${sent}/${all}`);
		assert.equal((await rows(page, '.pick')).length, toNumber(all));
		await page.click('.pick thead a:has-text("Đơn vị")');
		await page.waitForURL(/sort=unit/);
		const names = (await rows(page, '.pick')).map((row) => row[0]);
		assert.match(names[0], /^Thành phố Đà Nẵng .*chính cấp này/);
		const { compare } = new Intl.Collator('vi', { numeric: true });
		assert.deepEqual(names.slice(1), names.slice(1).toSorted(compare));
	});

scene('what is left of earlier periods stands apart, and says whose it was',
	async () => {
		const page = await seat(INHERITOR.login, '/?state=all');
		await page.waitForSelector('.work tbody tr');
		const heads = await page.$$eval('main h2', (all) =>
			all.map((head) => head.textContent));
		assert.deepEqual(heads, ['Kỳ đang báo cáo', 'Còn lại của các kỳ trước']);
		const [current, older] = await page.$$eval('.work', (tables) =>
			tables.map((table) => [...table.querySelectorAll('tbody tr')].map(
				(tr) => [...tr.children].map((c) => c.textContent.trim()))));
		assert.deepEqual([...new Set(current.map((row) => row[1]))],
			['Quý IV/2025']);
		assert.ok(older.every((row) => row[1] !== 'Quý IV/2025'));
		assert.ok(older.some((row) => row[1] === 'Quý II/2025' &&
			/^Thị trấn Trà MyKế thừa .* 01\/07\/2025; nay thuộc Xã Trà My\.$/
				.test(row[2])), JSON.stringify(older));
		await option(page, 'Kỳ báo cáo', 'older');
		await page.waitForURL(/age=older/);
		await rowsAre(page, '.work', (row) => row[1] !== 'Quý IV/2025');
		await page.goBack();
		await becomes(() => page.locator('.work').count(), 2);
		assert.deepEqual(await violations(page), []);
		await fitsPhone(page);
		await page.setViewportSize(DESK);
	});
