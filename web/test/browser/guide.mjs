/*
 * Who runs this, where to get help, and the guide: found by somebody who cannot
 * sign in, and from every screen.
 */
import assert from 'node:assert/strict';
import { violations } from './axe.mjs';
import { newPage, scene, seat } from './people.mjs';
import { OFFICE } from './world.mjs';

const LINK = 'header a:has-text("Hướng dẫn")';

async function opens(page) {
	const [guide] = await Promise.all([page.context().waitForEvent('page'),
		page.click(LINK)]);
	await guide.waitForSelector('h1:has-text("Hướng dẫn")');
	return guide;
}

scene('somebody who cannot sign in finds who helps, and the guide', async () => {
	const page = await newPage();
	await page.waitForSelector('#login');
	const text = await page.innerText('main');
	assert.ok(text.includes(OFFICE.name) && text.includes(OFFICE.telephone));
	const guide = await opens(page);
	assert.equal(await guide.locator('nav li').count(), 10);
	await guide.click('nav a:has-text("Dán từ Excel")');
	assert.match(guide.url(), /guide\.html#dan-tu-excel$/);
	assert.deepEqual(await violations(guide), []);
	/* On a telephone nothing runs out of the page. */
	await guide.setViewportSize({ width: 390, height: 844 });
	assert.ok(await guide.evaluate(() =>
		document.documentElement.scrollWidth <= innerWidth));
	await page.context().close();
});

scene('the guide is reached from every screen', async () => {
	for (const path of ['/', '/reports', '/units', '/password', '/country']) {
		const page = await seat('tonghop.danang', path);
		await page.waitForSelector(LINK);
	}
	const page = await seat('tonghop.danang', '/');
	const guide = await opens(page);
	await guide.close();
});
