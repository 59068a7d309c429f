/*
 * Days and instants as officials write them.  The server speaks in +07:00, and
 * so the text itself is read: the clock of the machine does not matter.
 */
import type { Lang } from './i18n.ts';

/** "2025-07-01" is 01/07/2025. */
export function formatDay(day: string | null): string {
	const m = /^(\d{4})-(\d\d)-(\d\d)/.exec(day ?? '');
	return m ? `${m[3]}/${m[2]}/${m[1]}` : day ?? '';
}

/** "2025-07-01T10:42:07+07:00" is 10:42 01/07/2025. */
export function formatInstant(at: string): string {
	const m = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(at);
	return m ? `${m[2]} ${formatDay(m[1]!)}` : at;
}

const ROMAN = ['', 'I', 'II', 'III', 'IV'];

/** "2025-Q4" is Quý IV/2025, "2025-H1" 6 tháng đầu năm 2025. */
export function formatPeriod(id: string, lang: Lang): string {
	const m = /^(\d{4})(?:-(?:Q([1-4])|H([12])|(\d\d)))?$/.exec(id);
	if (!m)
		return id;
	const [, year, quarter, half, month] = m;
	if (quarter)
		return lang === 'vi' ? `Quý ${ROMAN[+quarter]}/${year}`
			: `Q${quarter} ${year}`;
	if (half)
		return lang === 'vi' ?
			`6 tháng ${half === '1' ? 'đầu' : 'cuối'} năm ${year}`
			: `${half === '1' ? 'First' : 'Second'} half of ${year}`;
	if (month)
		return lang === 'vi' ? `Tháng ${+month}/${year}`
			: `${month}/${year}`;
	return lang === 'vi' ? `Năm ${year}` : year!;
}

/** Now in Vietnam, "10:42". */
export function clock(now = Date.now()): string {
	return new Date(now + 7 * 3600e3).toISOString().slice(11, 16);
}

/** Today in Vietnam, "2025-07-01". */
export function today(now = Date.now()): string {
	return new Date(now + 7 * 3600e3).toISOString().slice(0, 10);
}
