/*
 * The whole main job by keyboard alone, in both languages: a commune's report from
 * the sign-in to the nation's total, sent back once on the way.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { tabTo } from './keys.mjs';
import { KEYBOARD_COLLECTOR, KEYBOARDS, newPage, scene, world } from './people.mjs';
import { countryPath, figuresFor, FORM } from './screens.mjs';
import { OFFICE } from './world.mjs';

const TYPED = ['c4', 'c5', 'c6', 'c8', 'c9', 'c10', 'c12', 'c13'];

/** The words of the screens in a language. */
function wordsOf(lang) {
	const texts = ['ui', 'report'].map((slice) => JSON.parse(readFileSync(
		new URL(`../../src/i18n/${slice}.${lang}.json`, import.meta.url))));
	return (key) => Object.assign({}, ...texts)[key];
}

/** Somebody at a machine of their own, who never touches a mouse. */
async function sitDown(login, lang) {
	const page = await newPage();
	await page.waitForSelector('#login:focus');
	if (await page.getAttribute('html', 'lang') !== lang) {
		await tabTo(page, `.language [lang=${lang}]`);
		await page.keyboard.press('Enter');
		await page.waitForSelector(`html[lang=${lang}]`);
		await tabTo(page, '#login');
	}
	await page.waitForSelector(`.office strong:text-is("${OFFICE.name}")`);
	await page.waitForSelector(`.office a:text-is("${OFFICE.telephone}")`);
	await page.keyboard.type(login);
	await page.keyboard.press('Tab');
	await page.keyboard.type(world.password);
	await page.keyboard.press('Enter');
	await page.waitForSelector('.standing');
	return page;
}

async function press(page, selector) {
	await page.waitForSelector(selector);
	await tabTo(page, selector);
	await page.keyboard.press('Enter');
}

/** The work list's way to a period's report. */
async function openWork(page, period) {
	await page.waitForSelector('.work .next');
	const label = await page.$$eval('.work tr', (rows, [form, quarter]) =>
		rows.find((row) => row.textContent.includes(form) &&
			row.textContent.includes(quarter))
			.querySelector('.next').getAttribute('aria-label'),
	[FORM, period]);
	await press(page, `.next[aria-label="${label}"]`);
	await page.waitForSelector('[role=grid]');
}

/** On with the one act that Ctrl+Enter stands for, and what is said then. */
async function primary(page, act, done) {
	await page.waitForSelector(
		`.primary-act button:not(:disabled):has-text("${act}")`);
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector(`text=${done.split(/[.,]/)[0]}`);
}

async function signs(page, word) {
	await primary(page, word('act.submit'), word('done.submit'));
	await primary(page, word('act.sign'), word('done.sign'));
}

for (const [lang, { login, unit, period }] of Object.entries(KEYBOARDS))
	scene(`the main job by keyboard alone (${lang})`, async () => {
		const word = wordsOf(lang);
		const clerk = await sitDown(login, lang);
		await openWork(clerk, period);
		const figures = await figuresFor(clerk);
		await tabTo(clerk, '[role=gridcell]');
		for (const row of figures)
			for (const column of TYPED) {
				await clerk.keyboard.type(String(row[column]));
				await clerk.keyboard.press('Tab');
			}
		await clerk.keyboard.press('?');
		await clerk.waitForSelector('[role=dialog]');
		await clerk.keyboard.press('Escape');
		await signs(clerk, word);

		const collector = await sitDown(KEYBOARD_COLLECTOR.login, lang);
		await collector.keyboard.press('g');
		await collector.keyboard.press('b');
		await press(collector, `.pick a:has-text("${unit}")`);
		await press(collector,
			`.chosen button:has-text("${word('act.send_back')}")`);
		await collector.waitForSelector('.reason textarea');
		await tabTo(collector, '.reason textarea');
		await collector.keyboard.type('Đề nghị kiểm tra lại cột 4.');
		await press(collector, '.reason button[type=submit]');
		await collector.waitForSelector(
			`.chosen .state:has-text("${word('state.returned')}")`);

		await clerk.keyboard.press('g');
		await clerk.keyboard.press('v');
		await openWork(clerk, period);
		await tabTo(clerk, '[role=gridcell]');
		await clerk.keyboard.type(String(figures[0].c4 + 1));
		for (let stop = 0; stop < TYPED.indexOf('c8'); stop++)
			await clerk.keyboard.press('Tab');
		await clerk.keyboard.type(String(figures[0].c8 + 1));
		await clerk.keyboard.press('Enter');
		await signs(clerk, word);

		await collector.waitForSelector(
			`.chosen button:has-text("${word('act.accept')}")`);
		await press(collector,
			`.chosen button:has-text("${word('act.accept')}")`);
		await collector.waitForSelector(
			`.chosen .state:has-text("${word('state.accepted')}")`);

		const centre = await sitDown('trungtam', lang);
		await centre.goto(world.address + countryPath({ period: '2025-Q4' }));
		await centre.waitForSelector('.kind-total');
		await tabTo(centre, '[role=treegrid] [tabindex="0"]');
		await centre.keyboard.press('ArrowDown');
		await centre.keyboard.press('ArrowRight');
		await centre.waitForSelector('[aria-level="3"]');
		await centre.keyboard.press('ArrowRight');
		await centre.keyboard.press('Enter');
		await centre.waitForSelector('.hero');
		await centre.keyboard.press('Escape');
		await centre.waitForSelector('.hero', { state: 'detached' });
		assert.ok(await centre.evaluate(() =>
			document.activeElement.closest('[role=treegrid]') !== null));
		for (const page of [clerk, collector, centre])
			await page.context().close();
	});
