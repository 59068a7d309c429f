/*
 * The entry grid by keyboard and clipboard, on a draft of its own.
 */
import assert from 'node:assert/strict';
import { becomes } from '../wait.mjs';
import { violations } from './axe.mjs';
import { caller, DESK, GRID, listen, scene, seat, signIn, world }
	from './people.mjs';
import { block, cell, cellShows, cellText, COLUMNS, figuresFor, fitsPhone, FORM,
	isSeen, paste, saved, sheetShows, toNumber, type, written } from './screens.mjs';

/** The grid of a draft in which only the carried column is filled. */
async function freshEntry() {
	const page = await seat(GRID.login, '/');
	const call = await caller(GRID.login);
	const { positions: [{ unit }] } = await call('GET', 'session');
	const { id, revision, previous } = await call('POST', 'reports', { body: {
		form: FORM, period: '2025-Q4', unit: String(unit) } });
	const carried = previous.flatMap((figure, at) =>
		at % COLUMNS.length !== COLUMNS.indexOf('c11') || typeof figure !== 'string' ? []
			: [[`s${String(Math.floor(at / COLUMNS.length) + 1)
				.padStart(2, '0')}.c6`, figure]]);
	await call('PUT', `reports/${id}/draft`, { revision,
		body: { cells: Object.fromEntries(carried) } });
	/* Refused text of the scene before would be there again. */
	await page.evaluate(() => Object.keys(localStorage).filter((key) =>
		key.startsWith('truc.refused.')).forEach((key) =>
		localStorage.removeItem(key)));
	await page.goto(`${world.address}/reports/${id}/entry`);
	await page.waitForSelector('[role=grid]');
	assert.equal(await cellText(page, 's01.c4'), '');
	return page;
}

/** A scene on such a draft, which leaves nothing unsaved behind. */
function gridScene(name, play) {
	scene(name, async () => {
		const page = await freshEntry();
		await play(page);
		await saved(page);
	});
}

const tabStops = (page) => page.locator('[role=grid] [tabindex="0"]').count();

const focused = (page) => page.evaluate(() => document.activeElement.id ||
	document.activeElement.closest('td')?.id);

gridScene('the grid has one tab stop and the keys of Excel', async (page) => {
	assert.equal(await tabStops(page), 1);
	await type(page, 's01.c4', '1234');
	assert.equal(await focused(page), 'cell-s02.c4');
	await cellShows(page, 's01.c4', '1.234');
	await page.keyboard.press('ArrowUp');
	await page.keyboard.press('Tab');
	assert.equal(await focused(page), 'cell-s01.c5');
	await page.keyboard.type('7');
	await page.keyboard.press('Escape');
	await cellShows(page, 's01.c5', '');
	await page.keyboard.press('ArrowLeft');
	await page.keyboard.press('F2');
	await page.keyboard.type('5');
	await page.keyboard.press('Tab');
	await cellShows(page, 's01.c4', '12.345');
	await page.keyboard.press('Shift+Tab');
	await page.keyboard.press('Delete');
	await cellShows(page, 's01.c4', '');
	await page.keyboard.press('Control+z');
	await cellShows(page, 's01.c4', '12.345');
	await page.keyboard.press('Control+y');
	await cellShows(page, 's01.c4', '');
	await page.keyboard.type('x');
	await page.keyboard.press('Enter');
	await cellShows(page, 's01.c4', 'x');
	assert.equal(await tabStops(page), 1);
});

gridScene('computed cells follow and cannot be typed in', async (page) => {
	const sum = written(10 + toNumber(await cellText(page, 's01.c6')));
	await type(page, 's01.c4', '10');
	await cellShows(page, 's01.c3', sum);
	await type(page, 's01.c3', '9');
	await cellShows(page, 's01.c3', sum);
	assert.equal(await cell(page, 's01.c3').getAttribute('aria-readonly'),
		'true');
});

gridScene('Tab passes the last cell and Escape leaves the grid',
	async (page) => {
		await cell(page, 's12.c13').focus();
		await page.keyboard.press('Tab');
		assert.equal(await page.evaluate(() =>
			document.activeElement.closest('[role=grid]')), null);
		const figures = await figuresFor(page);
		await cell(page, 's01.c4').focus();
		await paste(page, block(figures));
		await sheetShows(page, figures);
		await page.waitForSelector('.primary-act button:not(:disabled)');
		await page.keyboard.press('Escape');
		await page.waitForSelector('button:focus:text-is("Trình ký")');
	});

