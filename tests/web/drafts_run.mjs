/*
 * Two browsers on one draft, with a line that breaks, against a real server:
 *
 *	node drafts_run.mjs ADDRESS '{"seed", "steps", "tokens", "form", "period",
 *	"unit"}'
 *
 * Each figure that is typed is another one, so that every figure on the server
 * has a history: what its typist saw in the cell, and what was chosen over what.
 * A figure may only give way to one that was typed or chosen over it.
 */
import assert from 'node:assert/strict';
import { build } from '../../web/node_modules/esbuild/lib/main.js';
import { fileURLToPath } from 'node:url';
import { writeSlices } from '../../web/tools/slices.mjs';

const [address, text] = process.argv.slice(2);
const { seed, steps, tokens, form: code, period, unit } = JSON.parse(text);

/* ---- chance ------------------------------------------------------------- */

let state = seed;
/** 0 ... below - 1; a small generator, so that a seed is a run. */
function random(below) {
	state = (state + 0x6d2b79f5) | 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) % below;
}
const pick = (list) => list[random(list.length)];

/* ---- what may give way to what ------------------------------------------ */

/* Figures by cell: winner, "at value", to those it was put over. */
const over = new Map();

function putOver(at, winner, loser) {
	const key = `${at} ${winner}`;
	over.set(key, new Set([...over.get(key) ?? [], `${at} ${loser}`]));
}

function mayFollow(at, before, now) {
	const met = new Set();
	const ways = [`${at} ${now}`];
	while (ways.length > 0) {
		const key = ways.pop();
		if (key === `${at} ${before}`)
			return true;
		if (!met.has(key)) {
			met.add(key);
			ways.push(...over.get(key) ?? []);
		}
	}
	return false;
}

/* ---- a browser ---------------------------------------------------------- */

writeSlices();
const bundled = await build({ bundle: true, write: false, format: 'cjs',
	platform: 'node', target: 'node18', jsx: 'automatic',
	jsxImportSource: 'preact', logLevel: 'silent', absWorkingDir:
	fileURLToPath(new URL('../../web', import.meta.url)),
	entryPoints: ['src/report/draft.ts'] });
const script = bundled.outputFiles[0].text;

async function ask(token, path, options = {}) {
	return fetch(`${address}${path}`, { ...options, headers: {
		...options.headers, Authorization: `Bearer ${token}` } });
}

const query = new URLSearchParams({ form: code, period, unit }).toString();

async function look(token) {
	const answer = await ask(token, `/api/v1/reports/new?${query}`);
	assert.equal(answer.status, 200);
	return answer.json();
}

const LINES = ['whole', 'whole', 'whole', 'cut', 'deaf', 'late'];

class Browser {
	constructor(token) {
		this.token = token;
		this.kept = new Map();
		this.line = 'whole';
		/* Requests on their way that nobody waits for any more. */
		this.late = [];
	}

	async send(path, options) {
		const { line } = this;
		if (line === 'cut')
			throw new TypeError('cut');
		if (line === 'late') {
			this.late.push(() => ask(this.token, path, options));
			throw new TypeError('late');
		}
		const answer = await ask(this.token, path, options);
		if (line === 'deaf') {
			await answer.arrayBuffer();
			throw new TypeError('deaf');
		}
		return answer;
	}

	/** A tab: code and timers of its own, and what the browser keeps. */
	async open() {
		const report = await look(this.token);
		const timers = this.timers = new Map();
		let number = 0;
		const module = { exports: {} };
		const { kept } = this;
		const storage = { getItem: (key) => kept.get(key) ?? null,
			setItem: (key, value) => kept.set(key, value),
			removeItem: (key) => kept.delete(key) };
		let alive = true;
		this.leave = () => {
			alive = false;
		};
		const window = { setTimeout: (act) => {
			timers.set(++number, act);
			return number;
		} };
		new Function('module', 'exports', 'fetch', 'localStorage', 'window',
			'clearTimeout', script)(module, module.exports,
			(path, { signal, ...options }) => alive ? this.send(path, options)
				: new Promise(() => undefined), storage, window,
			(timer) => timers.delete(timer) || clearTimeout(timer));
		this.draft = new module.exports.Draft(form, report, 1,
			() => undefined);
	}

