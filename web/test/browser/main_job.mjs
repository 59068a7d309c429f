/*
 * The main job, as people do it: a commune's report from the first key to the
 * nation's total, back and forth between clerk, chairman, collector, province,
 * Government and the Centre's viewer.
 */
import assert from 'node:assert/strict';
import { becomes } from '../wait.mjs';
import { caller, newTab, scene, seat, world } from './people.mjs';
import { block, cell, cellShows, COLUMNS, countryPath, countryRows, figuresFor,
	FORM, giveReason, isSeen, ledgerNumber, numbers, openEntry, paste, reportOf, rowOf, saved,
	sheetShows, sheetTexts, sign, submit, sumsOf, toNumber, written }
	from './screens.mjs';
import { truc } from './world.mjs';

const PERIOD = '2025-Q4';
const NATION = 'Chính phủ';
const PROVINCE = 'Thành phố Đà Nẵng';
const COMMUNE = 'Xã Hòa Tiến';
const REASON = 'Cột 4 mục Hộ tịch thấp hơn sổ theo dõi, đề nghị kiểm tra lại.';

/* What one scene leaves for the next. */
const job = {};

async function nation(query = {}) {
	const page = await seat('trungtam', countryPath({ period: PERIOD,
		...query }));
	return countryRows(page);
}

/** Only the nation and this province may differ, by exactly these sums. */
function assertGrew(before, now, sums) {
	assert.equal(before.length, now.length);
	for (const old of before) {
		const changes = [NATION, PROVINCE].includes(old.name);
		assert.deepEqual(numbers(rowOf(now, old.name)), numbers(old)
			.map((n, c) => n + (changes ? sums[c] : 0)), old.name);
	}
}

/** How many rules the foot says there are. */
const checks = async (page) => /\/(\d+)/.exec(
	await page.textContent('.foot .facts'))[1];

const moreReports = (before, now) => toNumber(now.reported.split('/')[0]) -
	toNumber(before.reported.split('/')[0]);

scene('the clerk begins with the carried-over column and types as in Excel',
	async () => {
		const page = await seat('canbo.hoatien', '/');
		await openEntry(page);
		job.figures = await figuresFor(page);
		const [first] = job.figures;
		/* Looking at the empty form has opened nothing. */
		const { id, previous } = await page.evaluate(async () => (await (
			await fetch(`/api/v1/reports/new${location.search}`)).json()));
		assert.equal(id, 0);
		await cellShows(page, 's01.c6',
			written(previous[COLUMNS.indexOf('c11')]));
		assert.match(await cell(page, 's01.c6').getAttribute('class'),
			/carried/);

		await cell(page, 's01.c4').click();
		await page.keyboard.type(String(first.c4));
		await page.keyboard.press('Tab');
		await page.keyboard.type(written(first.c5));
		await page.keyboard.press('Tab');
		await cellShows(page, 's01.c3', written(first.c3));
		await page.keyboard.press('Tab');
		const total = await checks(page);
		for (const column of ['c8', 'c9', 'c10', 'c12', 'c13']) {
			await page.keyboard.type(String(first[column]));
			await page.keyboard.press('Tab');
			/* A row half typed is not wrong, and no check comes or goes. */
			assert.equal(await page.locator('.findings').count(), 0);
			assert.equal(await checks(page), total);
		}
		await becomes(async () => (await sheetTexts(page))[0],
			COLUMNS.map((c) => written(first[c])));
		assert.equal(await page.evaluate(() => document.activeElement.id),
			'cell-s02.c4');
		job.report = await reportOf(page);
	});

scene('a block from Excel with Vietnamese numbers is pasted and summed',
	async () => {
		const page = await seat('canbo.hoatien');
		await cell(page, 's02.c4').click();
		/* The very last cell is left for later. */
		await paste(page, block(job.figures.slice(1)).replace(/\d+$/, ''));
		await becomes(async () => (await sheetTexts(page)).slice(1, 11),
			job.figures.slice(1, 11).map((row) =>
				COLUMNS.map((c) => written(row[c]))));
		await becomes(() => page.textContent('.matrix tfoot td:nth-of-type(2)'),
			written(sumsOf(job.figures)[1]));
		await saved(page);
		await page.waitForSelector('.foot .facts >> text=/đã lưu \\d/');
	});