gridScene('Escape leaves the grid also where nothing can be submitted yet',
	async (page) => {
		await page.waitForSelector('.primary-act button:disabled');
		await type(page, 's01.c4', '12', 'Escape');
		await page.keyboard.press('Escape');
		await becomes(() => page.evaluate(() => [
			document.activeElement.closest('[role=grid]') === null,
			document.activeElement.closest('.foot') !== null]),
		[true, true]);
	});

gridScene('on a telephone one tap opens the cell, and the heads stay in sight',
	async (page) => {
		const { pathname } = new URL(page.url());
		const context = await world.browser.newContext({ hasTouch: true,
			isMobile: true, viewport: { width: 390, height: 800 },
			locale: 'vi-VN', timezoneId: 'Asia/Ho_Chi_Minh' });
		const phone = listen(await context.newPage());
		await phone.goto(world.address);
		await signIn(phone, GRID.login);
		await phone.goto(world.address + pathname);
		await phone.waitForSelector('[role=grid]');
		await cell(phone, 's03.c4').tap();
		await phone.waitForSelector('[id="cell-s03.c4"] input:focus');
		await phone.keyboard.type('41');
		await phone.keyboard.press('Enter');
		await phone.waitForSelector('[id="cell-s04.c4"] input:focus');
		await cellShows(phone, 's03.c4', '41');
		await cell(phone, 's12.c9').tap();
		await phone.waitForSelector('[id="cell-s12.c9"] input:focus');
		/* Down and to the right in the table: its heads are still there. */
		assert.ok(await isSeen(phone, 'th.group:nth-of-type(4) span'));
		assert.ok(await isSeen(phone, '.entry tbody tr:last-child .row-name'));
		assert.ok(await isSeen(phone, '[id="cell-s12.c9"] input'));
		assert.deepEqual(await violations(phone), []);
		await saved(phone);
		await context.close();
	});

gridScene('a range pasted from Excel fills cells, marks wrong ones and says so',
	async (page) => {
		await cell(page, 's01.c4').focus();
		await paste(page, '1.234\t5\r\n12,5\t6\r\n7\tabc\r\n');
		await cellShows(page, 's01.c4', '1.234');
		await cellShows(page, 's02.c4', '12,5');
		await cellShows(page, 's03.c5', 'abc');
		await page.waitForSelector('[id="cell-s02.c4"][aria-invalid=true]');
		await page.waitForSelector('[role=status][aria-live] >> ' +
			'text=/Đã dán 6 ô, 2 ô chưa đúng: Chứng thực.*Đất đai/',
		{ state: 'attached' });
		await page.waitForSelector('.stopped >> text=/2 ô chưa đúng/');
		const copied = await page.evaluate(() => {
			const transfer = new DataTransfer();
			document.activeElement.dispatchEvent(new ClipboardEvent('copy',
				{ clipboardData: transfer, bubbles: true }));
			return transfer.getData('text/plain');
		});
		assert.equal(copied, '1234\t5\r\n12,5\t6\r\n7\tabc');
		await page.waitForSelector(
			'.broken >> text=“12,5”: ô này chỉ nhận số nguyên.');
		await cell(page, 's05.c4').focus();
		await paste(page, '1\u200b2\t-');
		await page.waitForSelector('.broken >> text=/U\\+200B ở sau “1”/');
		await cellShows(page, 's05.c5', '0');
	});

/** As Ctrl+V does it, so that the browser's own pasting is there, too. */
async function realPaste(page, text) {
	await page.context().grantPermissions(['clipboard-read',
		'clipboard-write']);
	await page.evaluate((words) => navigator.clipboard.writeText(words), text);
	await page.keyboard.press('Control+v');
}

gridScene('a block pasted into an open cell is laid out as a block', async (page) => {
	for (const [text, shown] of [['12\t34', ['12', '34', '']],
		['5\r\n6\r\n7', ['5', '', '6']], ['81\r\n', ['81', '', '']],
		['1\u00a0234', ['1.234', '', '']]]) {
		await cell(page, 's01.c4').focus();
		await page.keyboard.press('F2');
		await page.keyboard.press('Control+a');
		await realPaste(page, text);
		await page.keyboard.press('Enter');
		await cellShows(page, 's01.c4', shown[0]);
		await cellShows(page, 's01.c5', shown[1]);
		await cellShows(page, 's02.c4', shown[2]);
		assert.equal(await page.locator('[aria-invalid=true]').count(), 0);
		await cell(page, 's01.c4').focus();
		await page.keyboard.press('Control+a');
		await page.keyboard.press('Delete');
	}
	await type(page, 's01.c4', '12 34');
	await page.waitForSelector('[id="cell-s01.c4"][aria-invalid=true]');
});

