// Texts with something put in, days and periods in words.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { textSlices } from '../tools/slices.mjs';
import { load } from './load.mjs';

const { fill, openTexts, setLang, t } = await load('src/i18n.ts');
const { clock, formatDay, formatInstant, formatPeriod, setNow, today } =
	await load('src/dates.ts');

test('values are put in and numbers grouped', () => {
	assert.equal(fill('còn {n} ngày', { n: 2 }), 'còn 2 ngày');
	assert.equal(fill('{n} · {n}', { n: 10599 }), '10.599 · 10.599');
	assert.equal(fill('“{q}”', { q: '1234' }), '“1234”');
});

test('one and many have their own words', () => {
	const text = '{n} {n?day|days} left';
	assert.equal(fill(text, { n: 1 }), '1 day left');
	assert.equal(fill(text, { n: 0 }), '0 days left');
	assert.equal(fill(text, { n: 21 }), '21 days left');
});

test('what is not given stays visible', () => {
	assert.equal(fill('{a} {b}', { a: 'x' }), 'x {b}');
});

test('both languages of each slice have the same texts', () => {
	const keysOf = (slice, lang) => Object.keys(JSON.parse(readFileSync(
		new URL(`../src/i18n/${slice}.${lang}.json`, import.meta.url),
		'utf8')));
	assert.ok(textSlices().includes('report'));
	for (const slice of textSlices())
		assert.deepEqual(keysOf(slice, 'vi'), keysOf(slice, 'en'), slice);
});

test('a slice\'s texts are there once it is opened, in the language of the ' +
	'moment', async () => {
	globalThis.document = { documentElement: {} };
	globalThis.location = { protocol: 'http:' };
	await setLang('vi');
	assert.equal(t('loading'), 'Đang tải…');
	assert.equal(t('work.what'), 'work.what');
	await openTexts('report');
	assert.equal(t('work.what'), 'Báo cáo');
	await setLang('en');
	assert.equal(t('work.what'), 'Report');
	assert.equal(t('loading'), 'Loading…');
	delete globalThis.document;
	delete globalThis.location;
});

test('the language is kept for the server, over TLS of this host alone',
	async () => {
		globalThis.document = { documentElement: {} };
		globalThis.location = { protocol: 'http:' };
		await setLang('en');
		assert.equal(document.cookie, 'truc_lang=en; Path=/; SameSite=Lax; ' +
			'Max-Age=31536000');
		location.protocol = 'https:';
		await setLang('vi');
		assert.equal(document.cookie, '__Host-truc_lang=vi; Path=/; ' +
			'SameSite=Lax; Max-Age=31536000; Secure');
		delete globalThis.document;
		delete globalThis.location;
	});

test('days and instants are read as they are written, in +07:00', () => {
	assert.equal(formatDay('2025-07-01'), '01/07/2025');
	assert.equal(formatInstant('2025-07-01T00:05:09+07:00'),
		'00:05 01/07/2025');
	assert.equal(formatDay('x'), 'x');
});

test('English pages have English days', () => {
	assert.equal(formatDay('2025-12-14', 'en'), '14 Dec 2025');
	assert.equal(formatDay('2025-07-01', 'en'), '1 Jul 2025');
	assert.equal(formatInstant('2025-07-01T00:05:09+07:00', 'en'),
		'00:05, 1 Jul 2025');
	assert.equal(formatDay(null, 'en'), '');
});

test('the clock is the server\'s, however wrong that of the machine is', () => {
	setNow('Wed, 31 Dec 2031 17:30:00 GMT');
	assert.deepEqual([clock(), today()], ['00:30', '2032-01-01']);
	setNow('2019-05-05T23:59:00+07:00');
	assert.deepEqual([clock(), today()], ['23:59', '2019-05-05']);
	setNow(null);
	setNow('x');
	assert.equal(today(), '2019-05-05');
});

test('the clock is that of Vietnam, whatever the machine says', () => {
	const late = Date.UTC(2025, 11, 31, 17, 30);
	assert.equal(clock(late), '00:30');
	assert.equal(today(late), '2026-01-01');
});

test('periods have names', () => {
	const names = [['2025-Q4', 'Quý IV/2025', 'Q4 2025'],
		['2025-03', 'Tháng 3/2025', '03/2025'],
		['2025-H1', '6 tháng đầu năm 2025', 'First half of 2025'],
		['2025', 'Năm 2025', '2025'], ['2025-Q5', '2025-Q5', '2025-Q5']];
	for (const [id, vi, en] of names) {
		assert.equal(formatPeriod(id, 'vi'), vi);
		assert.equal(formatPeriod(id, 'en'), en);
	}
});
