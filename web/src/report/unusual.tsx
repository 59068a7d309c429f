/*
 * A figure far from what the unit reported before, in words: "Gấp 10 lần kỳ
 * trước (1.234 → 12.340)."
 */
import type { JSX } from 'preact';
import type { Expected } from '../api/types.ts';
import { t } from '../i18n.ts';
import { formatNumber } from '../numbers.ts';
import { fromScaled, toScaled } from '../rules.ts';

/** What it is held against in the sentence: the newest that is known. */
function heldAgainst({ last, year, usual }: Expected):
    { what: string; figure: string } | null {
	if (last !== null)
		return { what: t('unusual.last'), figure: last };
	if (year !== null)
		return { what: t('unusual.year'), figure: year };
	return usual === null ? null
		: { what: t('unusual.usual'), figure: usual };
}

/** How many times the smaller is in the larger: "3,4", from ten on "12". */
export function timesText(large: bigint, small: bigint): string {
	const tenths = (large * 10n + small / 2n) / small;
	return formatNumber(tenths < 100n && tenths % 10n !== 0n
		? fromScaled(tenths, 1) : String(tenths / 10n));
}

/** scale: decimals of the cell. */
export function unusualText(expected: Expected, value: string, scale: number):
    string {
	const held = heldAgainst(expected);
	const from = toScaled(held?.figure ?? '', scale);
	const to = toScaled(value, scale);
	if (!held || from === null || to === null)
		return '';
	const words = { what: held.what, from: formatNumber(held.figure),
		to: formatNumber(value) };
	if (from < 0n || to < 0n)
		return t('unusual.far', words);
	if (from === 0n)
		return t('unusual.new', words);
	if (to === 0n)
		return t('unusual.gone', words);
	return to > from
		? t('unusual.more', { ...words, times: timesText(to, from) })
		: t('unusual.less', { ...words, times: timesText(from, to) });
}

export function Unusual({ expected, value, scale }: { expected: Expected;
    value: string; scale: number }): JSX.Element {
	return <><span class="figure">{unusualText(expected, value, scale)}
	</span>{' '}<span class="hint">{t('unusual.between',
		{ low: formatNumber(expected.low), high: formatNumber(expected.high) })}
	</span></>;
}