gridScene('what is typed in an open cell stays when a block goes elsewhere or nowhere',
	async (page) => {
		const [name] = await page.$$eval('.entry tbody .row-name',
			(cells) => cells.slice(4, 5).map((th) => th.textContent));
		await cell(page, 's01.c4').focus();
		await page.keyboard.type('41');
		await realPaste(page, `${name}\t7\r\n`);
		await cellShows(page, 's05.c4', '7');
		await cellShows(page, 's01.c4', '41');

		await cell(page, 's02.c4').focus();
		await page.keyboard.type('42');
		await realPaste(page, '1,234\t12.000\r\n8\t15.000');
		await page.waitForSelector('[role=alertdialog]:focus');
		await page.keyboard.press('Escape');
		await page.waitForSelector('[role=alertdialog]', { state: 'detached' });
		await cellShows(page, 's02.c4', '42');
	});

for (const lang of ['vi', 'en'])
	gridScene(`which mark the decimals of a block have is asked once, by keyboard ` +
		`(${lang})`, async (page) => {
		const inLang = (figure) => lang === 'vi' ? figure
			: figure.replace('.', ',');
		await page.click(`.language [lang=${lang}]`);
		await page.waitForSelector(`html[lang=${lang}]`);
		await page.waitForSelector('[role=grid]');
		await cell(page, 's01.c4').focus();
		await paste(page, '1,234\t12.000\r\n8\t15.000');
		await page.waitForSelector('[role=alertdialog]:focus');
		assert.equal(await cellText(page, 's02.c4'), '');
		assert.deepEqual(await page.$$eval('[role=alertdialog] tbody tr',
			(rows) => rows.map((tr) => [...tr.querySelectorAll('td')].map(
				(td) => td.textContent))), [
			['1,234', { vi: 'không đọc được', en: 'cannot be read' }[lang],
				inLang('1.234')],
			['12.000', inLang('12.000'), '12'],
			['15.000', inLang('15.000'), '15']]);
		assert.deepEqual(await violations(page), []);
		await page.waitForSelector('.primary-act button:disabled');
		await fitsPhone(page);
		await page.setViewportSize(DESK);
		/* Esc gives the block up; the cursor is where it was. */
		await page.keyboard.press('Escape');
		await page.waitForSelector('[role=alertdialog]', { state: 'detached' });
		assert.equal(await focused(page), 'cell-s01.c4');
		assert.equal(await cellText(page, 's01.c4'), '');

		await paste(page, '1,234\t12.000\r\n8\t15.000');
		await page.waitForSelector('[role=alertdialog]:focus');
		await page.keyboard.press('Tab');
		await page.keyboard.press('Tab');
		await page.waitForSelector(
			'[role=alertdialog] button:focus:has-text("“.”")');
		await page.keyboard.press('Enter');
		await cellShows(page, 's01.c4', inLang('1.234'));
		await cellShows(page, 's01.c5', '12');
		await cellShows(page, 's02.c5', '15');
		assert.equal(await focused(page), 'cell-s01.c4');
		await page.click('.language [lang=vi]');
		await page.waitForSelector('html[lang=vi]');
		await page.waitForSelector('[role=grid]');
	});

gridScene('another language changes the words and nothing that was typed',
	async (page) => {
		const draft = page.waitForRequest(/\/draft$/);
		await type(page, 's01.c4', '12');
		await draft;
		await type(page, 's01.c5', 'abc');
		await cell(page, 's02.c4').focus();
		await paste(page, '1,234\t12.000');
		for (const lang of ['en', 'vi']) {
			await page.click(`.language [lang=${lang}]`);
			await page.waitForSelector(`html[lang=${lang}]`);
			await page.waitForSelector('[role=alertdialog]');
			await cellShows(page, 's01.c4', '12');
			await cellShows(page, 's01.c5', 'abc');
		}
		await page.keyboard.press('Escape');
		await page.keyboard.press('Control+z');
		await cellShows(page, 's01.c5', '');
	});

