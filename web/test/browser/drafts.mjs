/*
 * One draft, several hands: two clerks at once, one person who is clerk and
 * leader, the report of a ward that no longer exists, a quarter without cases.
 */
import assert from 'node:assert/strict';
import { becomes } from '../wait.mjs';
import { violations } from './axe.mjs';
import { caller, newTab, QUIET, scene, seat, SECOND_CLERK, world } from './people.mjs';
import { block, cell, cellShows, cellText, COLUMNS, figuresFor, openEntry, paste, reportOf, saved,
	sheetTexts, submit, type, written } from './screens.mjs';

scene('two clerks on one draft: the later one is told and offered both values',
	async () => {
		const first = await seat('mot.haichau', '/');
		await openEntry(first);
		/* Neither has opened it yet: it is one draft all the same. */
		const second = await seat(SECOND_CLERK.login, '/');
		await openEntry(second);

		await cell(first, 's01.c4').click();
		await paste(first, '500\t60');
		await cellShows(first, 's01.c5', '60');
		await saved(first);
		await cell(second, 's01.c4').click();
		await second.keyboard.type('400');
		await second.keyboard.press('Enter');
		await second.waitForSelector('text=Có người vừa lưu bản nháp này');
		/* What only one of them changed is brought together by itself. */
		await cellShows(second, 's01.c5', '60');
		assert.deepEqual(await violations(second), []);
		await second.waitForSelector('.primary-act button:disabled');
		const offered = await second.$$eval('label.radio', (labels) =>
			labels.map((label) => label.textContent.trim()));
		assert.deepEqual(offered, ['400', '500']);

		assert.equal(await reportOf(first), await reportOf(second));
		await second.click('label.radio >> nth=1');
		await second.click('text=Giữ các giá trị đã chọn');
		await saved(second);
		await cellShows(second, 's01.c4', '500');
		await first.reload();
		await first.waitForSelector('[role=grid]');
		await cellShows(first, 's01.c4', '500');
	});

scene('a choice between two clerks that was left open is asked again, and ' +
	'nothing is sent before it', async () => {
	const first = await seat('mot.haichau', '/');
	await openEntry(first);
	const { pathname } = new URL(first.url());
	const call = await caller('mot.haichau');
	const onServer = async () => (await call('GET', pathname.slice(1)
		.replace('/entry', ''))).cells[COLUMNS.length + COLUMNS.indexOf('c4')];
	let second = await seat(SECOND_CLERK.login, pathname);
	await second.waitForSelector('[role=grid]');
	await type(first, 's02.c4', '33');
	await saved(first);
	await type(second, 's02.c4', '44');
	await second.waitForSelector('#conflict-title');
	for (let times = 0; times < 2; times++) {
		second = await newTab(SECOND_CLERK.login, pathname);
		await second.waitForSelector('#conflict-title');
		assert.deepEqual(await second.$$eval('label.radio', (labels) =>
			labels.map((label) => label.textContent.trim())), ['44', '33']);
		/* What is typed elsewhere waits for the choice, too. */
		await type(second, 's02.c5', `${times}`);
		assert.equal(await onServer(), '33');
	}
	await second.waitForSelector('.primary-act button:disabled');
	assert.deepEqual(await violations(second), []);
	await second.click('label.radio >> nth=0');
	await second.click('text=Giữ các giá trị đã chọn');
	await saved(second);
	assert.equal(await onServer(), '44');
});

/* The long form of this, without browsers: tests/web/test_drafts.py. */
scene('two browsers at random on one draft, with cuts: each one\'s own figures ' +
	'are there in the end', async (t) => {
	let state = Number(process.env.TRUC_SEED ?? Date.now() % 1_000_000);
	t.diagnostic(`TRUC_SEED=${state}`);
	const random = (below) => {
		state = (state * 48271 + 11) % 2147483647;
		return Math.floor(state / 65536) % below;
	};
	const pages = [await seat('mot.haichau', '/'),
		await seat(SECOND_CLERK.login, '/')];
	/* Of each page alone, and one cell of both. */
	const cells = [['s03.c4', 's03.c5', 's09.c4'], ['s04.c4', 's04.c5', 's09.c4']];
	const last = new Map();
	const lines = [true, true];
	const turn = async (at) => {
		lines[at] = !lines[at];
		await (lines[at] ? pages[at].context().unroute('**/draft')
			: pages[at].context().route('**/draft', (route) => route.abort()));
	};
	const choose = async (page) => {
		if (await page.locator('#conflict-title').count() > 0) {
			await page.click(`label.radio >> nth=${random(2)}`);
			await page.click('text=Giữ các giá trị đã chọn');
		}
	};
	/* The other one's save may come between a choice and its own: asked again. */
	const settle = async (page) => {
		do {
			await choose(page);
			await page.waitForFunction(() => document.querySelector(
				'#conflict-title') !== null || !Object.keys(localStorage).some(
				(key) => key.startsWith('truc.draft.') && key.endsWith(
					`.${location.pathname.split('/')[2]}`)));
		} while (await page.locator('#conflict-title').count() > 0);
	};
	for (const page of pages)
		await openEntry(page);
	for (let step = 1; step <= 40; step++) {
		const at = random(2);
		if (random(6) === 0) {
			await turn(at);
			continue;
		}
		const id = cells[at][random(3)];
		await type(pages[at], id, String(1000 + step));
		last.set(id, String(1000 + step));
		await choose(pages[at]);
	}
	for (const at of [0, 1])
		if (!lines[at])
			await turn(at);
	/* The one asks the other until nothing is left to be sent. */
	for (const page of [...pages, ...pages]) {
		await page.reload();
		await page.waitForSelector('[role=grid]');
		await settle(page);
	}
	for (const page of pages) {
		await page.reload();
		await page.waitForSelector('[role=grid]');
		for (const [id, figure] of last)
			if (id !== 's09.c4')
				await cellShows(page, id, written(Number(figure)));
	}
	await becomes(() => cellText(pages[0], 's09.c4'),
		await cellText(pages[1], 's09.c4'));
});