scene('a broken rule shows at its cells and in words, and stops the submission',
	async () => {
		const page = await seat('canbo.hoatien');
		await cell(page, 's05.c8').click();
		await page.keyboard.type(String(job.figures[4].c8 + 7));
		await page.keyboard.press('Enter');
		const broken = page.locator('.findings li.bad',
			{ hasText: 'Môi trường, tài nguyên nước' });
		assert.match(await broken.textContent(), /Thông tư 01\/2020/);
		await page.waitForSelector('[id="cell-s05.c3"].broken-block');
		await page.waitForSelector('.primary-act button:disabled');
		assert.match(await page.textContent('.stopped'), /bắt buộc/);
		assert.match(await broken.textContent(), /lệch 7\./);
		/* All of it beside the button, without scrolling. */
		assert.ok(await isSeen(page, '.findings li.bad .cells button') &&
			await isSeen(page, '.primary-act button'));

		await broken.locator('.cells button').nth(1).click();
		assert.equal(await page.evaluate(() => document.activeElement.id),
			'cell-s05.c5');
		await page.keyboard.press('Control+z');
		await cellShows(page, 's05.c8', written(job.figures[4].c8));
		await broken.waitFor({ state: 'detached' });
	});

scene('another figure than the last quarter left behind is a note, not a stop',
	async () => {
		const page = await seat('canbo.hoatien');
		await cell(page, 's02.c6').click();
		await page.keyboard.type(String(job.figures[1].c6 + 1));
		await page.keyboard.press('Enter');
		await page.waitForSelector('.broken li.info');
		await page.keyboard.press('Control+z');
		await page.waitForSelector('.broken li.info', { state: 'detached' });
		await saved(page);
	});

scene('a draft survives a reload and a closed tab', async () => {
	const login = 'canbo.hoatien';
	const page = await seat(login);
	await page.reload();
	await page.waitForSelector('[role=grid]');
	await cellShows(page, 's11.c4', written(job.figures[10].c4));

	const last = written(job.figures[11].c13);
	await cell(page, 's12.c13').click();
	await page.keyboard.type(last);
	await page.keyboard.press('Enter');
	const again = await newTab(login, `/reports/${job.report}/entry`);
	await again.waitForSelector('[role=grid]');
	await sheetShows(again, job.figures);
});

scene('a complete report is submitted', async () => {
	const page = await seat('canbo.hoatien');
	await page.waitForSelector('.foot .facts >> text=/(\\d+)\\/\\1/');
	await submit(page);
	await page.waitForSelector('.page-head >> text=Chờ ký');
});

scene('the chairman sees what he signs, and signs', async () => {
	job.before = await nation();
	job.exact = await (await seat('trungtam')).getAttribute(
		'a:has-text("Liên kết tới đúng bảng này")', 'href');
	/* The collector looks at the desk meanwhile. */
	const desk = await seat('tonghop.danang');
	await desk.clock.install();
	await desk.goto(`${world.address}/review?period=${PERIOD}`);
	await desk.waitForSelector('.pick');
	job.deskBefore = await desk.textContent('.count-line');
	const total = () => desk.textContent('.totals tbody tr td >> nth=0');
	await becomes(async () => toNumber(await total()) > 0, true);
	job.deskTotal = await total();

	const page = await seat('chutich.hoatien', '/');
	await page.click('.work a:has-text("Xem và ký")');
	await page.waitForSelector('.matrix');
	await sheetShows(page, job.figures);
	await page.click('.tabs a:has-text("So với kỳ trước")');
	await page.waitForSelector('.change');
	/* The answer to the signature is enough: nothing is read for it. */
	const unread = (url) => url.pathname === `/api/v1/reports/${job.report}`;
	await page.route(unread, () => undefined);
	await page.click('button:has-text("Ký và gửi")');
	await page.waitForSelector('text=Đã ký và gửi');
	await page.waitForSelector('.page-head .state:has-text("Đã gửi")');
	await page.waitForSelector('button:has-text("Ký và gửi")',
		{ state: 'detached' });
	await page.unroute(unread);
	job.ledger = await ledgerNumber(page);
});

