/*
 * A report on paper, as the browser's own PDF has it: head, rows, one sum and the
 * signatures where the official form has them, on one page and over several.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caller, scene, seat } from './people.mjs';
import { FORM, written } from './screens.mjs';

const middle = (word) => (word.y + word.bottom) / 2;
const height = (word) => word.bottom - word.y;

/* A letter that a font lacks is of another one, and parts its word. */
function whole(words) {
	const joined = [];
	for (const word of [...words].sort((a, b) => a.x - b.x)) {
		const last = joined.find((w) => Math.abs(middle(w) - middle(word)) <
			height(w) / 3 && Math.abs(word.x - w.right) < height(w) / 10);
		if (last)
			Object.assign(last, { text: last.text + word.text,
				right: word.right });
		else
			joined.push({ ...word });
	}
	/* As they are read. */
	return joined.sort((a, b) => Math.abs(middle(a) - middle(b)) >
		height(a) / 3 ? middle(a) - middle(b) : a.x - b.x);
}

/** Pages of words with their places: [{ text, x, y, right, bottom }]. */
function wordsOf(pdf) {
	const folder = mkdtempSync(join(tmpdir(), 'truc-print-'));
	try {
		const file = join(folder, 'report.pdf');
		writeFileSync(file, pdf);
		const told = execFileSync('pdftotext', ['-bbox', file, '-'],
			{ encoding: 'utf8' });
		return told.split('<page ').slice(1).map((page) => whole([...page.matchAll(
			/xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</g)]
			.map(([, x, y, right, bottom, text]) => ({ x: +x, y: +y,
				right: +right, bottom: +bottom, text }))));
	} finally {
		rmSync(folder, { recursive: true });
	}
}

