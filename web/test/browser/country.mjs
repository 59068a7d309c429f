/*
 * The country screen: the same figures under other structures, days and bases,
 * down to communes, as a file and as a link.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { newPage, scene, seat, signIn, world } from './people.mjs';
import { COLUMNS, countryPath, countryRows, numbers, refigure, rowOf, toNumber }
	from './screens.mjs';

const FULL = '2025-Q3';
const BEFORE = '2024-Q4';
const OLD_DAY = '2025-06-30';

const choice = (page, label) => page.getByLabel(label, { exact: true });

/** Whatever is below the first row adds up to it, level by level. */
function assertAddsUp(rows) {
	rows.forEach((row, r) => {
		const end = rows.findIndex((other, o) => o > r &&
			other.depth <= row.depth);
		const below = rows.slice(r + 1, end === -1 ? undefined : end)
			.filter((other) => other.depth === row.depth + 1);
		if (below.length === 0)
			return;
		assert.deepEqual(COLUMNS.map((_, c) => below.reduce((sum, other) =>
			sum + numbers(other)[c], 0)), numbers(row), row.name);
	});
}

/** A line of RFC 4180. */
function fieldsOf(line) {
	return [...line.matchAll(/(?:^|;)(?:"((?:[^"]|"")*)"|([^;]*))/g)]
		.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
}

const provinces = (rows) => rows.filter((row) =>
	/^(Tỉnh|Thành phố) /.test(row.name)).length;

scene('the same quarter in the structure of its time and in today\'s',
	async () => {
		const page = await seat('trungtam', countryPath({ period: BEFORE }));
		const own = await countryRows(page);
		assert.equal(provinces(own), 63);
		assertAddsUp(own);
		await refigure(page, { structure: await choice(page, 'Cơ cấu đơn vị')
			.locator('option:has-text("hiện nay")').getAttribute('value') },
		() => choice(page, 'Cơ cấu đơn vị').selectOption(
			{ label: 'hiện nay' }));
		const now = await countryRows(page);
		assert.equal(provinces(now), 34);
		assertAddsUp(now);
		assert.deepEqual(numbers(now[0]), numbers(own[0]));
	});

scene('today\'s quarter in yesterday\'s provinces: what cannot be placed has a ' +
	'row of its own', async () => {
	const page = await seat('trungtam', countryPath({ period: FULL }));
	const own = await countryRows(page);
	assert.equal(provinces(own), 34);
	await refigure(page, { structure: OLD_DAY }, () =>
		choice(page, 'Cơ cấu đơn vị').selectOption(
			{ label: 'trước 1/7/2025' }));
	const old = await countryRows(page);
	assert.equal(provinces(old), 63);
	assert.ok(numbers(rowOf(old, 'Chưa phân bổ'))[0] > 0);
	assertAddsUp(old);
	assert.deepEqual(numbers(old[0]), numbers(own[0]));
	await page.waitForSelector('text=Cơ cấu ngày 30/06/2025');

	await refigure(page, { apportion: 'equal' }, () =>
		page.check('text=chia đều'));
	const spread = await countryRows(page);
	assert.ok(spread.some((row) => row.values[0].startsWith('≈')));
	assertAddsUp(spread);
	/* What does not divide evenly is still nobody's. */
	assert.ok(numbers(rowOf(spread, 'Chưa phân bổ'))[0] <
		numbers(rowOf(old, 'Chưa phân bổ'))[0]);
});

scene('as of an earlier day and on the basis of acceptance there is less',
	async () => {
		const page = await seat('trungtam', countryPath({ period: FULL }));
		const now = await countryRows(page);
		const picker = choice(page, 'Số liệu tính đến');
		await picker.selectOption({ label: 'ngày…' });
		await refigure(page, { as_of: '2025-09-17' }, () =>
			page.fill('input[type=date]', '2025-09-17'));
		const early = await countryRows(page);
		assertAddsUp(early);
		assert.ok(toNumber(early[0].reported.split('/')[0]) <
			toNumber(now[0].reported.split('/')[0]));
		assert.ok(numbers(early[0])[0] < numbers(now[0])[0]);

		await refigure(page, { basis: 'accepted' }, () =>
			choice(page, 'Căn cứ').selectOption({ label: 'đã tiếp nhận' }));
		const accepted = await countryRows(page);
		assertAddsUp(accepted);
		assert.ok(numbers(accepted[0])[0] < numbers(early[0])[0]);
	});

scene('rows open in place down to communes and add up', async () => {
	const page = await seat('trungtam', countryPath({ period: FULL }));
	await page.click('th:has-text("Thành phố Đà Nẵng") .opens');
	await page.waitForSelector('th:has-text("Xã Hòa Tiến")');
	const rows = await countryRows(page);
	assertAddsUp(rows);
	assert.equal(rowOf(rows, 'Xã Hòa Tiến').depth, 3);

	/* Before the reform a district is between. */
	await page.goto(world.address + countryPath({ period: BEFORE }));
	await page.click('th:has-text("Thành phố Đà Nẵng") .opens');
	await page.click('th:has-text("Huyện Hòa Vang") .opens');
	await page.waitForSelector('th:has-text("Xã Hòa Phong")');
	const deep = await countryRows(page);
	assertAddsUp(deep);
	assert.equal(rowOf(deep, 'Xã Hòa Phong').depth, 4);
});

scene('one row of the form, all columns', async () => {
	const page = await seat('trungtam', countryPath({ period: FULL }));
	const all = await countryRows(page);
	await refigure(page, { cells: COLUMNS.map((c) => `s03.${c}`).join() }, () =>
		choice(page, 'Lĩnh vực').selectOption({ label: 'Đất đai' }));
	const land = await countryRows(page);
	assertAddsUp(land);
	assert.ok(numbers(land[0])[0] < numbers(all[0])[0]);
});

scene('the downloaded file has the figures of the screen', async () => {
	const page = await seat('trungtam', countryPath({ period: FULL,
		structure: OLD_DAY }));
	const rows = await countryRows(page);
	const coming = page.waitForEvent('download');
	await page.click('a:has-text("Tải bảng")');
	const text = readFileSync(await (await coming).path(), 'utf8');
	const [head, ...lines] = text.replace(/^\ufeff/, '').trim()
		.split(/\r?\n/).map(fieldsOf);
	const first = head.indexOf('Muộn') + 1;
	assert.ok(first > 0);
	const values = new Map(lines.map((line) => [line[0],
		line.slice(first, first + COLUMNS.length)]));
	for (const row of rows)
		assert.deepEqual(values.get(row.name), row.values.map((value) =>
			value === '–' ? '' : String(toNumber(value))), row.name);
});

scene('a link gives the same view to another person', async () => {
	const page = await seat('trungtam', countryPath({ period: FULL,
		structure: OLD_DAY, basis: 'accepted' }));
	await countryRows(page);
	await page.click('th:has-text("Thành phố Hà Nội") .opens');
	await page.waitForSelector('[aria-level="3"]');
	await page.click('.kind-unallocated td >> nth=2');
	await page.waitForSelector('.hero');
	const link = await page.getAttribute(
		'a:has-text("Liên kết tới đúng bảng này")', 'href');
	const other = await newPage({ path: link });
	await signIn(other, 'tonghop.vpcp');
	await other.waitForSelector('.hero');
	await other.waitForSelector('[aria-level="3"]');
	assert.deepEqual(await countryRows(other), await countryRows(page));
	assert.equal(await other.textContent('.hero'),
		await page.textContent('.hero'));
	await other.context().close();
});