scene('the nation\'s total has changed by exactly this report', async () => {
	const now = await nation();
	assertGrew(job.before, now, sumsOf(job.figures));
	for (const name of [NATION, PROVINCE])
		assert.equal(moreReports(rowOf(job.before, name), rowOf(now, name)),
			1);
});

scene('the link to the exact view still shows the table of before', async () => {
	const page = await seat('trungtam', job.exact);
	assert.deepEqual(await countryRows(page), job.before);
});

scene('the collector sees it at once, beside live totals', async () => {
	const page = await seat('tonghop.danang');
	await page.clock.fastForward(20_000);
	await page.click(`.pick a:has-text("${COMMUNE}")`);
	await page.waitForSelector('.chosen .matrix:not(.totals)');
	const sent = (line) => Number(/(\d+)\/\d+/.exec(line)[1]);
	await becomes(async () => sent(await page.textContent('.count-line')),
		sent(job.deskBefore) + 1);
	const [sum] = sumsOf(job.figures);
	await becomes(async () => (await page.$$eval('.totals tbody tr', (rows) =>
		rows.map((tr) => tr.querySelector('td').textContent)))
		.slice(0, 2).map(toNumber), [sum, toNumber(job.deskTotal) + sum]);
});

scene('sent back, the report leaves the totals and comes back with its reason',
	async () => {
		const page = await seat('tonghop.danang');
		await page.click('.chosen button:has-text("Trả lại")');
		await page.click('.reason button[type=submit]');
		await page.waitForSelector('text=Hãy ghi lý do');
		/* What is not seen is no reason either. */
		await page.fill('.reason textarea', '\u00a0\u200b\u3164 .');
		await page.click('.reason button[type=submit]');
		await page.waitForSelector('.reason [aria-invalid=true]');
		await page.click('.templates button >> nth=0');
		assert.match(await page.inputValue('.reason textarea'),
			/^Tổng không khớp/);
		/* What was written so far is there again after a reload. */
		await page.fill('.reason textarea', REASON.slice(0, 9));
		await page.reload();
		await page.click('.chosen button:has-text("Trả lại")');
		assert.equal(await page.inputValue('.reason textarea'),
			REASON.slice(0, 9));
		await giveReason(page, REASON);
		await page.waitForSelector('text=Đã trả lại kèm lý do');
		await page.waitForSelector('.chosen .state:has-text("Trả lại")');
		assertGrew(job.before, await nation(), COLUMNS.map(() => 0));

		const clerk = await seat('canbo.hoatien', '/?state=returned');
		await clerk.click('.work a.next');
		await clerk.waitForSelector('[role=grid]');
		assert.ok((await clerk.textContent('main')).includes(REASON));
	});

scene('corrected, signed again, accepted: both totals have the second version',
	async () => {
		const acceptedBefore = await nation({ basis: 'accepted' });
		const clerk = await seat('canbo.hoatien');
		const [first] = job.figures;
		for (const column of ['c4', 'c8']) {
			first[column] += 10;
			await cell(clerk, `s01.${column}`).click();
			await clerk.keyboard.type(String(first[column]));
			await clerk.keyboard.press('Enter');
		}
		first.c3 += 10;
		first.c7 += 10;
		await submit(clerk);

		const chairman = await seat('chutich.hoatien');
		await sign(chairman);
		job.ledger = await ledgerNumber(chairman);
		job.sent = await nation();
		assertGrew(job.before, job.sent, sumsOf(job.figures));
		assertGrew(acceptedBefore, await nation({ basis: 'accepted' }),
			COLUMNS.map(() => 0));

		const collector = await seat('tonghop.danang',
			`/review?period=${PERIOD}&report=${job.report}`);
		await collector.click('.chosen button:has-text("Tiếp nhận")');
		await collector.waitForSelector('.chosen >> text=Đã tiếp nhận');
		assertGrew(acceptedBefore, await nation({ basis: 'accepted' }),
			sumsOf(job.figures));
		assertGrew(job.sent, await nation(), COLUMNS.map(() => 0));
	});