gridScene('what did not fit, and totals that are not what the form counts, are told ' +
	'on the page', async (page) => {
	const [first] = await figuresFor(page);
	await cell(page, 's12.c3').focus();
	const row = COLUMNS.map((c) => String(c === 'c3' ? 999999 : first[c]));
	await paste(page, `${[...row, '77', '78'].join('\t')}\r\n1\t2\t3`);
	await page.waitForSelector('.note >> text=/5 ô trong khối dán nằm ngoài biểu.*' +
		'1 dòng ở dưới dòng cuối.*2 cột ở bên phải cột cuối, \\(13\\)/');
	const told = await page.$$eval('.note tbody tr', (rows) => rows.map((tr) =>
		[...tr.querySelectorAll('td')].map((td) => td.textContent)));
	const counted = await cellText(page, 's12.c3');
	assert.deepEqual(told[0], ['999.999', counted,
		`+${written(999999 - toNumber(counted))}`]);
	assert.deepEqual(await violations(page), []);
	/* In a long grid the note is out of sight, the foot is not. */
	await page.waitForSelector('.foot .alert >> text=/5 ô trong khối dán nằm ngoài/');
	await fitsPhone(page);
	await page.setViewportSize(DESK);
	await page.click('.note button:text-is("Đã xem")');
	await page.waitForSelector('.note tbody', { state: 'detached' });
});

gridScene('a whole table copied with its heads and names goes where it belongs',
	async (page) => {
		const figures = await figuresFor(page);
		const names = await page.$$eval('.entry tbody .row-name',
			(cells) => cells.map((th) => th.textContent));
		const numbers = ['(1)', '(2)', ...COLUMNS.map((c) =>
			`(${c.slice(1)})`)];
		const lines = names.map((name, r) => [r + 1, name,
			...COLUMNS.map((c) => written(figures[r][c]))].join('\t'));
		await cell(page, 's05.c9').focus();
		await paste(page, [['TT', 'Lĩnh vực', 'Tổng số'].join('\t'),
			numbers.join('\t'), ...lines].join('\r\n'));
		await sheetShows(page, figures);
		await page.waitForSelector('.note >> text=/theo tên dòng và số cột/');
		assert.deepEqual(await violations(page), []);
	});

gridScene('what was typed but is no figure is there after a reload', async (page) => {
	await type(page, 's01.c4', '12');
	await type(page, 's01.c4', '12 bộ');
	await saved(page);
	await page.reload();
	await cellShows(page, 's01.c4', '12 bộ');
	await page.waitForSelector('[id="cell-s01.c4"][aria-invalid=true]');
	await page.waitForSelector('.stopped >> text=/1 ô chưa đúng/');
	await type(page, 's01.c4', '13');
	await page.waitForSelector('[id="cell-s01.c4"]:not([aria-invalid])');
});

gridScene('the line at the foot says the previous value and the change',
	async (page) => {
		const call = await caller(GRID.login);
		const [, id] = /reports\/(\d+)/.exec(page.url());
		const { previous } = await call('GET', `reports/${id}`);
		const before = Number(previous[COLUMNS.indexOf('c4')]);
		assert.ok(before > 0, `${before}`);
		await type(page, 's01.c4', String(before * 2));
		await page.keyboard.press('ArrowUp');
		await page.waitForSelector(`.status-line >> text=/${
			written(before).replaceAll('.', '\\.')}.*\\+100,0/`);
	});

gridScene('a wrong cell, a broken rule and the card of keys are without axe ' +
	'violations', async (page) => {
	await type(page, 's01.c4', 'abc');
	await page.waitForSelector('[id="cell-s01.c4"][aria-invalid=true]');
	const [, second] = await figuresFor(page);
	await cell(page, 's02.c4').focus();
	await paste(page, block([second]));
	await type(page, 's02.c13', String(second.c13 + 9));
	await page.waitForSelector('.broken li.bad >> text=Chứng thực');
	assert.deepEqual(await violations(page), []);
	await page.keyboard.press('?');
	await page.waitForSelector('[role=dialog]');
	assert.deepEqual(await violations(page), []);
	await page.keyboard.press('Escape');
	await page.waitForSelector('[role=dialog]', { state: 'detached' });
});
