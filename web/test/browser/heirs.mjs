/*
 * A commune that went whole to one ward turns out to have been divided between
 * two.  Each may correct its old reports; the city names the one that signs, by
 * keyboard.  After the last stop: the units are changed while the program rests.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { violations } from './axe.mjs';
import { caller, closeAll, newPage, scene, signIn, world } from './people.mjs';
import { FORM } from './screens.mjs';
import { truc } from './world.mjs';

const CITY = 'hue';
const REFORM = '2025-07-01';
const PERIOD = '2025-Q1';
const ACT = '12/QĐ-UBND';

const person = (login, roles, unit) => ({ login, name: `Lê Thị ${login}`,
	positions: roles.map((role) => `${role}@area:${unit.code}@${REFORM}`) });

/** The city, two of its wards, and an old commune that went to the first. */
async function places() {
	const call = await caller('trungtam');
	const { items: [city] } = await call('GET', `units?level=1&q=${CITY}`);
	const { items: wards } = await call('GET', `units?parent=${city.id}`);
	const heirs = wards.slice(0, 2);
	const { predecessors } = await call('GET', `units/${heirs[0].id}`);
	const old = predecessors.find((p) => p.date === REFORM);
	return { city, heirs, old };
}

function divide({ heirs, old }) {
	const file = join(world.folder, 'changes.json');
	writeFileSync(file, JSON.stringify({ changes: heirs.map((heir) => ({
		act: 'succession', from: String(old.unit), to: String(heir.id),
		on: REFORM, kind: 'part' })) }));
	return truc('test-reorganise', '--data', world.data, file);
}

/** The first heir proposes a correction of the commune's report. */
async function propose({ old }) {
	const call = await caller('mot.thuake');
	const { items: [{ id }] } = await call('GET',
		`reports?unit=${old.unit}&period=${PERIOD}`);
	let report = await call('GET', `reports/${id}`);
	report = await call('POST', `reports/${id}/amend`, {
		revision: report.revision, body: { reason: 'Sót một hồ sơ' } });
	const form = await call('GET', `forms/${encodeURIComponent(FORM)}` +
		`?period=${PERIOD}`);
	const cells = Object.fromEntries(form.cells.map((cell, n) =>
		[cell, report.cells[n]]));
	for (const cell of form.cells.filter((c) => c.startsWith('s01.')))
		cells[cell] = ['s01.c3', 's01.c7', 's01.c11'].includes(cell) ? null
			: { value: ['s01.c4', 's01.c8'].includes(cell) ? '1' : '0',
				/* It is far from what came before. */
				remark: 'Sót một hồ sơ' };
	report = await call('PUT', `reports/${id}/draft`, {
		revision: report.revision, body: { cells } });
	await call('POST', `reports/${id}/submit`, { revision: report.revision });
	return id;
}

const row = (old) => `.work tr:has-text("${old.name}"):has-text("Quý I/2025")`;

scene('the city names by keyboard the heir that signs for a divided commune',
	async () => {
		const where = await places();
		const { city, heirs, old } = where;
		await closeAll();
		await world.whileStopped(async () => {
			await divide(where);
			await world.addPerson(person('mot.thuake', ['clerk', 'leader'],
				heirs[0]));
			await world.addPerson(person('hai.thuake', ['clerk', 'leader'],
				heirs[1]));
			await world.addPerson(person('ba.thuake', ['collector'], city));
		});
		const id = await propose(where);

		const first = await signIn(await newPage(), 'mot.thuake');
		await first.goto(`${world.address}/reports/${id}`);
		await first.waitForSelector('.note >> text=/chưa chỉ định/');
		assert.equal(await first.locator('button:has-text("Ký và gửi")')
			.count(), 0);

		const page = await signIn(await newPage(), 'ba.thuake');
		await page.goto(world.address);
		await page.focus(`${row(old)} a:has-text("Chỉ định đơn vị ký")`);
		await page.keyboard.press('Enter');
		await page.waitForSelector('#heir-unit');
		assert.deepEqual(await violations(page), []);
		await page.focus('#heir-unit');
		for (let n = 0; n < heirs.length && await page.inputValue(
			'#heir-unit') !== String(heirs[1].id); n++)
			await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Tab');
		await page.keyboard.type(ACT);
		await page.keyboard.press('Tab');
		await page.keyboard.type('Giữ hồ sơ');
		await page.focus('form.narrow button[type=submit]');
		await page.keyboard.press('Enter');
		await page.waitForSelector(`section td:text-is("${ACT}")`);
		await page.waitForSelector(
			`section p:has-text("cấp trên đã chỉ định ${heirs[1].name}")`);
		await page.goto(world.address);
		await page.waitForSelector('.work, .empty');
		assert.equal(await page.locator(`${row(old)} a:has-text("Chỉ định")`)
			.count(), 0);

		const second = await signIn(await newPage(), 'hai.thuake');
		await second.goto(world.address);
		await second.click(`${row(old)} a:has-text("Xem và ký")`);
		await second.click('button:has-text("Ký và gửi")');
		await second.waitForSelector('text=Đã ký và gửi');
		await closeAll();
	});