scene('the collector accepts all without flags and closes the period with a ' +
	'reason', async () => {
	const page = await seat('tonghop.danang', `/review?period=${PERIOD}`);
	await page.click('button:has-text("báo cáo không có lưu ý")');
	await page.waitForSelector('text=/Đã tiếp nhận \\d+ báo cáo/');
	/* What has flags is still to be looked at. */
	const call = await caller('tonghop.danang');
	const { positions: [{ unit }] } = await call('GET', 'session');
	const { items } = await call('GET', `obligations?${new URLSearchParams(
		{ form: FORM, period: PERIOD, unit, limit: 500 })}`);
	assert.deepEqual(items.filter((o) => o.state === 'sent' &&
		o.unit !== unit && o.flags === 0), []);
	assert.ok(items.some((o) => o.state === 'accepted'));
	await page.click('button:has-text("Chốt kỳ…")');
	await giveReason(page, 'Đã quá hạn; các đơn vị còn thiếu sẽ gửi bổ sung.');
	await page.click('button:has-text("Vẫn chốt kỳ")');
	await page.waitForSelector('text=/Đã chốt kỳ, mục thứ/');
	await page.waitForSelector('.below >> text=Đã chốt kỳ');
});

scene('the province reports for itself and the Government\'s collector accepts',
	async () => {
		const before = await nation();
		const clerk = await seat('canbo.danang');
		await openEntry(clerk);
		const figures = await figuresFor(clerk);
		await cell(clerk, 's01.c4').click();
		await paste(clerk, block(figures));
		await submit(clerk);
		assertGrew(before, await nation(), COLUMNS.map(() => 0));
		await sign(await seat('chutich.danang'));
		assertGrew(before, await nation(), sumsOf(figures));

		const page = await seat('tonghop.vpcp', `/review?${
			new URLSearchParams({ form: FORM, period: PERIOD })}`);
		await page.click(`.pick a:has-text("${PROVINCE}")`);
		await page.click('.chosen button:has-text("Tiếp nhận")');
		await page.waitForSelector('.chosen >> text=Đã tiếp nhận');
	});

scene('the Centre follows the nation\'s figure down to this very report',
	async () => {
		const page = await seat('trungtam', countryPath({ period: PERIOD }));
		const rows = await countryRows(page);
		await page.click('.kind-total td >> nth=0');
		await page.waitForSelector('.hero');
		assert.equal(await page.textContent('.hero'),
			rowOf(rows, NATION).values[0]);
		for (const name of [PROVINCE, COMMUNE]) {
			await page.click(`.trace .parts button:text-is("${name}")`);
			await page.waitForSelector(`.trace .what:has-text("${name}")`);
		}
		await becomes(async () => toNumber(await page.textContent('.hero')),
			sumsOf(job.figures)[0]);
		/* Back is one step, whichever button it is. */
		await page.goBack();
		await page.waitForSelector(`.trace .what:has-text("${PROVINCE}")`);
		await page.click('.trace button:has-text("Trở lại")');
		await page.waitForSelector(`.trace .what:has-text("${NATION}")`);
		for (const name of [PROVINCE, COMMUNE]) {
			await page.click(`.trace .parts button:text-is("${name}")`);
			await page.waitForSelector(`.trace .what:has-text("${name}")`);
		}
		const part = page.locator('.trace .parts tbody tr').last();
		assert.equal(toNumber(await part.locator('td').first().innerText()),
			job.ledger + 1);
		await part.locator('a').click();
		await page.waitForSelector('.matrix');
		assert.match(page.url(), new RegExp(`/reports/${job.report}\\?`));
		await sheetShows(page, job.figures);
	});

