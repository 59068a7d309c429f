/*
 * A small world that answers as docs/api.md says, for the browser test of the
 * screens: one nation, a few provinces, the communes of one of them, the real
 * form.  It keeps state in memory and knows just enough of the life of a report;
 * the real server has its own tests.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from './load.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { fill, judge, valueOf } = await load('src/rules.ts');

const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css',
	'.js': 'text/javascript' };
const PERIODS = [['2026-Q1', '2025-12-15', '2026-03-14', false],
	['2025-Q4', '2025-09-15', '2025-12-14', true],
	['2025-Q3', '2025-06-15', '2025-09-14', true]];
const NOW = '2025-12-15T09:30:00+07:00';
const COMMUNES = ['Xã Hòa Tiến', 'Xã Hòa Vang', 'Xã Bà Nà', 'Phường Hải Châu',
	'Phường Hòa Cường', 'Phường Thanh Khê', 'Phường An Khê', 'Phường An Hải',
	'Phường Sơn Trà', 'Phường Ngũ Hành Sơn', 'Phường Hòa Khánh',
	'Phường Hải Vân', 'Phường Liên Chiểu', 'Phường Cẩm Lệ',
	'Phường Hòa Xuân', 'Phường Tam Kỳ', 'Phường Hội An', 'Phường Điện Bàn',
	'Xã Núi Thành', 'Xã Thăng Bình', 'Xã Đại Lộc', 'Xã Tiên Phước',
	'Xã Trà My', 'Xã Nam Giang', 'Đặc khu Hoàng Sa'];

function readForm() {
	const file = JSON.parse(readFileSync(join(root,
		'../data/forms/II.06a-VPCP-KSTT.json'), 'utf8'));
	const { columns, rows, rules } = file.versions[0];
	return {
		code: file.form.code, name_vi: file.form.name_vi,
		name_en: file.form.name_en, legal_basis: file.form.legal_basis,
		version: 1, digest: 'c0ffee'.repeat(10), columns, rows,
		cells: rows.flatMap((r) => columns.map((c) => `${r.id}.${c.id}`)),
		rules: rules.flatMap((rule) => rows.map((row) => ({
			id: `${rule.id}.${row.id}`, target: `${row.id}.${rule.target}`,
			terms: rule.terms.map((term) => ({
				cell: `${row.id}.${term.column}`, sign: term.sign ?? 1 })),
			severity: rule.severity, computes: rule.computes ?? false,
			carry: rule.carry ?? false, citation: rule.citation,
			message_vi: rule.message_vi, message_en: rule.message_en }))),
		reporters: [],
	};
}

class World {
	form = readForm();
	units = new Map();
	reports = [];
	sessions = new Map();
	closed = new Set();
	ledger = 48213;
	nextReport = 500;
	seed = 7;

	constructor() {
		const add = (id, name, level, type, parent, code) => this.units.set(id,
			{ id, name, level, type, parent, code, from: level === 0
				? '1945-09-02' : '2025-07-01', to: null });
		add(1, 'Chính phủ', 0, 'government', null, '');
		add(2, 'Bộ Tài chính', 1, 'ministry', 1, '');
		add(3, 'Bộ Y tế', 1, 'ministry', 1, '');
		[['Hà Nội', '01'], ['Huế', '46'], ['Đà Nẵng', '48'],
			['Hồ Chí Minh', '79'], ['Cần Thơ', '92']].forEach(([name, code],
			i) => add(10 + i, `Thành phố ${name}`, 1, 'municipality', 1, code));
		[['Quảng Trị', '44'], ['Gia Lai', '52'], ['Cà Mau', '96']].forEach(
			([name, code], i) => add(15 + i, `Tỉnh ${name}`, 1, 'province', 1,
				code));
		COMMUNES.forEach((name, i) => add(100 + i, name, 3,
			name.startsWith('Phường') ? 'ward' : name.startsWith('Xã')
				? 'commune' : 'special_zone', 12, String(20200 + i * 7)));
		for (const unit of this.units.values()) {
			if (unit.level === 0)
				continue;
			this.seedReport(unit.id, '2025-Q3', 'accepted');
			if (unit.level === 1)
				this.seedReport(unit.id, '2025-Q4', 'sent');
			else if (unit.id > 101)
				this.seedReport(unit.id, '2025-Q4', unit.id % 6 === 5
					? null : unit.id % 7 === 0 ? 'returned'
						: unit.id % 5 === 0 ? 'accepted' : 'sent');
		}
	}

	dice(n) {
		this.seed = (this.seed * 48271) % 2147483647;
		return this.seed % n;
	}

	seedReport(unit, period, state) {
		if (state === null)
			return;
		const before = this.find(unit, '2025-Q3');
		const cells = this.form.rows.flatMap((_, r) => {
			const carry = before ? valueOf(before.cells[r * 11 + 8])
				: String(this.dice(40));
			const online = this.dice(1800);
			const desk = this.dice(700);
			const received = online + desk + Number(carry);
			const pending = Math.floor(received / (8 + this.dice(8)));
			const settled = received - pending;
			const early = Math.floor(settled * .7);
			const late = this.dice(9) === 0 ? this.dice(12) : 0;
			return [null, online, desk, unit % 4 === 3 && period === '2025-Q4' &&
				r === 2 ? Number(carry) + 5 : Number(carry), null, early,
			settled - early - late + (unit % 4 === 3 && period === '2025-Q4' &&
				r === 2 ? 5 : 0), late, null, pending, 0].map((n) =>
				n === null ? null : String(n));
		});
		const report = this.open(unit, period);
		report.cells = fill(this.form, cells);
		report.state = state;
		report.version = 1;
		report.sent_version = 1;
		report.accepted_version = state === 'accepted' ? 1 : 0;
		report.sent_at = '2025-12-1' + this.dice(5) + 'T1' + this.dice(8) +
			':42:00+07:00';
		report.late = unit % 9 === 4;
		report.ledger_index = this.ledger++;
		report.signed = report.cells;
		if (state === 'returned')
			report.reason = 'Tổng không khớp với các ô thành phần.';
		this.note(report, 'submit', 'Trần Thị Hồng');
		this.note(report, 'sign', 'Nguyễn Văn Bình', report.ledger_index);
	}

	find(unit, period) {
		return this.reports.find((r) => r.unit === unit &&
			r.period === period);
	}

	open(unit, period) {
		const report = { id: this.nextReport++, form: this.form.code, period,
			unit, unit_name: this.units.get(unit).name, state: 'draft',
			revision: 1, version: 0, sent_at: null, late: false,
			cells: this.form.cells.map(() => null), reason: null,
			sent_version: 0, accepted_version: 0, ledger_index: null,
			signed: null, history: [] };
		this.reports.push(report);
		return report;
	}

	note(report, act, person, index = null, reason = null) {
		report.history.push({ act, at: NOW, person, unit: report.unit_name,
			version: report.version, revision: report.revision, reason,
			ledger_index: index });
	}

	previous(report) {
		const before = report.period === '2025-Q4' &&
			this.find(report.unit, '2025-Q3');
		return before ? before.cells : null;
	}

	findings(report) {
		return judge(this.form, report.cells, this.previous(report));
	}

	flags(report) {
		return this.findings(report).filter((f) => f.verdict === 'broken')
			.length;
	}

	item(report) {
		const { id, form, period, unit, unit_name, state, revision, version,
			sent_at, late } = report;
		return { id, form, period, unit, unit_name, state, revision, version,
			sent_at, late, flags: this.flags(report) };
	}

	full(report, who) {
		const judged = this.findings(report).filter((f) =>
			f.verdict !== 'not_judged');
		const acts = [];
		const own = (role) => who.positions.some((p) =>
			p.unit === report.unit && p.role === role);
		const act = (name, reason = false) => acts.push({ name,
			href: `/api/v1/reports/${report.id}/${name.replace('_', '-')}`,
			method: 'POST', needs_reason: reason });
		if (['draft', 'returned'].includes(report.state) && own('clerk')) {
			acts.push({ name: 'save', method: 'PUT', needs_reason: false,
				href: `/api/v1/reports/${report.id}/draft` });
			act('submit');
		}
		if (report.state === 'proposed' && own('leader')) {
			act('sign');
			act('send_back', true);
		}
		if (report.state === 'sent' && who.positions.some((p) =>
			p.role === 'collector')) {
			act('accept');
			act('send_back', true);
		}
		if (['sent', 'accepted'].includes(report.state) && own('clerk'))
			act('amend', true);
		return { ...this.item(report), cells: report.cells,
			previous: this.previous(report),
			findings: judged.filter((f) => f.verdict === 'broken').map((f) => ({
				rule: f.rule.id, cell: f.rule.target,
				severity: f.rule.severity, expected: f.expected,
				citation: f.rule.citation, message_vi: f.rule.message_vi,
				message_en: f.rule.message_en })),
			checks: { total: judged.length, passed: judged.filter((f) =>
				f.verdict === 'kept').length },
			deadline: '2025-12-17', reason: report.reason,
			sent_version: report.sent_version,
			accepted_version: report.accepted_version,
			digest: report.version ? 'ab12cd34'.repeat(8) : null,
			ledger_index: report.ledger_index,
			has_draft: report.state !== 'sent', actions: acts };
	}

	obligation(unit, period, who) {
		const report = this.find(unit, period);
		const mine = (role) => who.positions.some((p) => p.unit === unit &&
			p.role === role);
		const state = report?.state ?? 'not_started';
		const next = ['not_started', 'draft', 'returned'].includes(state) &&
			mine('clerk') ? 'fill' : state === 'proposed' && mine('leader')
			? 'sign' : state === 'sent' && who.positions.some((p) =>
				p.role === 'collector' && p.unit ===
				this.units.get(unit).parent) ? 'review' : 'none';
		return { form: this.form.code, form_name_vi: this.form.name_vi,
			form_name_en: this.form.name_en, period, unit,
			unit_name: this.units.get(unit).name,
			level: this.units.get(unit).level,
			deadline: period === '2025-Q4' ? '2025-12-17' : '2025-09-17',
			days_left: period === '2025-Q4' ? 2 : -89, state,
			late: report?.late ?? false, report: report?.id ?? null,
			version: report?.version ?? 0, sent_at: report?.sent_at ?? null,
			flags: report ? this.flags(report) : 0,
			closed: this.closed.has(`${period} ${unit}`), next };
	}

	children(id) {
		return [...this.units.values()].filter((u) => u.parent === id);
	}

	below(id) {
		return [id, ...this.children(id).flatMap((u) => this.below(u.id))];
	}

	values(ids, period, cells, basis) {
		const reports = ids.map((id) => this.find(id, period)).filter((r) =>
			r && (basis === 'sent' ? ['sent', 'accepted'].includes(r.state)
				: r.state === 'accepted'));
		const values = cells.map((cell) => {
			const [row, column] = cell.split('.');
			const at = this.form.cells.map((id, i) => [id, i])
				.filter(([id]) => row === 'all' ? id.endsWith(`.${column}`)
					: id === cell).map(([, i]) => i);
			const found = reports.flatMap((r) => at.map((i) =>
				valueOf(r.cells[i])).filter((v) => v !== null));
			return found.length === 0 ? null
				: found.reduce((a, b) => a + BigInt(b), 0n).toString();
		});
		const expected = ids.filter((id) => this.units.get(id).level > 0);
		return { expected: expected.length, reported: reports.length,
			late: reports.filter((r) => r.late).length, closed: false,
			restated: false, values, counts: values.map(() => 1), reports };
	}

	row(kind, unit, name, values) {
		const { reports, ...period } = values;
		return { kind, unit, name, code: this.units.get(unit)?.code ?? null,
			level: this.units.get(unit)?.level ?? null,
			child_count: unit ? this.children(unit).length : 0,
			periods: [period] };
	}

	figures(query) {
		const cells = query.get('cells')?.split(',') ??
			this.form.columns.map((c) => `all.${c.id}`);
		const basis = query.get('basis') ?? 'sent';
		const period = query.get('periods');
		const get = (ids) => this.values(ids, period, cells, basis);
		const rows = [];
		const parent = Number(query.get('children_of'));
		for (const id of (query.get('units') ?? '').split(',')
			.filter(Boolean).map(Number))
			rows.push(this.row('unit', id, this.units.get(id).name,
				get(this.below(id))));
		if (parent) {
			for (const unit of this.children(parent))
				rows.push(this.row('unit', unit.id, unit.name,
					get(this.below(unit.id))));
			if (parent !== 1)
				rows.push(this.row('other', null, '', get([parent])));
			if (parent === 1 && query.get('structure')) {
				const none = get([]);
				none.values = cells.map(() => '1204');
				rows.push(this.row('unallocated', null, '', none));
			}
			rows.push(this.row('total', parent, this.units.get(parent).name,
				get(this.below(parent))));
		}
		return { form: this.form.code, structure: query.get('structure') ??
			'own', index: this.ledger, as_of: query.get('as_of'), basis,
		apportion: query.get('apportion') ?? 'none', cells,
		periods: [{ id: period, from: '2025-09-15', to: '2025-12-14',
			structure_on: query.get('structure') ?? '2025-12-14',
			version: 1 }], rows };
	}

	trace(query) {
		const unit = Number(query.get('unit')) || 1;
		const cell = query.get('cell');
		const ids = query.get('kind') === 'other' ? [unit] : this.below(unit);
		const get = (list) => this.values(list, query.get('period'), [cell],
			query.get('basis') ?? 'sent');
		const all = get(ids);
		const parts = all.reports.map((r) => ({ unit: r.unit,
			name: r.unit_name, report: r.id, version: r.version,
			ledger_index: r.ledger_index, whole: true,
			value: get([r.unit]).values[0] ?? '0' }))
			.sort((a, b) => Number(b.value) - Number(a.value));
		const children = query.get('kind') === 'other' ? []
			: this.children(unit).map((u) => ({ unit: u.id, name: u.name,
				kind: 'unit', value: get(this.below(u.id)).values[0] }))
				.sort((a, b) => Number(b.value) - Number(a.value));
		return { unit, name: this.units.get(unit).name, cell,
			value: all.values[0], index: this.ledger,
			parts: parts.slice(0, Number(query.get('limit')) || 50), children,
			total_parts: parts.length };
	}

	unitItem(unit) {
		return { ...unit, child_count: this.children(unit.id).length };
	}
}

const PERMISSIONS = { clerk: ['report.read', 'report.edit', 'figures.read', 'unit.read'],
	leader: ['report.read', 'report.edit', 'report.sign', 'figures.read',
		'unit.read'],
	collector: ['report.read', 'report.review', 'figures.read',
		'unit.read'],
	centre: ['report.read', 'figures.read', 'unit.read'] };
const PEOPLE = { clerk: ['Trần Thị Hồng', 100, ['clerk']],
	clerk2: ['Lê Văn Tám', 100, ['clerk']],
	chair: ['Nguyễn Văn Bình', 100, ['leader']],
	both: ['Phạm Minh Châu', 101, ['clerk', 'leader']],
	province: ['Võ Thị Sáu', 12, ['collector']],
	centre: ['Đỗ Quang Huy', 1, ['centre']] };

class Refusal extends Error {
	constructor(status, code, title, errors = []) {
		super(title);
		this.document = { type: `/failures/${code}`, title, status, code,
			detail: null, request_id: '01J9ZK', errors };
	}
}

function pathNames(world, unit) {
	const names = [];
	for (let id = world.units.get(unit).parent; id;
		id = world.units.get(id).parent)
		names.push(world.units.get(id).name);
	return names;
}

function fold(text) {
	return text.normalize('NFD').replace(/[\u0300-\u036f]/g, '')
		.replace(/[đĐ]/g, 'd').toLowerCase();
}

function sessionOf(world, login) {
	const [name, unit, roles] = PEOPLE[login];
	return { person: Object.keys(PEOPLE).indexOf(login) + 1, login, name,
		locale: 'vi', demo: true, permissions: roles.flatMap((r) =>
			PERMISSIONS[r]), positions: roles.map((role) => ({ unit,
			unit_name: world.units.get(unit).name,
			unit_path: pathNames(world, unit),
			level: world.units.get(unit).level, role })) };
}

function change(world, report, who, verb, body, revision) {
	if (revision !== report.revision)
		throw new Refusal(412, 'report.stale',
			'Báo cáo đã được người khác sửa.');
	const broken = world.findings(report).filter((f) =>
		f.verdict === 'broken');
	switch (verb) {
	case 'draft':
		report.cells = world.form.cells.map((id) => body.cells[id] ?? null);
		break;
	case 'submit':
		if (broken.some((f) => f.rule.severity === 'block'))
			throw new Refusal(409, 'report.rule_broken',
				'Còn ràng buộc bắt buộc bị sai.');
		report.state = 'proposed';
		break;
	case 'sign':
		report.state = 'sent';
		report.version = report.sent_version = report.version + 1;
		report.sent_at = NOW;
		report.ledger_index = world.ledger++;
		report.signed = report.cells;
		break;
	case 'accept':
		report.state = 'accepted';
		report.accepted_version = report.version;
		world.ledger++;
		break;
	case 'send-back':
		report.state = 'returned';
		report.reason = body.reason;
		break;
	case 'amend':
		report.state = 'draft';
		report.reason = body.reason;
		break;
	default:
		throw new Refusal(404, 'route.unknown', 'Không có địa chỉ này.');
	}
	report.revision++;
	if (verb !== 'draft')
		world.note(report, verb.replace('-', '_'), who.name,
			verb === 'sign' || verb === 'accept' ? world.ledger - 1 : null,
			body?.reason ?? null);
	return world.full(report, who);
}

function answer(world, method, url, body, who, revision) {
	const query = url.searchParams;
	const path = url.pathname.replace('/api/v1', '').split('/').slice(1)
		.map(decodeURIComponent);
	const [noun, id, verb] = path;
	const forPeriod = (period) => {
		const found = PERIODS.find(([p]) => p === period);
		if (!found)
			throw new Refusal(400, 'period.unknown', 'Không có kỳ này.');
		return { ...world.form, period, window_from: found[1],
			window_to: found[2] };
	};
	switch (`${method} ${noun}${id === undefined ? '' : ' id'}`) {
	case 'GET session':
		return who;
	case 'POST session id':
		return undefined;
	case 'GET forms':
		return { items: [{ code: world.form.code, name_vi: world.form.name_vi,
			name_en: world.form.name_en, regime: 'KSTT-06',
			regime_name_vi: '', regime_name_en: '', legal_basis: '',
			versions: [] }] };
	case 'GET forms id':
		return forPeriod(query.get('period'));
	case 'GET periods':
		return { items: PERIODS.map(([p, from, to, open]) => ({ id: p, from, to,
			opens: to, structure_on: to, is_open: open,
			is_current: p === '2026-Q1', version: 1 })) };
	case 'GET obligations': {
		const unit = Number(query.get('unit'));
		const ids = unit ? [unit, ...world.children(unit).map((u) => u.id)]
			.filter((u) => world.units.get(u).level > 0)
			: who.positions.flatMap((p) => p.role === 'collector'
				? world.children(p.unit).map((u) => u.id) : [p.unit])
				.filter((u, i, all) => all.indexOf(u) === i &&
					world.units.get(u).level > 0);
		const items = ids.flatMap((u) => (query.get('period')
			? [query.get('period')] : ['2025-Q4', '2025-Q3']).map((p) =>
			world.obligation(u, p, who)));
		const counts = { all: items.length, late: items.filter((o) =>
			o.late).length };
		for (const state of ['not_started', 'draft', 'proposed', 'returned',
			'sent', 'accepted'])
			counts[state] = items.filter((o) => o.state === state).length;
		return { items, next: null, counts };
	}
	case 'GET reports':
		return { next: null, items: world.reports.filter((r) =>
			(!query.get('period') || r.period === query.get('period')) &&
			(!query.get('state') || r.state === query.get('state')) &&
			who.positions.some((p) => p.unit === r.unit ||
				world.below(p.unit).includes(r.unit)))
			.map((r) => world.item(r)) };
	case 'POST reports': {
		const unit = Number(body.unit);
		const report = world.find(unit, body.period) ??
			world.open(unit, body.period);
		if (body.nil)
			report.cells = report.cells.map(() => '0');
		if (body.submit) {
			report.state = 'proposed';
			report.revision++;
			world.note(report, 'submit', who.name);
		}
		return world.full(report, who);
	}
	case 'POST reports id':
	case 'PUT reports id':
	case 'GET reports id': {
		if (id === 'accept')
			return { items: body.ids.map((n) => {
				const report = world.reports.find((r) => r.id === n);
				report.state = 'accepted';
				report.revision++;
				return { id: n, ok: true, code: null };
			}) };
		const report = world.reports.find((r) => r.id === Number(id));
		if (!report)
			throw new Refusal(404, 'report.unknown', 'Không có báo cáo này.');
		if (verb === 'history')
			return { items: report.history };
		if (verb === undefined)
			return query.get('version') ? { ...world.full(report, who),
				actions: [], cells: report.signed ?? report.cells }
				: world.full(report, who);
		return change(world, report, who, verb, body, revision);
	}
	case 'POST closings':
		world.children(body.unit).forEach((u) =>
			world.closed.add(`${body.period} ${u.id}`));
		return { ...body, at: NOW, ledger_index: world.ledger++ };
	case 'GET figures':
		return world.figures(query);
	case 'GET figures id':
		return world.trace(query);
	case 'GET units':
		return { next: null, items: [...world.units.values()].filter((u) =>
			(!query.get('level') || u.level === Number(query.get('level'))) &&
			(!query.get('parent') || u.parent === Number(query.get('parent')))
			&& fold(u.name).includes(fold(query.get('q') ?? '')))
			.map((u) => world.unitItem(u)) };
	case 'GET units id': {
		const unit = world.units.get(Number(id));
		if (!unit)
			throw new Refusal(404, 'unit.unknown', 'Không có đơn vị này.');
		const { from, to, name, type, level, parent } = unit;
		return { ...world.unitItem(unit), versions: [{ from, to, name, type,
			level, parent }], codes: unit.code ? [{ scheme: 'area',
			code: unit.code, from, to }] : [], successors: [],
		predecessors: unit.id === 100 ? [{ unit: 101, name: 'Xã Hòa Châu',
			date: '2025-07-01', kind: 'whole',
			act: '1659/NQ-UBTVQH15' }] : [] };
	}
	}
	throw new Refusal(404, 'route.unknown', 'Không có địa chỉ này.');
}

/** A test may set cut: no call whose path ends so is answered. */
export async function startMock(port = 0) {
	const world = new World();
	const streams = new Set();
	/* asked: the addresses of all calls. */
	const state = { world, cut: '', asked: [] };
	const server = createServer(async (request, response) => {
		const url = new URL(request.url, 'http://127.0.0.1');
		const send = (status, body, headers = {}) => {
			response.writeHead(status, { 'Cache-Control': 'no-store',
				...headers });
			response.end(body);
		};
		if (!url.pathname.startsWith('/api/')) {
			const name = extname(url.pathname) ? url.pathname : '/index.html';
			try {
				send(200, readFileSync(join(root, 'dist', name)), {
					'Content-Type': TYPES[extname(name)] ?? 'text/plain' });
			} catch {
				send(404, '');
			}
			return;
		}
		if (state.cut && url.pathname.endsWith(state.cut)) {
			request.socket.destroy();
			return;
		}
		state.asked.push(url.pathname + url.search);
		let text = '';
		for await (const part of request)
			text += part;
		const body = text ? JSON.parse(text) : null;
		const token = /truc=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
		const login = world.sessions.get(token);
		const key = `${request.method} ${url.pathname}`;
		try {
			if (key === 'POST /api/v1/session') {
				if (!PEOPLE[body.login] || body.password !== 'demo')
					throw new Refusal(401, 'session.wrong',
						'Tên đăng nhập hoặc mật khẩu không đúng.');
				const fresh = Math.random().toString(36).slice(2);
				world.sessions.set(fresh, body.login);
				send(200, JSON.stringify(sessionOf(world, body.login)), {
					'Content-Type': 'application/json',
					'Set-Cookie': `truc=${fresh}; HttpOnly; Path=/` });
				return;
			}
			if (url.pathname.endsWith('/checkpoint')) {
				send(200, `truc.vn/so-cai\n${world.ledger}\nq2Z5\n`);
				return;
			}
			if (!login)
				throw new Refusal(401, 'access.login', 'Hãy đăng nhập.');
			if (key === 'DELETE /api/v1/session') {
				world.sessions.delete(token);
				send(204, '');
				return;
			}
			if (key === 'GET /api/v1/events/stream') {
				response.writeHead(200, {
					'Content-Type': 'text/event-stream' });
				response.write('retry: 2000\nid: 1.0\n\n');
				streams.add(response);
				response.on('close', () => streams.delete(response));
				return;
			}
			const revision = Number((request.headers['if-match'] ?? '')
				.replace(/"/g, ''));
			const result = answer(world, request.method, url, body,
				sessionOf(world, login), revision);
			send(result === undefined ? 204 : 200, result === undefined ? ''
				: JSON.stringify(result), {
				'Content-Type': 'application/json' });
		} catch (error) {
			if (!(error instanceof Refusal)) {
				console.error(error);
				error.document = { status: 500, title: String(error),
					code: 'internal' };
			}
			send(error.document.status, JSON.stringify(error.document), {
				'Content-Type': 'application/problem+json' });
		}
	});
	await new Promise((ready) => server.listen(port, '127.0.0.1', ready));
	return Object.assign(state, {
		address: `http://127.0.0.1:${server.address().port}`,
		/** How many streams of events are open. */
		streams: () => streams.size,
		/** Tell all who follow that it happened to a report. */
		tell(type, report) {
			const ledger_index = world.ledger++;
			const cursor = `${ledger_index + 1}.0`;
			const event = { id: `l${ledger_index}`, type,
				object: 'report', object_id: String(report.id),
				unit: report.unit, at: NOW, ledger_index, cursor };
			for (const stream of streams)
				stream.write(`id: ${cursor}\ndata: ${
					JSON.stringify(event)}\n\n`);
		},
		stop: () => new Promise((done) => {
			server.closeAllConnections?.();
			server.close(done);
		}),
	});
}


