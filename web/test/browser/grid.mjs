/*
 * The entry grid by keyboard and clipboard, on a draft of its own.
 */
import assert from 'node:assert/strict';
import { violations } from './axe.mjs';
import { caller, GRID, scene, seat, world } from './people.mjs';
import { block, cell, cellShows, cellText, COLUMNS, figuresFor, FORM, paste, saved,
	sheetShows, toNumber, type, written } from './screens.mjs';

/** The grid of a draft in which only the carried column is filled. */
async function freshEntry() {
	const page = await seat(GRID.login, '/');
	const call = await caller(GRID.login);
	const { positions: [{ unit }] } = await call('GET', 'session');
	const { id, revision } = await call('POST', 'reports', { body: {
		form: FORM, period: '2025-Q4', unit: String(unit) } });
	await call('PUT', `reports/${id}/draft`, { revision, body: { cells: {} } });
	/* Refused text of the scene before would be there again. */
	await page.evaluate(() => Object.keys(localStorage).filter((key) =>
		key.startsWith('truc.refused.')).forEach((key) =>
		localStorage.removeItem(key)));
	await page.goto(`${world.address}/reports/${id}/entry`);
	await page.waitForSelector('[role=grid]');
	/* An empty draft begins with that column. */
	await page.waitForSelector('.foot .facts >> text=/đã lưu \\d/');
	await saved(page);
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