const hasTool = (() => {
	try {
		execFileSync('pdftotext', ['-v'], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
})();

/** Words that lie over each other by more than a hair. */
function overlaps(words) {
	return words.flatMap((a, i) => words.slice(i + 1).filter((b) =>
		Math.min(a.right, b.right) - Math.max(a.x, b.x) > 1 &&
		Math.min(a.bottom, b.bottom) - Math.max(a.y, b.y) > 4)
		.map((b) => `${a.text} / ${b.text}`));
}

/** What of a row's name is on its first line, however narrow. */
const begin = (row) => row.name_vi.split(' ').slice(0, 4).join(' ');

/** Whom the chairman's commune reports to. */
const RECEIVER = 'Thành phố Đà Nẵng';

/** A report that was signed, and what the official form says of it. */
async function signed() {
	const call = await caller('chutich.hoatien');
	const { items } = await call('GET', 'reports?limit=100');
	for (const { id, form } of items.filter((r) => r.form === FORM)) {
		const report = await call('GET', `reports/${id}`);
		const history = await call('GET', `reports/${id}/history`);
		const sign = history.items.find((act) => act.act === 'sign' &&
			act.version === report.version);
		if (sign)
			return { report, sign, submit: history.items.find((act) =>
				act.act === 'submit'), form: await call('GET',
				`forms/${encodeURIComponent(form)}?period=${report.period}`) };
	}
	throw new Error('nothing was signed');
}

/** A form of so many rows that it goes over the end of a page. */
async function lengthen(page, rows) {
	const names = [1, 2, 3].flatMap((n) => rows.map((row) =>
		({ name_vi: `L${n} ${row.name_vi}` })));
	await page.$eval('.matrix tbody', (body, added) => {
		const own = [...body.rows];
		added.forEach(({ name_vi }, n) => {
			const row = own[n % own.length].cloneNode(true);
			row.querySelector('.row-name').textContent = name_vi;
			body.append(row);
		});
	}, names);
	return [...rows, ...names];
}

async function pages(page, options) {
	return wordsOf(await page.pdf(options));
}

/** The name of a group of columns is in the middle over them. */
async function groupsAreOverColumns(page, words) {
	const across = (some) => (some[0].x + some.at(-1).right) / 2;
	const groups = await page.$$eval('.matrix th.group', (heads) =>
		heads.map((th) => ({ name: th.innerText.trim(), span: th.colSpan })));
	const labels = words.filter((w) => /^\(\d+\)$/.test(w.text)).slice(2);
	let column = 0;
	for (const { name, span } of groups) {
		const under = labels.slice(column, column += span);
		const parts = name.split(' ');
		const at = words.findIndex((_, i) => parts.every((part, n) =>
			words[i + n]?.text === part));
		assert.ok(at >= 0, name);
		const off = across(words.slice(at, at + parts.length)) - across(under);
		assert.ok(Math.abs(off) < 6, `${name} is off by ${off} pt`);
	}
}

function bodyIsRight(found, form) {
	const tops = [];
	for (const words of found) {
		assert.deepEqual(overlaps(words), []);
		tops.push(words.filter((w) => w.text === '(2)').map((w) => w.bottom));
	}
	const text = found.map((words) => words.map((w) => w.text).join(' '));
	const all = text.join(' ');
	for (const row of form.rows)
		assert.ok(all.includes(begin(row)), row.name_vi);
	/* One sum, on the page of the last row and under it. */
	const last = begin(form.rows[form.rows.length - 1]);
	const sums = found.flatMap((words, n) => words.filter((w) =>
		w.text === 'Cộng').map((w) => ({ n, y: w.y })));
	assert.equal(sums.length, 1);
	assert.ok(text[sums[0].n].indexOf(last) >= 0);
	/* The head is above the rows of each page that has some. */
	found.forEach((words, n) => {
		const rows = form.rows.filter((row) =>
			text[n].includes(begin(row)));
		if (rows.length === 0)
			return;
		assert.equal(tops[n].length, 1, `the head on page ${n + 1}`);
		const first = words.find((w) => w.text === rows[0].name_vi
			.split(' ')[0] && w.y > tops[n][0]);
		assert.ok(first, `${rows[0].name_vi} is under the head`);
	});
	return text;
}

scene('whom a report is sent to is told as of the day of its signing',
	async () => {
		const call = await caller('chutich.hoatien');
		const { items } = await call('GET', 'reports?limit=100');
		const to = async (period) => (await call('GET', `reports/${items.find(
			(r) => r.period === period && r.unit_name === 'Xã Hòa Tiến').id}`))
			.above_name;
		assert.deepEqual([await to('2025-Q2'), await to('2025-Q3')],
			['Huyện Hòa Vang', RECEIVER]);
	});

scene('a report on paper is the official form, on one page and on several',
	async (t) => {
		if (!hasTool)
			return t.skip('no pdftotext (poppler-utils)');
		const { report, sign, submit, form } = await signed();
		const page = await seat('chutich.hoatien', `/reports/${report.id}`);
		await page.waitForSelector('.history tbody');
		const [day, month, year] = [sign.at.slice(8, 10),
			sign.at.slice(5, 7), sign.at.slice(0, 4)];
		const said = [`Biểu số ${form.code}`, report.unit_name,
			`Đơn vị nhận báo cáo: ${RECEIVER}`, `Ban hành theo ${form.legal_basis}`, 'Kỳ báo cáo:',
			`mục thứ ${written(report.ledger_index + 1)} của sổ cái`,
			`Ngày ${day} tháng ${month} năm ${year}`, sign.person,
			...submit?.person ? [submit.person] : []];

		const one = await pages(page, { preferCSSPageSize: true });
		await groupsAreOverColumns(page, one[0]);
		const whole = bodyIsRight(one, form);
		const joined = whole.join(' ');
		for (const words of said)
			assert.ok(joined.replace(/\s+/g, ' ').includes(words)
				|| words.split(' ').every((w) => joined.includes(w)), words);
		assert.match(joined, /NGƯỜI LẬP BIỂU/i);
		assert.match(joined, /THỦ TRƯỞNG ĐƠN VỊ/i);
		whole.forEach((text, n) => assert.ok(
			text.includes(`${n + 1}/${whole.length}`), `page ${n + 1}`));

		const long = { ...form, rows: await lengthen(page, form.rows) };
		const found = await pages(page, { preferCSSPageSize: true });
		assert.ok(found.length > 1);
		const text = bodyIsRight(found, long);
		/* Both signatures are together on the last page. */
		assert.match(text.at(-1), /NGƯỜI LẬP BIỂU.*THỦ TRƯỞNG ĐƠN VỊ/i);
		return undefined;
	});
