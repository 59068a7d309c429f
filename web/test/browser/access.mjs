/*
 * Every screen for everybody: no violation of WCAG, both languages complete,
 * wide and narrow, on paper, by keyboard alone.
 */
import assert from 'node:assert/strict';
import { violations } from './axe.mjs';
import { caller, DESK, GRID, newPage, scene, seat, world } from './people.mjs';
import { OFFICE } from './world.mjs';
import { MANY_STOPS, tab, tabTo } from './keys.mjs';
import { countryPath, fitsPhone, FORM } from './screens.mjs';

const review = (query) => `/review?${new URLSearchParams(
	{ form: FORM, ...query })}`;

/* Who, where, and what is there once the screen is complete. */
const SCREENS = [
	['canbo.hoatien', '/?state=all', '.work tbody'],
	['canbo.hoatien', '/', 'main h1'],
	['canbo.hoatien', '/reports', '.ledger tbody'],
	['canbo.hoatien', '/password', '#new'],
	['canbo.hoatien', countryPath({ period: '2025-Q3' }), '.kind-unit'],
	['tonghop.danang', '/', '.work tbody'],
	['tonghop.danang', review({ period: '2025-Q3' }), '.pick tbody'],
	['tonghop.danang', '/reports', '.ledger tbody'],
	['tonghop.vpcp', review({ period: '2025-Q4' }), '.pick tbody'],
	['trungtam', '/late?period=2025-Q2&show=missing', '.work tbody'],
	['trungtam', countryPath({ period: '2025-Q3' }), '.kind-total'],
	['trungtam', countryPath({ period: '2025-Q3', structure: '2025-06-30',
		trace: '1~total~all.c3' }), '.hero'],
	['trungtam', '/units?q=hoa+tien', '.ledger tbody'],
	['trungtam', '/', '.kind-total'],
	['trungtam', countryPath({ period: '2025-Q3', open: '11378' }),
		'[aria-level="3"]'],
	['quantri', '/', 'main h1'],
	['quantri.danang', '/people', '.ledger tbody'],
	['quantri.danang', '/people/new', '#invite-name'],
	['quantri.hoatien', '/people?role=clerk', '.ledger tbody'],
	['quantri.danang', '/set-password', '#set-code'],
];

/** Screens of one report, found on the way. */
async function reportScreens() {
	const page = await seat('canbo.hoatien', '/reports');
	await page.click('.ledger tbody a >> nth=0');
	await page.waitForSelector('.history tbody');
	const { pathname } = new URL(page.url());
	const unit = await seat('trungtam', '/units?q=hoa+tien');
	await unit.click('.ledger tbody a >> nth=0');
	await unit.waitForURL(/\/units\/\d+/);
	const call = await caller(GRID.login);
	const { positions: [{ unit: ward }] } = await call('GET', 'session');
	const draft = await call('POST', 'reports', { body: { form: FORM,
		period: '2025-Q4', unit: String(ward) } });
	return [
		['canbo.hoatien', pathname, '.history tbody'],
		[GRID.login, `/reports/${draft.id}/entry`, '[role=grid]'],
		['canbo.hoatien', `${pathname}?view=change`, '.history tbody'],
		['tonghop.danang', review({ period: '2025-Q3',
			report: pathname.split('/')[2] }), '.chosen .checks'],
		['trungtam', new URL(unit.url()).pathname, '.ledger tbody'],
	];
}

async function inLanguage(login, lang, path, ready) {
	const page = await seat(login);
	if (await page.getAttribute('html', 'lang') !== lang) {
		await page.click(`.language [lang=${lang}]`);
		await page.waitForSelector(`html[lang=${lang}]`);
	}
	await page.goto(world.address + path);
	await page.waitForSelector(ready);
	return page;
}

/* What is ours to say, not a name or a reason out of the data. */
const OUR_WORDS = 'button, label, legend, th[scope=col], th[scope=colgroup], ' +
	'.tabs a, .state, .hint, .places a, .matrix .row-name, h3, dt, ' +
	'.demo-band, .language';
const VIETNAMESE = /[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]/i;

/** Texts that show their key, or that nobody translated. */
async function untranslated(page, lang) {
	const logins = await page.locator('.login').allInnerTexts();
	const keys = ((await page.innerText('body')).match(
		/(?<![\w./~=@-])[a-z]+(_[a-z]+)*(\.[a-z_]+)+(?![\w/=@-])/g) ?? [])
		.filter((key) => !logins.includes(key));
	if (lang === 'vi')
		return keys.filter((key) => !/^(canbo|chutich)/.test(key));
	const names = await page.evaluate(async () => (await (await fetch(
		'/api/v1/session')).json()).positions.map((p) => p.unit_name));
	const words = await page.$$eval(OUR_WORDS, (nodes) => nodes
		.filter((node) => node.getClientRects().length > 0 &&
			!node.closest('[lang=vi], .trace .parts'))
		.map((node) => node.textContent.trim()));
	return [...keys, ...words.filter((text) => VIETNAMESE.test(text) &&
		!names.includes(text))];
}