scene('an amendment with a reason counts from its signature on, not before',
	async () => {
		const before = await nation();
		const clerk = await seat('canbo.hoatien', `/reports/${job.report}`);
		await clerk.click('button:has-text("Sửa báo cáo đã gửi")');
		await giveReason(clerk, 'Bổ sung hồ sơ nhận qua bưu chính.');
		await clerk.waitForSelector('[role=grid]');
		/* Said before it is sent: nothing is corrected yet. */
		const stopped = async () => [
			await clerk.isDisabled('.primary-act .button'),
			/bản đang được tính/.test(await clerk.innerText('.foot'))];
		assert.deepEqual(await stopped(), [true, true]);
		await clerk.click('a:has-text("Xem bản sẽ gửi")');
		await clerk.waitForSelector('button:has-text("Hủy bản sửa")');
		assert.deepEqual(await stopped(), [true, true]);
		await clerk.click('.foot a:has-text("Nhập tiếp")');
		await clerk.waitForSelector('[role=grid]');
		for (const column of ['c5', 'c8']) {
			job.figures[1][column] += 5;
			await cell(clerk, `s02.${column}`).click();
			await clerk.keyboard.type(String(job.figures[1][column]));
			await clerk.keyboard.press('Enter');
		}
		await submit(clerk);
		assertGrew(before, await nation(), COLUMNS.map(() => 0));

		await sign(await seat('chutich.hoatien'));
		const now = await nation();
		assertGrew(before, now, COLUMNS.map((c) =>
			['c3', 'c5', 'c7', 'c8'].includes(c) ? 5 : 0));
		assert.equal(moreReports(rowOf(before, NATION), rowOf(now, NATION)), 0);

		const history = await seat('canbo.hoatien', `/reports/${job.report}`);
		await history.waitForSelector('.history tbody tr');
		const acts = await history.$$eval('.history tbody th', (heads) =>
			heads.map((th) => th.textContent));
		for (const act of ['Ký và gửi', 'Trả lại', 'Tiếp nhận', 'Mở bản sửa'])
			assert.ok(acts.includes(act), act);
	});

scene('an amendment begun by mistake is dropped', async () => {
	const before = await nation();
	const clerk = await seat('canbo.hoatien', `/reports/${job.report}`);
	await clerk.waitForSelector('.matrix');
	const shown = await sheetTexts(clerk);
	await clerk.click('button:has-text("Sửa báo cáo đã gửi")');
	await giveReason(clerk, 'Mở nhầm.');
	await clerk.waitForSelector('[role=grid]');
	await clerk.click('a:has-text("Xem bản sẽ gửi")');
	await clerk.click('button:has-text("Hủy bản sửa")');
	await clerk.waitForSelector('.said:has-text("Đã hủy bản sửa")');
	await clerk.waitForSelector('button:has-text("Sửa báo cáo đã gửi")');
	await becomes(() => sheetTexts(clerk), shown);
	assertGrew(before, await nation(), COLUMNS.map(() => 0));
});

scene('the table equals what the ledger itself adds up to', async () => {
	const rows = await nation();
	const csv = await truc('figures', '--data', world.data, '--periods', PERIOD,
		'--level', '0');
	const [head, ...lines] = csv.trim().split(/\r?\n/)
		.map((line) => line.split(','));
	const field = (line, name) => line[head.indexOf(name)];
	const folded = COLUMNS.map((column) => Number(field(lines.find((line) =>
		field(line, 'kind') === 'total' &&
		field(line, 'cell') === `all.${column}`), 'value')));
	assert.deepEqual(numbers(rowOf(rows, NATION)), folded);
});
