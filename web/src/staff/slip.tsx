/*
 * The code that sets a password, shown once: to be sent as an address or handed
 * over on paper.
 */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { PasswordLink } from '../api/types.ts';
import { formatInstant } from '../dates.ts';
import { t } from '../i18n.ts';

export function Slip({ name, login, link }: { name: string; login: string;
    link: PasswordLink }): JSX.Element {
	const head = useRef<HTMLHeadingElement>(null);
	useEffect(() => head.current?.focus(), [link]);
	const page = link.url?.split('#')[0] ?? null;
	return <section class="slip" aria-labelledby="slip-head">
		<h2 id="slip-head" ref={head} tabIndex={-1}>{t('slip.title')}</h2>
		<p>{t('slip.for')} <strong>{name}</strong></p>
		<dl class="facts-list">
			<dt>{t('people.login')}</dt><dd class="figure">{login}</dd>
			<dt>{t('slip.code')}</dt>
			<dd class="figure slip-code">{link.code}</dd>
			<dt>{t('slip.where')}</dt>
			<dd>{page ?? t('slip.no_address')}</dd>
			<dt>{t('slip.until')}</dt>
			<dd class="figure">{formatInstant(link.until)}</dd>
		</dl>
		{link.url ? <p class="on-screen"><label for="slip-url">
			{t('slip.url')}</label> <input id="slip-url" class="slip-url"
			readOnly value={link.url} onFocus={(e) =>
				e.currentTarget.select()} /></p> : null}
		<p class="hint">{t('slip.once')}</p>
		<p class="on-screen"><button type="button" class="button second"
			onClick={() => window.print()}>{t('slip.print')}</button></p>
	</section>;
}
