// The rules of a form in the browser. Same meaning as src/regime/rules.c;
// tests/corpus/rules keeps both equal. No imports, so that it can be tested
// alone. Figures are exact: BigInt, never a floating-point number.

export type CellObject = {
	state?: 'none' | 'missing' | 'withheld';
	value?: string;
	remark?: string;
};
/** As in a report: text = value, null = missing, object = the rest. */
export type Cell = string | null | CellObject;

export type RuleColumn = {
	id: string;
	scale: number;
	lo: string;
	hi: string;
};
export type RuleTerm = { cell: string; sign: number };
export type Rule = {
	id: string;
	target: string;
	terms: RuleTerm[];
	severity: 'block' | 'explain' | 'note';
	computes: boolean;
	carry: boolean;
	citation?: string;
	message_vi?: string;
	message_en?: string;
};
/** What a figure is held against; the parts of it that a finding shows. */
export type Plausible = {
	id: string;
	citation?: string;
	message_vi?: string;
	message_en?: string;
};
/** The parts of GET /api/v1/forms/{code} that the rules need. */
export type RuleForm = {
	columns: RuleColumn[];
	cells: string[];
	rules: Rule[];
	plausible?: Plausible[];
};
/** Of a report: what a cell is expected to hold, beside what came before. */
export type Expected = {
	rule: string;
	cell: string;
	low: string;
	high: string;
	last: string | null;
	year: string | null;
	usual: string | null;
};

export type Verdict = 'not_judged' | 'kept' | 'broken';
/** expected is the sum of the terms, "0" where a rule is not judged. */
export type Finding = { rule: Rule; verdict: Verdict; expected: string };

type State = 'missing' | 'value' | 'none' | 'withheld';

const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

const POWERS = [1n, 10n, 100n, 1000n, 10000n, 100000n, 1000000n];

function power(scale: number): bigint {
	return POWERS[scale] ?? 10n ** BigInt(scale);
}

/** "-12.5" at scale 2 is -1250n; null if the text is no such decimal. */
export function toScaled(text: string, scale: number): bigint | null {
	const parts = DECIMAL.exec(text);
	if (parts === null)
		return null;
	const fraction = parts[3] ?? '';
	if (fraction.length > scale)
		return null;
	const digits = BigInt(parts[2] + fraction.padEnd(scale, '0'));
	if (parts[1] === '')
		return digits;
	return digits === 0n ? null : -digits;
}

/** -1250n at scale 2 is "-12.50": always exactly scale decimals. */
export function fromScaled(value: bigint, scale: number): string {
	const minus = value < 0n;
	const digits = (minus ? -value : value).toString()
	    .padStart(scale + 1, '0');
	const whole = digits.slice(0, digits.length - scale);
	const text = scale === 0 ? whole
	    : whole + '.' + digits.slice(digits.length - scale);
	return minus ? '-' + text : text;
}

export function stateOf(cell: Cell | undefined): State {
	if (cell === null || cell === undefined)
		return 'missing';
	if (typeof cell === 'string')
		return 'value';
	return cell.value !== undefined ? 'value' : cell.state ?? 'missing';
}

/** The decimal text of a cell that holds a value, else null. */
export function valueOf(cell: Cell | undefined): string | null {
	if (typeof cell === 'string')
		return cell;
	return cell?.value ?? null;
}

type Sheet = {
	form: RuleForm;
	at: Map<string, number>;
};

function sheetOf(form: RuleForm): Sheet {
	return { form, at: new Map(form.cells.map((id, i) => [id, i])) };
}

function columnOf(sheet: Sheet, position: number): RuleColumn {
	return sheet.form.columns[position % sheet.form.columns.length];
}

function placeOf(sheet: Sheet, cell: string): number {
	const position = sheet.at.get(cell);
	if (position === undefined)
		throw new Error('the form has no cell ' + cell);
	return position;
}

/** The largest scale among a rule's cells: all are compared at it. */
function scaleOf(sheet: Sheet, rule: Rule): number {
	return rule.terms.reduce(
	    (most, term) => Math.max(most,
		columnOf(sheet, placeOf(sheet, term.cell)).scale),
	    columnOf(sheet, placeOf(sheet, rule.target)).scale);
}

/** A cell's value at a scale that is not below its own; 0 without a value. */
function amountOf(sheet: Sheet, cells: Cell[], position: number,
    scale: number): bigint {
	const text = valueOf(cells[position]);
	if (text === null)
		return 0n;
	const own = columnOf(sheet, position).scale;
	return (toScaled(text, own) ?? 0n) * power(scale - own);
}

function sumOf(sheet: Sheet, rule: Rule, cells: Cell[],
    scale: number): bigint {
	return rule.terms.reduce((sum, term) => sum + BigInt(term.sign) *
	    amountOf(sheet, cells, placeOf(sheet, term.cell), scale), 0n);
}

