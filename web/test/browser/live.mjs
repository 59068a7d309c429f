/*
 * What happens elsewhere reaches a screen at once, by one stream for all tabs;
 * what takes long says so.
 */
import assert from 'node:assert/strict';
import { becomes } from '../wait.mjs';
import { caller, listen, newPage, scene, signIn, startSignIn, WATCHED, world }
	from './people.mjs';
import { COLUMNS, FORM, rowFigures, rowsBefore } from './screens.mjs';

const PERIOD = '2025-Q4';
const DESK = `/review?${new URLSearchParams({ form: FORM, period: PERIOD })}`;
const UNIT = 'Phường Cẩm Lệ';

const rowShows = (page, state) => page.waitForSelector(
	`.pick tr:has-text("${UNIT}") >> text=${state}`);

/** The collector in a fresh profile, and what all their tabs ask for. */
async function atDesk() {
	const page = await signIn(await newPage(), 'tonghop.danang');
	const streams = [];
	const lists = [];
	page.context().on('request', (request) => {
		if (request.url().includes('/events/stream'))
			streams.push(request.url());
	});
	page.context().on('requestfinished', (request) => {
		const { pathname, searchParams } = new URL(request.url());
		if (pathname === '/api/v1/obligations' &&
		    searchParams.get('period') === PERIOD)
			lists.push(searchParams.get('unit'));
	});
	await page.goto(world.address + DESK);
	await page.waitForSelector('.pick');
	return { page, streams, lists };
}

/** Figures for all rows over what the last period left: {"s01.c4": "1200"}. */
function figuresOver({ cells, previous }) {
	const before = rowsBefore(previous);
	const out = {};
	for (let r = 0; r * COLUMNS.length < cells.length; r++) {
		const left = cells[r * COLUMNS.length + COLUMNS.indexOf('c6')];
		for (const [column, value] of Object.entries(
			rowFigures(r, Number(left ?? 0), before[r])))
			out[`s${String(r + 1).padStart(2, '0')}.${column}`] =
				String(value);
	}
	return out;
}

/** A report of a ward as its people see it at other machines. */
async function reportOf(person) {
	const call = await caller(person.login);
	const { positions: [{ unit }] } = await call('GET', 'session');
	const about = { form: FORM, period: PERIOD, unit: String(unit) };
	const opened = await call('POST', 'reports', { body: about });
	const open = await call('POST', 'reports', { body: { ...about,
		cells: figuresOver(opened), submit: true } });
	const collector = await caller('tonghop.danang');
	const act = async (who, name, body) => {
		const { revision } = await who('GET', `reports/${open.id}`);
		await who('POST', `reports/${open.id}/${name}`, { revision, body });
	};
	return { unit, sign: () => act(call, 'sign'),
		sendBack: () => act(collector, 'send-back', { reason: 'Kiểm tra lại.' }),
		submit: () => act(call, 'submit') };
}

scene('the desk shows what happens at once and reads that row alone; tabs share ' +
	'one stream, and the next reads when one is closed', async () => {
	const report = await reportOf(WATCHED);
	const { page: first, streams, lists } = await atDesk();
	/* The stream is open: what was shown before has been read again. */
	await becomes(() => lists.length, 2);
	await rowShows(first, 'Chờ ký');
	await report.sign();
	await rowShows(first, 'Đã gửi');
	assert.deepEqual(lists.slice(2), [String(report.unit)]);

	const second = await first.context().newPage();
	await second.goto(world.address + DESK);
	await rowShows(second, 'Đã gửi');
	await report.sendBack();
	await rowShows(first, 'Trả lại');
	await rowShows(second, 'Trả lại');
	assert.equal(streams.length, 1);

	await first.close();
	await becomes(() => streams.length, 2);
	await report.submit();
	await report.sign();
	await rowShows(second, 'Đã gửi');
	await second.context().close();
});

scene('on a slow line there are words about waiting, for the sign-in and for a ' +
	'screen\'s code', async () => {
	const context = await world.browser.newContext({ serviceWorkers: 'block' });
	const page = listen(await context.newPage());
	const waits = async (address, act) => {
		let open;
		const whole = new Promise((resolve) => {
			open = resolve;
		});
		await page.route(address, async (route) => {
			await whole;
			await route.continue();
		});
		await act();
		await page.waitForSelector('.waiting >> text=Đang tải');
		open();
	};
	await page.goto(world.address);
	await waits('**/api/v1/session', () => startSignIn(page, WATCHED.login));
	await page.waitForSelector('.standing');
	await waits('**/assets/**', () => page.click('.places a[href="/units"]'));
	await page.waitForSelector('.ledger tbody');
	await context.close();
});
