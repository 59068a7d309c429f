/*
 * The sign-in before this one, and what was refused since: somebody who was not
 * there then should see it.
 */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatInstant } from '../dates.ts';
import { t } from '../i18n.ts';
import { session } from '../session.ts';
import { keep, readKept } from '../ui/keep.ts';

/** Above every screen, until it is closed. */
export function Refused(): JSX.Element | null {
	const who = session.use();
	const [, setClosed] = useState(false);
	const before = who?.before;
	const last = before?.refused_at;
	if (!who || !before || !last || readKept('seen', who.person) === last)
		return null;
	return <div class="note bad refused" role="alert">
		<p>{t('before.refused', { n: before.refused,
			at: formatInstant(last), from: before.refused_from ?? '?' })}
		{' '}<a href="/password">{t('password.link')}</a></p>
		<button type="button" class="plain" onClick={() => {
			keep('seen', who.person, undefined, last);
			setClosed(true);
		}}>{t('close')}</button></div>;
}

/** On the page of one's account. */
export function Before(): JSX.Element | null {
	const before = session.use()?.before;
	return before?.at ? <p class="hint">{t('before.last',
		{ at: formatInstant(before.at), from: before.from ?? '?' })}</p> : null;
}
