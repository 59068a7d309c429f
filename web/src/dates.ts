/*
 * Days and instants as officials write them.  The server speaks in +07:00, and
 * so the text itself is read: the clock of the machine does not matter.
 */
import { lang, type Lang } from './language.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep',
	'Oct', 'Nov', 'Dec'];

/** "2025-07-01" is 01/07/2025, in English 1 Jul 2025. */
export function formatDay(day: string | null, language = lang()): string {
	const m = /^(\d{4})-(\d\d)-(\d\d)/.exec(day ?? '');
	if (!m)
		return day ?? '';
	return language === 'vi' ? `${m[3]}/${m[2]}/${m[1]}`
		: `${+m[3]!} ${MONTHS[+m[2]! - 1]} ${m[1]}`;
}

/** "2025-06-30" is followed by "2025-07-01". */
export function dayAfter(day: string): string {
	return new Date(Date.parse(day) + 24 * 3600e3).toISOString().slice(0, 10);
}

/** "2025-07-01T10:42:07+07:00" is 10:42 01/07/2025. */
export function formatInstant(at: string, language = lang()): string {
	const m = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(at);
	return m ? `${m[2]}${language === 'vi' ? '' : ','} ${formatDay(m[1]!,
		language)}` : at;
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

let ahead = 0;

/** What the server's clock shows now: that of the machine here may be wrong. */
export function setNow(at: string | null | undefined): void {
	const server = Date.parse(at ?? '');
	if (!Number.isNaN(server))
		ahead = server - Date.now();
}

/** Milliseconds, by the server's clock as far as it was heard. */
export function serverNow(): number {
	return Date.now() + ahead;
}

/** Now in Vietnam, "10:42". */
export function clock(now = serverNow()): string {
	return new Date(now + 7 * 3600e3).toISOString().slice(11, 16);
}

/** Today in Vietnam, "2025-07-01". */
export function today(now = serverNow()): string {
	return new Date(now + 7 * 3600e3).toISOString().slice(0, 10);
}