for (const [lang, language] of [['vi', 'Vietnamese'], ['en', 'English']]) {
	scene(`every screen in ${language} is complete and without axe violations`,
		async () => {
			const found = [];
			const first = await newPage();
			await first.click(`.language [lang=${lang}]`);
			found.push(...await violations(first));
			await first.context().close();
			for (const [login, path, ready] of [...SCREENS,
				...await reportScreens()]) {
				const page = await inLanguage(login, lang, path, ready);
				found.push(...[...await violations(page),
					...await untranslated(page, lang)].map((fault) =>
					`${login} ${path}: ${fault}`));
				assert.match(await page.title(), /. · Trục$/);
			}
			assert.deepEqual(found, []);
		});
}

scene('on a telephone no screen is wider than the glass', async () => {
	for (const [login, path, ready] of [...SCREENS, ...await reportScreens()]) {
		const page = await inLanguage(login, 'vi', path, ready);
		await fitsPhone(page);
		await page.setViewportSize(DESK);
	}
});

scene('a report on paper has its figures, its state and no buttons',
	async () => {
		const page = await seat('canbo.hoatien', '/reports');
		await page.click('.ledger tbody a >> nth=0');
		await page.waitForSelector('.history tbody');
		await page.emulateMedia({ media: 'print' });
		const shown = (selector) => page.$$eval(selector, (nodes) =>
			nodes.filter((n) => n.getClientRects().length > 0).length);
		assert.equal(await shown('button, nav, .search, .quiet-line'), 0);
		assert.equal(await shown('.matrix tbody td'), 132);
		assert.equal(await shown('.page-head .state'), 0);
		assert.match(await page.innerText('.paper-head'),
			/bản \d|Bản nháp, chưa ký/);
		assert.equal(await shown('.demo-band'), 1);
		/* A4 across, less its margins, at 96 dots to the inch. */
		await page.setViewportSize({ width: 1009, height: 700 });
		assert.ok(await page.$eval('.matrix', (table) =>
			table.getBoundingClientRect().right <= 1009));
		await page.emulateMedia({ media: null });
		await page.setViewportSize(DESK);
	});

scene('every stop of the Tab key shows its focus', async () => {
	for (const [login, path, ready] of [...SCREENS, ...await reportScreens()]) {
		const page = await inLanguage(login, 'vi', path, ready);
		for (let stops = 0; stops < MANY_STOPS; stops++)
			if ((await tab(page)).out)
				break;
	}
});

for (const lang of ['vi', 'en'])
	scene(`a link to nowhere (${lang}) says so`, async () => {
		const page = await inLanguage('canbo.hoatien', lang, '/', 'main h1');
		await page.evaluate(() => {
			const link = document.createElement('a');
			link.href = '/no/such/screen';
			document.body.append(link);
			link.click();
			link.remove();
		});
		await page.waitForSelector(`main h1:has-text("${lang === 'vi'
			? 'Không có trang này' : 'There is no such page'}")`);
		assert.deepEqual([...await violations(page),
			...await untranslated(page, lang)], []);
	});

scene('the country is opened and asked by keyboard alone', async () => {
	const page = await inLanguage('trungtam', 'vi',
		countryPath({ period: '2025-Q3' }), '.kind-total');
	await tabTo(page, '[role=treegrid] [tabindex="0"]');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('ArrowRight');
	await page.waitForSelector('[aria-level="3"]');
	await page.keyboard.press('ArrowRight');
	await page.keyboard.press('Enter');
	await page.waitForSelector('.hero');
	assert.match(page.url(), /open=\d+.*trace=\d+%7Eunit%7Eall\.c3/);
	await page.keyboard.press('Escape');
	await page.waitForSelector('.hero', { state: 'detached' });
	assert.equal(await page.evaluate(() =>
		document.activeElement.closest('[role=treegrid]') !== null), true);
});

/* --- pages that the server writes ------------------------------------------ */

const PAGES = ['/about', '/sign-in', '/nowhere'];

for (const lang of ['vi', 'en'])
	scene(`pages of the server (${lang}) are without axe violations, and no ` +
		'wider than a telephone', async () => {
		const page = await newPage({ path: `/about?lang=${lang}` });
		for (const path of PAGES) {
			await page.goto(world.address + path);
			assert.equal(await page.getAttribute('html', 'lang'), lang);
			assert.deepEqual(await violations(page), [], path);
			assert.match(await page.title(), /. · Trục$/);
			await fitsPhone(page);
			for (let stops = 0; stops < MANY_STOPS; stops++)
				if ((await tab(page)).out)
					break;
			await page.setViewportSize(DESK);
		}
		await page.context().close();
	});

scene('somebody signs in and out in a browser without JavaScript', async () => {
	const context = await world.browser.newContext(
		{ javaScriptEnabled: false });
	const page = await context.newPage();
	await page.goto(world.address);
	await page.click('noscript a[href="/sign-in"]');
	await page.waitForSelector(`.office >> text=${OFFICE.telephone}`);
	await page.fill('#login', 'canbo.hoatien');
	await page.fill('#password', 'wrong password');
	await page.click('main button');
	await page.waitForSelector('main [role=alert]');
	assert.equal(await page.inputValue('#login'), 'canbo.hoatien');
	assert.equal(await page.inputValue('#password'), '');
	await page.fill('#password', world.password);
	await page.click('main button');
	await page.waitForURL(`${world.address}/`);
	await page.goto(`${world.address}/sign-in`);
	await page.click('main button:has-text("Thoát")');
	await page.waitForSelector('#login');
	assert.deepEqual((await context.cookies()).filter((c) =>
		c.name === 'truc'), []);
	await context.close();
});
