/*
 * docs/country.png: the country screen as the Centre's viewer sees it, for the
 * README.  TRUC_BIN names the program, TRUC_DEMO may name a demonstration.
 */
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { World } from '../test/browser/world.mjs';

const FILE = fileURLToPath(new URL('../../docs/country.png', import.meta.url));
const WIDE = { width: 1366, height: 768 };
const PROVINCE = 'Thành phố Hà Nội';

const world = await World.start();
try {
	const page = await world.browser.newPage({ viewport: WIDE,
		locale: 'vi-VN' });
	await page.goto(`${world.address}/country?period=2025-Q3`);
	await page.fill('#login', 'trungtam');
	await page.fill('#password', world.password);
	await page.click('main button[type=submit]');
	await page.click(`th:has-text("${PROVINCE}") .opens`);
	await page.waitForSelector('[aria-level="3"]');
	await page.click('.kind-total td >> nth=0');
	await page.waitForSelector('.trace .parts');
	await page.mouse.move(0, 0);
	await page.screenshot({ path: FILE });
} finally {
	await world.stop();
}
console.log(`docs/country.png: ${Math.round(statSync(FILE).size / 1024)} KB`);