scene('the list of reports begins with the newest', async () => {
	const page = await seat('canbo.hoatien', '/reports');
	assert.match(await page.textContent('.ledger tbody tr >> nth=0'),
		/Quý IV\/2025.*Xã Hòa Tiến/);
});

scene('a quarter without cases is reported in one act and signed by the same ' +
	'person', async () => {
	const page = await seat(QUIET.login, '/');
	assert.match(await page.textContent('.standing'),
		/cán bộ tổng hợp.*lãnh đạo đơn vị/);
	await openEntry(page);
	await page.click('button:has-text("Không phát sinh")');
	/* A year ago there were cases, so it is told why. */
	await page.getByLabel(/Vì sao kỳ này không phát sinh/).fill('Lũ chia cắt');
	await page.click('button:has-text("Trình báo cáo không phát sinh")');
	await page.click('button:has-text("Ký và gửi")');
	await page.waitForSelector('text=Đã ký và gửi');
	await becomes(async () => [...new Set((await sheetTexts(page)).flat())],
		['0']);
});

scene('cases that the last period left open are no quarter without cases',
	async () => {
		const page = await seat('mot.haichau', '/');
		await openEntry(page);
		await page.click('button:has-text("Không phát sinh")');
		await page.waitForSelector('button:has-text("Trình báo cáo ' +
			'không phát sinh"):disabled');
		assert.match(await page.textContent('main'),
			/Kỳ trước còn để lại việc chưa xong/);
		assert.deepEqual(await violations(page), []);
	});

scene('what is submitted is taken back before it is signed, and who was about ' +
	'to sign it hears so', async () => {
	const clerk = await seat(SECOND_CLERK.login, '/');
	await openEntry(clerk);
	await cell(clerk, 's01.c4').click();
	await paste(clerk, block(await figuresFor(clerk)));
	await submit(clerk);
	const { pathname } = new URL(clerk.url());
	const leader = await seat('mot.haichau', pathname);
	await leader.waitForSelector('button:has-text("Ký và gửi")');

	await clerk.click('button:has-text("Rút lại")');
	await clerk.waitForSelector('.said:has-text("Đã rút lại")');
	await clerk.waitForSelector('.page-head .state:has-text("Bản nháp")');
	await leader.click('button:has-text("Ký và gửi")');
	await leader.waitForSelector('.said:has-text("nay ở trạng thái “Bản nháp”")');
	await leader.waitForSelector('button:has-text("Ký và gửi")',
		{ state: 'detached' });
	assert.deepEqual(await violations(leader), []);
	await becomes(() => clerk.$$eval('.history tbody th', (heads) =>
		heads.map((th) => th.textContent)), ['Trình ký', 'Rút lại']);

	/* And the other way round: signed first, there is nothing to take back. */
	await clerk.click('.foot a:has-text("Nhập tiếp")');
	await submit(clerk);
	await leader.goto(world.address + pathname);
	await leader.click('button:has-text("Ký và gửi")');
	await leader.waitForSelector('text=Đã ký và gửi');
	await clerk.click('button:has-text("Rút lại")');
	await clerk.waitForSelector('.said:has-text("nay ở trạng thái “Đã gửi”")');
});

scene('the missing report of an abolished ward is made up for by its successor',
	async () => {
		const page = await seat('mot.haichau', '/');
		await page.waitForSelector('.work tr:has-text("Phường Thanh Bình")');
		await openEntry(page, 'Quý I/2025');
		await cell(page, 's01.c4').click();
		await paste(page, block(await figuresFor(page)));
		await submit(page);
		await page.click('button:has-text("Ký và gửi")');
		await page.waitForSelector('text=Đã ký và gửi');
		assert.match(await page.textContent('.page-head'),
			/Phường Thanh Bình.*muộn/s);
	});
