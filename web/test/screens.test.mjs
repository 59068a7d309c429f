// The screens in a real browser on the small world of mock.mjs: accessibility
// of every screen in both languages, the grid by keyboard and clipboard, and
// drafts that survive.  The main job on the real server has its own test.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startMock } from './mock.mjs';
import { becomes, ENOUGH_MS, SCENE_MS } from './wait.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu',
	'--disable-quic', '--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync'];
const AXE = readFileSync(fileURLToPath(new URL(
	'../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const skip = existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}`;

let browser;
let mock;

before(async () => {
	if (skip)
		return;
	browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
});
after(() => browser?.close());

/** Each test has its own world; errors of the page fail it. */
function inBrowser(name, run) {
	test(name, { skip, timeout: SCENE_MS }, async () => {
		mock = await startMock();
		const faults = [];
		try {
			await run(faults);
			assert.deepEqual(faults, []);
		} finally {
			for (const context of browser.contexts())
				await context.close();
			await mock.stop();
		}
	});
}

async function open(faults, login, { size = { width: 1366, height: 768 },
	path = '/' } = {}) {
	const context = await browser.newContext({ viewport: size });
	const page = await context.newPage();
	page.setDefaultTimeout(ENOUGH_MS);
	page.on('pageerror', (error) => faults.push(String(error)));
	await page.goto(mock.address + path);
	if (login) {
		await page.fill('#login', login);
		await page.fill('#password', 'demo');
		await page.click('main button[type=submit]');
		await page.waitForSelector('.standing');
	}
	return page;
}

async function openEntry(faults, login = 'clerk', options = {}) {
	const page = await open(faults, login, options);
	await page.click('a:has-text("Nhập số liệu")');
	await page.waitForSelector('[role=grid]');
	return page;
}

async function violations(page) {
	await page.evaluate(AXE);
	return page.evaluate(async (tags) => {
		const result = await globalThis.axe.run(document,
			{ runOnly: { type: 'tag', values: tags } });
		return result.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3)
			.map((n) => n.html.slice(0, 160)).join(' | ')}`);
	}, TAGS);
}

const cell = (page, id) => page.locator(`#cell-${id.replace('.', '\\.')}`);

async function text(page, id) {
	return (await cell(page, id).evaluate((td) =>
		td.firstChild?.nodeType === 3 ? td.firstChild.data : '')).trim();
}

function paste(page, content) {
	return page.evaluate((data) => {
		const transfer = new DataTransfer();
		transfer.setData('text/plain', data);
		document.activeElement.dispatchEvent(new ClipboardEvent('paste',
			{ clipboardData: transfer, bubbles: true, cancelable: true }));
	}, content);
}

const saved = (page) => page.waitForFunction(() =>
	/đã lưu/.test(document.querySelector('.foot .facts').textContent));

/* Row 1 of the form so that all its rules hold; column 6 is carried over. */
async function fillRow(page, row) {
	const carried = Number((await text(page, `${row}.c6`)).replace('.', ''));
	await cell(page, `${row}.c4`).focus();
	await paste(page, `10\t5`);
	await cell(page, `${row}.c8`).focus();
	await paste(page, `${10 + carried}\t3\t0`);
	await cell(page, `${row}.c12`).focus();
	await paste(page, '2\t0');
}

async function fillAll(page) {
	for (let r = 1; r <= 12; r++)
		await fillRow(page, `s${String(r).padStart(2, '0')}`);
}

/* --- every screen --------------------------------------------------------- */

const SCREENS = [
	['clerk', '/', '.work'],
	['clerk', '/?state=accepted', '.work'],
	['clerk', '/password', '#new'],
	['clerk', '/nowhere', 'h1'],
	['province', '/review?period=2025-Q4&report=REPORT', '.chosen .acts-panel'],
	['province', '/review?period=2025-Q4', '.pick'],
	['province', '/reports', '.ledger'],
	['province', '/reports/REPORT', '.history table'],
	['province', '/reports/REPORT?view=change', '.history table'],
	['centre', '/country?open=12', '[role=treegrid]'],
	['centre', '/country?trace=1~total~all.c3&structure=2025-06-30', '.hero'],
	['centre', '/units?q=hoa', '.ledger'],
	['centre', '/units/100', '.ledger'],
];

for (const lang of ['vi', 'en'])
	inBrowser(`every screen is without axe violations (${lang})`,
		async (faults) => {
			const report = mock.world.find(106, '2025-Q4').id;
			const pages = new Map();
			for (const [login, path, ready] of SCREENS) {
				if (!pages.has(login)) {
					const page = await open(faults, login);
					await page.click(`.language [lang=${lang}]`);
					await page.waitForSelector(`html[lang=${lang}]`);
					pages.set(login, page);
				}
				const page = pages.get(login);
				await page.goto(mock.address +
					path.replace('REPORT', report));
				await page.waitForSelector(ready);
				assert.match(await page.title(), /. · Trục$/);
				assert.deepEqual(await violations(page), [], path);
			}
		});

inBrowser('signing in, the entry grid and the card of keys are without axe ' +
	'violations', async (faults) => {
	const first = await open(faults, null);
	assert.deepEqual(await violations(first), []);
	const page = await openEntry(faults);
	await cell(page, 's01.c4').focus();
	await page.keyboard.type('abc');
	await page.keyboard.press('Enter');
	await fillRow(page, 's02');
	await cell(page, 's02.c13').focus();
	await page.keyboard.type('9');
	await page.keyboard.press('Enter');
	await page.waitForSelector('.broken');
	assert.deepEqual(await violations(page), []);
	await page.keyboard.press('?');
	await page.waitForSelector('[role=dialog]');
	assert.deepEqual(await violations(page), []);
	await page.keyboard.press('Escape');
	assert.equal(await page.locator('[role=dialog]').count(), 0);
});

inBrowser('no page is wider than 320 pixels', async (faults) => {
	const report = mock.world.find(106, '2025-Q4').id;
	const size = { width: 320, height: 640 };
	for (const login of ['province', 'centre']) {
		const page = await open(faults, login, { size });
		for (const [who, path, ready] of SCREENS.filter(([w]) => w === login)) {
			await page.goto(mock.address + path.replace('REPORT', report));
			await page.waitForSelector(ready);
			assert.equal(await page.evaluate(() =>
				document.documentElement.scrollWidth), 320, `${who} ${path}`);
		}
	}
	const page = await openEntry(faults, 'clerk', { size });
	assert.equal(await page.evaluate(() =>
		document.documentElement.scrollWidth), 320);
});

/* --- the grid ------------------------------------------------------------- */

inBrowser('the grid has one tab stop and the keys of Excel', async (faults) => {
	const page = await openEntry(faults);
	assert.equal(await page.locator('[role=grid] [tabindex="0"]').count(), 1);
	const at = () => page.evaluate(() => document.activeElement.id ||
		document.activeElement.closest('td').id);

	await cell(page, 's01.c4').focus();
	await page.keyboard.type('1234');
	await page.keyboard.press('Enter');
	assert.equal(await at(), 'cell-s02.c4');
	assert.equal(await text(page, 's01.c4'), '1.234');
	await page.keyboard.press('ArrowUp');
	await page.keyboard.press('Tab');
	assert.equal(await at(), 'cell-s01.c5');
	await page.keyboard.type('7');
	await page.keyboard.press('Escape');
	assert.equal(await text(page, 's01.c5'), '');
	await page.keyboard.press('ArrowLeft');
	await page.keyboard.press('F2');
	await page.keyboard.type('5');
	await page.keyboard.press('Tab');
	assert.equal(await text(page, 's01.c4'), '12.345');
	await page.keyboard.press('Shift+Tab');
	await page.keyboard.press('Delete');
	assert.equal(await text(page, 's01.c4'), '');
	await page.keyboard.press('Control+z');
	assert.equal(await text(page, 's01.c4'), '12.345');
	await page.keyboard.press('Control+y');
	assert.equal(await text(page, 's01.c4'), '');
	await page.keyboard.type('x');
	await page.keyboard.press('Enter');
	assert.equal(await text(page, 's01.c4'), 'x');
	assert.equal(await page.locator('[role=grid] [tabindex="0"]').count(), 1);
});

inBrowser('computed cells follow and cannot be typed in', async (faults) => {
	const page = await openEntry(faults);
	const carried = Number(await text(page, 's01.c6'));
	await cell(page, 's01.c4').focus();
	await page.keyboard.type('10');
	await page.keyboard.press('Enter');
	assert.equal(await text(page, 's01.c3'), String(10 + carried));
	await cell(page, 's01.c3').focus();
	await page.keyboard.type('9');
	await page.keyboard.press('Enter');
	assert.equal(await text(page, 's01.c3'), String(10 + carried));
	assert.equal(await cell(page, 's01.c3').getAttribute('aria-readonly'),
		'true');
});

inBrowser('Tab passes the last cell and Escape leaves the grid',
	async (faults) => {
		const page = await openEntry(faults);
		const inGrid = () => page.evaluate(() =>
			document.activeElement.closest('[role=grid]') !== null);
		await cell(page, 's12.c13').focus();
		await page.keyboard.press('Tab');
		assert.equal(await inGrid(), false);
		await fillAll(page);
		await page.waitForSelector('.primary-act button:not(:disabled)');
		await cell(page, 's01.c4').focus();
		await page.keyboard.press('Escape');
		assert.equal(await page.evaluate(() =>
			document.activeElement.textContent), 'Trình ký');
	});

inBrowser('a range pasted from Excel fills cells, marks wrong ones and says so',
	async (faults) => {
		const page = await openEntry(faults);
		await cell(page, 's01.c4').focus();
		await paste(page, '1.234\t5\r\n12,5\t6\r\n7\tabc\r\n');
		assert.equal(await text(page, 's01.c4'), '1.234');
		assert.equal(await text(page, 's02.c4'), '12,5');
		assert.equal(await text(page, 's03.c5'), 'abc');
		assert.equal(await cell(page, 's02.c4').getAttribute('aria-invalid'),
			'true');
		assert.match(await page.textContent('[role=status][aria-live]'),
			/Đã dán 6 ô, 2 ô chưa đúng: Chứng thực.*Đất đai/);
		assert.match(await page.textContent('.stopped'), /2 ô chưa đúng/);
		const copied = await page.evaluate(() => {
			const transfer = new DataTransfer();
			document.activeElement.dispatchEvent(new ClipboardEvent('copy',
				{ clipboardData: transfer, bubbles: true }));
			return transfer.getData('text/plain');
		});
		assert.equal(copied, '1234\t5\r\n12,5\t6\r\n7\tabc');
	});

inBrowser('the status line tells the previous value and the change',
	async (faults) => {
		const page = await openEntry(faults);
		const before = mock.world.find(100, '2025-Q3').cells[1];
		await cell(page, 's01.c4').focus();
		await page.keyboard.type(String(Number(before) * 2));
		await page.keyboard.press('Enter');
		await page.keyboard.press('ArrowUp');
		assert.match(await page.textContent('.status-line'), /\+100,0/);
	});

inBrowser('a report is submitted only when no binding rule is broken',
	async (faults) => {
		const page = await openEntry(faults);
		await fillAll(page);
		await page.waitForSelector('.primary-act button:not(:disabled)');
		await cell(page, 's03.c10').focus();
		await page.keyboard.type('4');
		await page.keyboard.press('Enter');
		await page.waitForSelector('.broken li.bad');
		assert.equal(await page.isDisabled('.primary-act button'), true);
		assert.match(await cell(page, 's03.c3').getAttribute('class'),
			/broken-block/);
		await page.click('.broken .cells button >> nth=1');
		assert.equal(await page.evaluate(() => document.activeElement.id),
			'cell-s03.c7');
		await cell(page, 's03.c10').focus();
		await page.keyboard.type('0');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('text=Đã trình lãnh đạo ký');
		assert.equal(mock.world.find(100, '2025-Q4').state, 'proposed');
	});

inBrowser('a rule that asks for an explanation gets it at its cell',
	async (faults) => {
		mock.world.form.rules.filter((r) => r.carry).forEach((rule) => {
			rule.severity = 'explain';
		});
		const page = await openEntry(faults);
		await fillAll(page);
		await page.waitForSelector('.primary-act button:not(:disabled)');
		await cell(page, 's02.c6').focus();
		const carried = Number(await text(page, 's02.c6'));
		await page.keyboard.type(String(carried + 1));
		await page.keyboard.press('Enter');
		await cell(page, 's02.c12').focus();
		await page.keyboard.type('3');
		await page.keyboard.press('Enter');
		await page.waitForSelector('.broken li.warn');
		assert.equal(await page.isDisabled('.primary-act button'), true);
		assert.match(await page.textContent('.stopped'), /1 chỗ cần giải trình/);
		await page.getByLabel('Giải trình').fill('Tách một hồ sơ');
		await page.waitForSelector('.primary-act button:not(:disabled)');
		await page.click('.primary-act button');
		await page.waitForSelector('text=Đã trình lãnh đạo ký');
		assert.deepEqual(mock.world.find(100, '2025-Q4').cells[14],
			{ value: String(carried + 1), remark: 'Tách một hồ sơ' });
		await page.waitForSelector('text=“Tách một hồ sơ”');
	});

/* --- drafts --------------------------------------------------------------- */

inBrowser('what the server never got is there after the tab was closed',
	async (faults) => {
		const page = await openEntry(faults);
		await saved(page);
		mock.cut = '/draft';
		await cell(page, 's01.c4').focus();
		await page.keyboard.type('77');
		await page.keyboard.press('Enter');
		await page.waitForSelector('.foot >> text=chưa gửi được');
		const context = page.context();
		const { pathname } = new URL(page.url());
		/* Its last try may come at any time: there is no line for it. */
		await page.close();
		const again = await context.newPage();
		await again.goto(mock.address + pathname);
		await again.waitForSelector('[role=grid]');
		await becomes(() => text(again, 's01.c4'), '77');
		await again.waitForSelector('text=giữ trong trình duyệt này');
		await again.waitForSelector('.foot >> text=chưa gửi được');
		mock.cut = '';
		await saved(again);
		assert.equal(mock.world.find(100, '2025-Q4').cells[1], '77');
	});

inBrowser('two clerks on one draft: theirs is taken, real differences are asked',
	async (faults) => {
		const page = await openEntry(faults);
		await saved(page);
		const report = mock.world.find(100, '2025-Q4');
		report.cells = report.cells.map((c, at) => at === 1 ? '500'
			: at === 2 ? '60' : c);
		report.revision++;
		await cell(page, 's01.c4').focus();
		await page.keyboard.type('400');
		await page.keyboard.press('Enter');
		await page.waitForSelector('text=Có người vừa lưu bản nháp này');
		assert.deepEqual(await violations(page), []);
		assert.equal(await text(page, 's01.c5'), '60');
		assert.equal(await page.isDisabled('.primary-act button'), true);
		await page.check('input[type=radio] >> nth=1');
		await page.click('text=Giữ các giá trị đã chọn');
		assert.equal(await text(page, 's01.c4'), '500');
		await saved(page);
		assert.equal(mock.world.find(100, '2025-Q4').cells[1], '500');
	});

inBrowser('a session that ended asks again and comes back to the same place',
	async (faults) => {
		const page = await openEntry(faults);
		await saved(page);
		const address = page.url();
		mock.world.sessions.clear();
		await cell(page, 's01.c4').focus();
		await page.keyboard.type('31');
		await page.keyboard.press('Enter');
		await page.waitForSelector('#login');
		await page.fill('#login', 'clerk');
		await page.fill('#password', 'demo');
		await page.keyboard.press('Enter');
		await page.waitForSelector('[role=grid]');
		assert.equal(page.url(), address);
		assert.equal(await text(page, 's01.c4'), '31');
	});

/* --- acts ----------------------------------------------------------------- */

inBrowser('one person with both roles sends a nil report and signs it',
	async (faults) => {
		const page = await openEntry(faults, 'both');
		await page.click('text=Không phát sinh');
		await page.click('text=Trình báo cáo không phát sinh');
		await page.click('text=Ký và gửi');
		await page.waitForSelector('text=Đã ký và gửi');
		assert.equal(mock.world.find(101, '2025-Q4').state, 'sent');
	});

inBrowser('sending back needs its reason', async (faults) => {
	const report = mock.world.find(106, '2025-Q4');
	const page = await open(faults, 'province',
		{ path: `/review?period=2025-Q4&report=${report.id}` });
	await page.click('.chosen >> text=Trả lại…');
	await page.click('.reason button[type=submit]');
	await page.waitForSelector('text=Hãy ghi lý do');
	await page.click('.templates button >> nth=0');
	await page.click('.reason button[type=submit]');
	await page.waitForSelector('text=Đã trả lại kèm lý do');
	assert.equal(report.state, 'returned');
	assert.match(report.reason, /^Tổng không khớp/);
});

inBrowser('the reviewer accepts all without flags and closes with a reason',
	async (faults) => {
		const page = await open(faults, 'province',
			{ path: '/review?period=2025-Q4' });
		await page.click('text=/Tiếp nhận \\d+ báo cáo/');
		await page.waitForSelector('text=/Đã tiếp nhận \\d+ báo cáo\\./');
		const flagged = mock.world.reports.filter((r) => r.state === 'sent' &&
			r.unit >= 100 && r.period === '2025-Q4');
		assert.ok(flagged.every((r) => mock.world.flags(r) > 0));
		await page.click('text=Đóng kỳ…');
		await page.fill('.reason textarea', 'Đã hết hạn');
		await page.click('.reason button[type=submit]');
		await page.waitForSelector('text=/Đã đóng kỳ, sổ cái số/');
	});

const until = (holds) => becomes(holds, true);

const asked = (part) => mock.asked.filter((a) => a.includes(part)).length;

/* The desk is there and follows what happens: what it showed before the stream
 * was open it has read again. */
async function atDesk(page) {
	await page.waitForSelector('.pick');
	await until(() => mock.streams() === 1 && asked('/obligations') >= 2);
}

/** Accept a report as somebody else would, and wait until its row says so. */
async function acceptedElsewhere(page, report) {
	const row = page.locator(`.pick tr:has-text("${
		mock.world.units.get(report.unit).name}")`);
	assert.equal(report.state, 'sent');
	report.state = 'accepted';
	mock.tell('vn.truc.report.accepted', report);
	await row.locator('text=Đã tiếp nhận').waitFor();
}

const sent = () => mock.world.reports.find((r) => r.state === 'sent' &&
	r.unit >= 100 && r.period === '2025-Q4');

inBrowser('the desk shows what happens at once, and reads that row alone',
	async (faults) => {
		const page = await open(faults, 'province',
			{ path: '/review?period=2025-Q4' });
		await atDesk(page);
		const before = asked('/obligations');
		const report = sent();
		await acceptedElsewhere(page, report);
		assert.equal(asked('/obligations'), before + 1);
		assert.match(mock.asked.filter((a) => a.includes('/obligations')).at(-1),
			new RegExp(`unit=${report.unit}\\b`));
	});

inBrowser('tabs share one stream, and the next reads when one is closed',
	async (faults) => {
		const first = await open(faults, 'province',
			{ path: '/review?period=2025-Q4' });
		await atDesk(first);
		const second = await first.context().newPage();
		await second.goto(first.url());
		await second.waitForSelector('.pick');
		assert.equal(asked('/events/stream'), 1);
		await acceptedElsewhere(second, sent());
		await first.close();
		await until(() => asked('/events/stream') === 2 &&
			mock.streams() === 1);
		await acceptedElsewhere(second, sent());
	});

inBrowser('the country opens in place, traces a figure and keeps its address',
	async (faults) => {
		const page = await open(faults, 'centre', { path: '/country' });
		await page.waitForSelector('[role=treegrid]');
		await page.locator('[data-place="0 0"]').focus();
		for (let i = 0; i < 20; i++) {
			if (await page.evaluate(() => /Đà Nẵng/.test(
				document.activeElement.textContent)))
				break;
			await page.keyboard.press('ArrowDown');
		}
		await page.keyboard.press('ArrowRight');
		await page.waitForSelector('text=Xã Hòa Vang');
		await page.keyboard.press('ArrowRight');
		await page.keyboard.press('Enter');
		await page.waitForSelector('.hero');
		assert.match(page.url(), /open=12/);
		assert.match(page.url(), /trace=12%7Eunit%7Eall.c3/);
		const figure = await page.textContent('.hero');
		await page.click('.trace .parts button >> nth=0');
		await page.waitForSelector('text=◂ Trở lại');
		const link = await page.getAttribute(
			'text=Liên kết tới đúng bảng này', 'href');
		assert.match(link, /as_of=\d+/);
		await page.goto(mock.address + link.replace(/trace=[^&]*/,
			'trace=12~unit~all.c3'));
		await page.waitForSelector('.hero');
		assert.equal(await page.textContent('.hero'), figure);
		await page.keyboard.press('Escape');
		await page.waitForSelector('.hero', { state: 'detached' });
	});
