/*
 * Of an obligation in a list: when it was due, how late it is, whose it was.
 */
import type { JSX } from 'preact';
import type { Obligation } from '../api/types.ts';
import { dayAfter, formatDay } from '../dates.ts';
import { t } from '../i18n.ts';
import { DaysLeft, Flag } from '../ui/parts.tsx';

/** "17/09/2025, quá hạn 12 ngày, từ 18/09/2025"; "gửi muộn 3 ngày". */
export function Due({ obligation }: { obligation: Obligation }): JSX.Element {
	const { deadline, late } = obligation;
	return <>
		<span class="figure">{formatDay(deadline)}</span>{' '}
		{obligation.version > 0 ? late ? <Flag tone="warn" icon="late">
			{t('late.sent', { n: obligation.days_late })}</Flag> : null
			: <DaysLeft days={obligation.days_left} />}
		{obligation.version === 0 && obligation.days_left < 0 ? <span class="hint nowrap">
			{' '}{t('late.since', { day: formatDay(dayAfter(deadline)) })}
		</span> : null}
	</>;
}

/** Whose it was, and who took that unit's place. */
export function Inherited({ obligation, short = false }: {
    obligation: Obligation; short?: boolean }): JSX.Element | null {
	if (obligation.unit_ended === null)
		return null;
	return <span class="inherited">{t(short ? 'inherited.short'
		: 'inherited', {
		day: formatDay(obligation.unit_ended), heirs: obligation.inherited_by
			.map((heir) => heir.name).join(', ') })}</span>;
}
