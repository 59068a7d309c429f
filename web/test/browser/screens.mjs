/*
 * What a person reads and does on the screens, as functions.
 */
import assert from 'node:assert/strict';
import { becomes } from '../wait.mjs';
import { PHONE, world } from './people.mjs';

export const FORM = 'II.06a/VPCP/KSTT';
export const COLUMNS = ['c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9', 'c10', 'c11',
	'c12', 'c13'];

/** "1.234" as it is written; nothing is 0. */
export function toNumber(text) {
	return Number(text.replaceAll(/[.,]/g, ''));
}

export function written(number) {
	return String(number).replace(/\B(?=(\d{3})+$)/g, '.');
}

/** On a telephone there is nothing beside the glass. */
export async function fitsPhone(page) {
	await page.setViewportSize(PHONE);
	await becomes(() => page.evaluate(() => [innerWidth,
		document.documentElement.scrollWidth]), [PHONE.width, PHONE.width]);
}

/** Is the first of these in the window as it is, whole and uncovered? */
export function isSeen(page, selector) {
	return page.locator(selector).first().evaluate((element) => {
		const box = element.getBoundingClientRect();
		const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
		return box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 &&
			box.right <= innerWidth &&
			element.contains(document.elementFromPoint(x, y));
	});
}

/* --- the entry grid ------------------------------------------------------- */

export function cell(page, id) {
	return page.locator(`[id="cell-${id}"]`);
}

export function cellText(page, id) {
	return cell(page, id).evaluate((td) =>
		td.firstChild?.nodeType === Node.TEXT_NODE ? td.firstChild.data.trim()
			: '');
}

/** The whole sheet as shown, one list of texts for each row. */
export function sheetTexts(page) {
	return page.$$eval('.matrix tbody tr', (rows) => rows.map((tr) =>
		[...tr.querySelectorAll('td')].map((td) =>
			td.firstChild?.nodeType === Node.TEXT_NODE
				? td.firstChild.data.trim() : '')));
}

export function cellShows(page, id, text) {
	return becomes(() => cellText(page, id), text);
}

/** The sheet is there with these figures. */
export function sheetShows(page, figures) {
	return becomes(() => sheetTexts(page), figures.map((row) =>
		COLUMNS.map((c) => written(row[c]))));
}

export function paste(page, text) {
	return page.evaluate((data) => {
		const transfer = new DataTransfer();
		transfer.setData('text/plain', data);
		document.activeElement.dispatchEvent(new ClipboardEvent('paste',
			{ clipboardData: transfer, bubbles: true, cancelable: true }));
	}, text);
}

/** Keys into a cell, and one that ends it. */
export async function type(page, id, keys, end = 'Enter') {
	await cell(page, id).focus();
	await page.keyboard.type(keys);
	await page.keyboard.press(end);
}

/** The server has all that was typed: nothing is kept for it any more. */
export function saved(page) {
	return page.waitForFunction(() => !Object.keys(localStorage).some((key) =>
		key.startsWith('truc.draft.') && (key.includes('form=') ||
			key.endsWith(`.${location.pathname.split('/')[2]}`))));
}

/** The number of the report, which it has from its first save on. */
export async function reportOf(page) {
	await page.waitForURL(/\/reports\/\d+/);
	return /reports\/(\d+)/.exec(page.url())[1];
}

export async function openEntry(page, period = 'Quý IV/2025', form = FORM) {
	await page.goto(world.address);
	await page.click(`.work tr:has-text("${period}"):has-text("${form}") a`);
	await page.waitForSelector('[role=grid]');
}

const FIGURES = { c4: 1200, c5: 40, c9: 3, c10: 1, c12: 2, c13: 1 };

/** The rows of a report's previous figures; null where there are none. */
export function rowsBefore(previous) {
	const rows = [];
	for (let at = 0; at < (previous?.length ?? 0); at += COLUMNS.length) {
		const row = previous.slice(at, at + COLUMNS.length)
			.map((one) => one?.value ?? one);
		rows.push(row.every((value) => typeof value === 'string')
			? Object.fromEntries(row.map((value, c) =>
				[COLUMNS[c], Number(value)])) : null);
	}
	return rows;
}

/*
 * Figures for one row that fit together whatever the quarter before left:
 * received = online + direct + carried over = settled + pending.  They go on
 * where the row before ended, so that nothing of it is far.
 */
