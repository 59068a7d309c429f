/*
 * What an amendment is held against.
 */
import { readReport } from '../api/client.ts';
import type { Report } from '../api/types.ts';
import type { Cell } from '../rules.ts';

/** The cells of the version that counts beside an own paper: what an amendment
 * must change; null: there is no such version. */
export async function readCounting(report: Report): Promise<Cell[] | null> {
	return report.has_draft && report.version === 0 && report.sent_version > 0
		? (await readReport(report.id, report.sent_version)).cells : null;
}