	type() {
		const at = pick(typed);
		const figure = String(++figures);
		const { cells } = this.draft;
		putOver(at, figure, valueOf(cells[at]));
		this.draft.put(cells.map((cell, i) => i === at ? figure : cell));
	}

	choose() {
		const { conflict, cells } = this.draft;
		const theirs = new Set(conflict.cells.filter(() => random(2)));
		for (const at of conflict.cells) {
			const [mine, other] = [valueOf(cells[at]),
				valueOf(conflict.theirs[at])];
			putOver(at, theirs.has(at) ? other : mine,
				theirs.has(at) ? mine : other);
		}
		this.draft.choose(theirs);
	}

	/** Some time goes by: what waits for it is done. */
	async wait() {
		const acts = [...this.timers.values()];
		this.timers.clear();
		acts.forEach((act) => act());
		await this.draft.save();
	}

	async closeAndOpen() {
		if (random(2)) {
			this.draft.flush();
			await new Promise((go) => setTimeout(go));
		}
		this.draft.stop();
		this.leave();
		await this.open();
	}

	async deliver() {
		const late = this.late.splice(random(this.late.length), 1);
		for (const act of late)
			await (await act()).arrayBuffer();
	}
}

/* ---- the run ------------------------------------------------------------ */

const valueOf = (cell) => cell === null || typeof cell === 'string' ? cell
	: cell.value ?? cell.state;
const answer = await ask(tokens[0], `/api/v1/forms/${
	encodeURIComponent(code)}?period=${period}`);
const form = await answer.json();
const computed = new Set(form.rules.filter((rule) => rule.computes && !rule.carry)
	.map((rule) => rule.target));
/* Few cells, so that both are often at the same one. */
const typed = form.cells.map((id, at) => computed.has(id) ? -1 : at)
	.filter((at) => at >= 0).slice(0, 4);
let figures = 0;

let before = (await look(tokens[0])).cells;
const first = before;
async function check() {
	const now = (await look(tokens[0])).cells;
	for (const at of typed) {
		const [old, fresh] = [valueOf(before[at]), valueOf(now[at])];
		assert.ok(mayFollow(at, old, fresh), `cell ${at}: ${fresh} is there, ` +
			`typed or chosen by nobody who had seen ${old}`);
	}
	before = now;
}

const browsers = tokens.map((token) => new Browser(token));
for (const browser of browsers)
	await browser.open();
const counts = {};
const ACTS = [
	['type', 10, (browser) => browser.type()],
	['wait', 10, (browser) => browser.wait()],
	['choose', 4, (browser) => browser.draft.conflict && browser.choose()],
	['line', 5, (browser) => {
		browser.line = pick(LINES);
	}],
	['close', 2, (browser) => browser.closeAndOpen()],
	['deliver', 2, (browser) => browser.late.length > 0 && browser.deliver()],
].flatMap(([name, share, act]) => Array(share).fill([name, act]));

for (let step = 0; step < steps; step++) {
	const [name, act] = pick(ACTS);
	const browser = pick(browsers);
	const had = browser.draft.conflict !== null;
	await act(browser);
	counts[name] = (counts[name] ?? 0) + 1;
	counts.conflicts = (counts.conflicts ?? 0) +
		(!had && browser.draft.conflict !== null);
	await check();
}

/* The line is back, and everybody finishes. */
for (const browser of browsers) {
	browser.line = 'whole';
	while (browser.late.length > 0) {
		await browser.deliver();
		await check();
	}
}
for (let turn = 0; browsers.some(({ draft }) => draft.dirty || draft.conflict);
	turn++) {
	assert.ok(turn < 20, 'it never comes to rest');
	for (const browser of browsers) {
		if (browser.draft.conflict)
			browser.choose();
		await browser.wait();
		await check();
	}
}
/* Of all that was typed nothing is gone that somebody did not see. */
for (const [key] of over) {
	const [at, figure] = key.split(' ');
	assert.ok(mayFollow(Number(at), figure, valueOf(before[at])),
		`cell ${at}: ${figure} was typed and is lost`);
}
for (const browser of browsers)
	assert.deepEqual([...browser.kept.keys()].filter((key) =>
		/^truc\.(draft|refused)/.test(key)), []);
assert.ok(typed.some((at) => valueOf(first[at]) !== valueOf(before[at])));
process.stdout.write(JSON.stringify({ ...counts, figures }));