export function rowFigures(r, carried, before) {
	const last = before ?? FIGURES;
	const c4 = last.c4 + (before ? 1 : 17 * r);
	const { c5 } = last;
	const c3 = c4 + c5 + carried;
	const { c12, c13 } = last;
	const c11 = c12 + c13;
	const c7 = c3 - c11;
	const { c9, c10 } = last;
	return { c3, c4, c5, c6: carried, c7, c8: c7 - c9 - c10, c9, c10, c11, c12,
		c13 };
}

/** Rows of figures, given what the grid shows as carried over. */
export async function figuresFor(page) {
	const texts = await sheetTexts(page);
	/* Under its number, or not opened yet. */
	const before = rowsBefore(await page.evaluate(async () => (await (
		await fetch(`/api/v1/reports/${location.pathname.split('/')[2]}${
			location.search}`)).json()).previous));
	return texts.map((row, r) =>
		rowFigures(r, toNumber(row[COLUMNS.indexOf('c6')]), before[r]));
}

/** A block as Excel copies it, from c4 on. */
export function block(figures) {
	return figures.map((row) => COLUMNS.slice(1).map((c) => written(row[c]))
		.join('\t')).join('\r\n');
}

export function sumsOf(figures) {
	return COLUMNS.map((c) => figures.reduce((sum, row) => sum + row[c], 0));
}

/* --- acts ----------------------------------------------------------------- */

export async function submit(page) {
	await page.click('.primary-act button:not(:disabled)');
	await page.waitForSelector('text=Đã trình lãnh đạo ký');
}

/** The leader goes from the work list to the report and signs it. */
export async function sign(page, period = 'Quý IV/2025', form = FORM) {
	await page.goto(world.address);
	await page.click(`.work tr:has-text("${period}"):has-text("${form}") ` +
		'a:has-text("Xem và ký")');
	await page.click('button:has-text("Ký và gửi")');
	await page.waitForSelector('text=Đã ký và gửi');
}

export async function giveReason(page, reason) {
	await page.fill('.reason textarea', reason);
	await page.click('.reason button[type=submit]');
}

/** "Mục thứ 154.850 của sổ cái" in the facts of a report; counted from 0. */
export async function ledgerNumber(page) {
	const text = await page.textContent(
		'.page-head .facts:has-text("của sổ cái")');
	return toNumber(/Mục thứ ([\d.]+) của/.exec(text)[1]) - 1;
}

/* --- the country ---------------------------------------------------------- */

export function countryPath(query) {
	return `/country?${new URLSearchParams({ form: FORM, ...query })}`;
}

/** The rows of the country table as shown. */
export async function countryRows(page) {
	await page.waitForSelector('[role=treegrid] tbody tr');
	return page.$$eval('[role=treegrid] tbody tr', (rows) => rows.map((tr) => ({
		kind: tr.className.replace('kind-', ''),
		depth: Number(tr.getAttribute('aria-level')),
		name: tr.querySelector('th > span:not(.twist)').textContent.trim(),
		reported: tr.querySelector('.coverage .figure')?.textContent ?? '',
		values: [...tr.querySelectorAll('td')].map((td) =>
			td.firstChild.data),
	})));
}

export function rowOf(rows, name) {
	const row = rows.find((r) => r.name === name);
	assert.ok(row, `no row ${name}`);
	return row;
}

export const numbers = (row) => row.values.map((v) =>
	v === '–' ? 0 : toNumber(v.replace(/^≈\s/, '')));

/**
 * Do something that asks for other figures, and wait until the table shows the
 * answer.
 */
export async function refigure(page, query, act) {
	const asked = page.waitForResponse((response) => {
		const url = new URL(response.url());
		return url.pathname === '/api/v1/figures' && Object.entries(query)
			.every(([name, value]) => url.searchParams.get(name) === value);
	});
	await act();
	const answer = await (await asked).json();
	const total = answer.rows.find((r) => r.kind === 'total').periods[0];
	const shown = total.values.map((v) => v === null ? '–' : written(v));
	await page.waitForFunction((values) => {
		const cells = document.querySelectorAll(
			'[role=treegrid] .kind-total td');
		return values.every((value, c) =>
			cells[c]?.firstChild.data === value);
	}, shown);
	return answer;
}
