/*
 * A report on paper: what stands around its table on the official form, number and
 * issuing act, who reports to whom and of which period, who made it and who signed
 * it and when.  Only printed; the screen has its own head.
 */
import type { JSX } from 'preact';
import type { Form, Report, ReportAct } from '../api/types.ts';
import { formatDay, formatInstant, formatPeriod } from '../dates.ts';
import { either, lang, t } from '../i18n.ts';

export function PaperHead({ report, form }: { report: Report; form: Form }):
    JSX.Element {
	return <div class="on-paper paper-head">
		<div><p><strong>{t('paper.number', { form: form.code })}</strong></p>
			<p>{t('paper.by', { act: form.legal_basis })}</p></div>
		<div class="paper-title">
			<p><strong>{either(form.name_vi, form.name_en)}</strong></p>
			<p>{t('paper.period', { period: formatPeriod(report.period,
				lang()) })}</p>
			<p>{t('paper.window', { from: formatDay(form.window_from),
				to: formatDay(form.window_to) })}</p></div>
		<div><p>{t('paper.unit')} <strong>{report.unit_name}</strong></p>
			{report.above_name !== null ? <p>{t('paper.above')}{' '}
				<strong>{report.above_name}</strong></p> : null}
			<p>{report.version > 0 ? t('report.version',
				{ n: report.version }) : t('paper.draft')}</p></div>
	</div>;
}

/** Who made this version and who signed it, as far as the reader may know. */
function signers(report: Report, acts: ReportAct[]):
    { made?: ReportAct; signed?: ReportAct } {
	const at = report.version > 0 ? acts.findIndex((act) =>
		act.act === 'sign' && act.version === report.version)
		: acts.length;
	const before = acts.slice(0, Math.max(0, at)).reverse();
	return { made: before.find((act) => act.act === 'submit'),
		signed: report.version > 0 ? acts[at] : undefined };
}

export function PaperFoot({ report, acts }: { report: Report;
    acts: ReportAct[] }): JSX.Element {
	const { made, signed } = signers(report, acts);
	const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/.exec(
		signed?.at ?? '') ?? ['', '……', '……', '……'];
	return <div class="on-paper paper-foot">
		<div class="signatures">
			<div><p>&nbsp;</p>
				<p><strong>{t('paper.made')}</strong></p>
				<p><em>{t('paper.made_how')}</em></p>
				<p class="signature">{made?.person ?? ''}</p></div>
			<div><p><em>{t('paper.day', { day: day!, month: month!,
				year: year! })}</em></p>
				<p><strong>{t('paper.head')}</strong></p>
				<p><em>{t('paper.head_how')}</em></p>
				<p class="signature">{signed?.person ?? ''}</p></div>
		</div>
		{signed && report.ledger_index !== null ? <p class="paper-proof">
			{t('paper.proof', { at: formatInstant(signed.at),
				n: report.ledger_index + 1 })} SHA-256 {report.digest}</p> : null}
	</div>;
}