/** Put sum into the rule's target if that is missing and can hold it. */
function put(sheet: Sheet, cells: Cell[], target: number, sum: bigint,
    scale: number): void {
	const column = columnOf(sheet, target);
	const factor = power(scale - column.scale);
	const lo = toScaled(column.lo, column.scale);
	const hi = toScaled(column.hi, column.scale);
	if (sum % factor !== 0n || lo === null || hi === null)
		return;
	const value = sum / factor;
	if (value < lo || value > hi)
		return;
	const text = fromScaled(value, column.scale);
	const old = cells[target];
	const remark = typeof old === 'object' && old !== null
	    ? old.remark : undefined;
	cells[target] = remark === undefined ? text : { remark, value: text };
}

/** The rules that compute, each after those that its terms rest on, whatever
 * order the form names them in. */
function computing(form: RuleForm): Rule[] {
	const rules = form.rules.filter((rule) => rule.computes && !rule.carry);
	const byTarget = new Map(rules.map((rule) => [rule.target, rule]));
	const met = new Set<Rule>();
	const order: Rule[] = [];
	const visit = (rule: Rule): void => {
		if (met.has(rule))
			return;
		met.add(rule);
		for (const term of rule.terms) {
			const below = byTarget.get(term.cell);
			if (below)
				visit(below);
		}
		order.push(rule);
	};
	rules.forEach(visit);
	return order;
}

/**
 * Fill the missing targets of carry rules from the previous period, then those
 * of computing rules of which a term holds a value. Gives a new array. A sum
 * that the target cannot hold exactly, or that rests on a withheld term, is not
 * filled in.
 */
export function fill(form: RuleForm, cells: readonly Cell[],
    previous: readonly Cell[] | null = null): Cell[] {
	const sheet = sheetOf(form);
	const filled = [...cells];
	const carried = form.rules.filter((rule) => rule.carry);
	for (const rule of [...carried, ...computing(form)]) {
		const from = rule.carry ? previous : filled;
		const target = placeOf(sheet, rule.target);
		if (from === null || stateOf(filled[target]) !== 'missing')
			continue;
		const states = rule.terms.map((term) =>
		    stateOf(from[placeOf(sheet, term.cell)]));
		if (!states.includes('value') || states.includes('withheld'))
			continue;
		const scale = scaleOf(sheet, rule);
		put(sheet, filled, target,
		    sumOf(sheet, rule, [...from], scale), scale);
	}
	return filled;
}

function verdictOf(sheet: Sheet, rule: Rule, cells: readonly Cell[],
    previous: readonly Cell[] | null): Finding {
	const scale = scaleOf(sheet, rule);
	const not: Finding = { rule, verdict: 'not_judged',
		expected: fromScaled(0n, scale) };
	const from = rule.carry ? previous : cells;
	if (from === null)
		return not;
	const target = placeOf(sheet, rule.target);
	const states = [stateOf(cells[target]), ...rule.terms.map((term) =>
	    stateOf(from[placeOf(sheet, term.cell)]))];
	if (states.includes('withheld'))
		return not;
	if (rule.carry ? states.some((s) => s !== 'value')
	    : states.every((s) => s === 'missing'))
		return not;
	const sum = sumOf(sheet, rule, [...from], scale);
	const own = amountOf(sheet, [...cells], target, scale);
	return { rule, verdict: sum === own ? 'kept' : 'broken',
		expected: fromScaled(sum, scale) };
}

/** Judge all rules, in the form's order; previous null: carry is not judged. */
export function judge(form: RuleForm, cells: readonly Cell[],
    previous: readonly Cell[] | null = null): Finding[] {
	const sheet = sheetOf(form);
	return form.rules.map((rule) =>
	    verdictOf(sheet, rule, cells, previous));
}

/** The rule behind an expectation "p1.s01.c4": the form has it once for many
 * cells. */
function ruleOf(form: RuleForm, { rule, cell }: Expected): Rule {
	const plausible = form.plausible?.find((p) =>
		p.id === rule.slice(0, rule.indexOf('.')));
	return { id: rule, target: cell, terms: [], severity: 'explain',
		computes: false, carry: false, citation: plausible?.citation,
		message_vi: plausible?.message_vi,
		message_en: plausible?.message_en };
}

/**
 * Judge single figures beside what the unit reported before: the verdict of
 * src/regime/plausible.c, which has made low and high. expected of a finding is
 * the figure held against.
 */
export function judgeFigures(form: RuleForm, cells: readonly Cell[],
    expected: readonly Expected[]): Finding[] {
	const sheet = sheetOf(form);
	return expected.map((one) => {
		const at = placeOf(sheet, one.cell);
		const { scale } = columnOf(sheet, at);
		const rule = ruleOf(form, one);
		const value = toScaled(valueOf(cells[at]) ?? '', scale);
		const low = toScaled(one.low, scale);
		const high = toScaled(one.high, scale);
		if (value === null || low === null || high === null)
			return { rule, verdict: 'not_judged',
				expected: fromScaled(0n, scale) };
		return { rule, verdict: value < low || value > high ? 'broken'
			: 'kept', expected: one.last ?? one.year ?? one.usual ?? '0' };
	});
}

/** "-1234567.50" as "-1.234.567,50". */
export function formatNumber(text: string): string {
	const [whole, fraction] = text.split('.');
	const grouped = whole.replace(/\B(?=(?:[0-9]{3})+$)/g, '.');
	return fraction === undefined ? grouped : grouped + ',' + fraction;
}
