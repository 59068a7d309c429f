/*
 * The real thing to test on: the demonstration of the whole country, served by
 * the program under test, and a browser before it.  One world for a run.
 *
 *   TRUC_BIN   the program
 *   TRUC_DEMO  a folder made by `truc demo`, to be copied; without it one is made
 *   TRUC_WEB   the built client (default web/dist)
 *   TRUC_OUT   where screenshots of failures go (default: the temporary folder)
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { SCENE_MS } from '../wait.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--headless', '--disable-gpu', '--disable-quic',
	'--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync',
	...process.getuid() === 0 ? ['--no-sandbox'] : []];

/* Who runs it, as an operator would set it in truc.conf. */
export const OFFICE = { name: 'Văn phòng Chính phủ',
	telephone: '0200 000 000' };

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const run = promisify(execFile);

function program() {
	assert.ok(process.env.TRUC_BIN, 'TRUC_BIN names no program to test');
	return process.env.TRUC_BIN;
}

/** A command of the program; what it printed. */
export async function truc(...words) {
	const { stdout } = await run(program(), words,
		{ timeout: SCENE_MS, maxBuffer: 1 << 26 });
	return stdout;
}

async function fillFolder(data) {
	if (process.env.TRUC_DEMO) {
		cpSync(process.env.TRUC_DEMO, data, { recursive: true });
		return;
	}
	await truc('demo', '--data', data, '--units',
		process.env.TRUC_DATA_NODE_MODULES ??
		at('../../../data/node_modules'));
}

/** Start the server; its address, once it says that it is ready. */
async function serve(data) {
	const child = spawn(program(), ['serve', '--data', data, '--listen',
		'127.0.0.1:0', '--web', process.env.TRUC_WEB ?? at('../../dist')],
	{ stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env,
		TRUC_REPORT_OWED_SINCE: '2024', // when the demonstration begins
		TRUC_OFFICE_NAME: OFFICE.name,
		TRUC_OFFICE_TELEPHONE: OFFICE.telephone } });
	let log = '';
	child.stderr.on('data', (text) => {
		log += text;
	});
	for await (const line of createInterface({ input: child.stdout })) {
		const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
		if (found)
			return { child, address: found[0] };
	}
	throw new Error(`the server did not start: ${log}`);
}

export class World {
	static async start({ people = [] } = {}) {
		const world = new World();
		world.folder = mkdtempSync(join(tmpdir(), 'truc-browser-'));
		try {
			world.data = join(world.folder, 'data');
			await fillFolder(world.data);
			world.password = /password: (\S+)/.exec(readFileSync(
				join(world.data, 'demo.txt'), 'utf8'))[1];
			for (const person of people)
				await world.addPerson(person);
			Object.assign(world, await serve(world.data));
			world.browser = await chromium.launch(
				{ executablePath: CHROMIUM, args: FLAGS });
		} catch (error) {
			await world.stop();
			throw error;
		}
		return world;
	}

	async addForm(form) {
		const file = join(this.folder, 'form.json');
		writeFileSync(file, JSON.stringify(form));
		await truc('import', 'form', file, '--data', this.data);
	}

	async addPerson({ login, name, positions }) {
		const file = join(this.folder, 'password');
		writeFileSync(file, `${this.password}\n`, { mode: 0o600 });
		await truc('user', 'add', login, '--data', this.data, '--name', name,
			'--password-file', file,
			...positions.flatMap((position) => ['--position', position]));
	}

	/** Do what needs the data folder alone; then the address is another one. */
	async whileStopped(act) {
		await this.stopServer();
		await act();
		Object.assign(this, await serve(this.data));
	}

	async stopServer() {
		if (this.child && this.child.exitCode === null) {
			this.child.kill('SIGTERM');
			await once(this.child, 'exit');
		}
	}

	async stop() {
		await this.browser?.close();
		await this.stopServer();
		rmSync(this.folder, { recursive: true, force: true });
	}
}
