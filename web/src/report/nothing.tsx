/*
 * What an empty list says: what will come here by itself, and what one can do
 * meanwhile, for each role a person has here.
 */
import type { JSX } from 'preact';
import { t } from '../i18n.ts';
import { rolesHere } from '../session.ts';

/** Under "nothing to do": who does the step before ours. */
export function NextSteps(): JSX.Element {
	const roles = rolesHere();
	return <>
		{roles.includes('leader') ? <p class="hint">
			{t('empty.leader')}</p> : null}
		{roles.includes('collector') ? <p class="hint">
			{t('empty.collector')} <a href="/late?show=missing">
				{t('empty.who_is_missing')}</a></p> : null}
		<p class="hint"><a href="/reports">{t('empty.reports')}</a></p>
	</>;
}

/** The administrator's first page: what is done where. */
const COMMANDS = [
	['truc user --help', 'admin.user'], ['truc import --help', 'admin.import'],
	['truc doctor', 'admin.doctor'], ['truc backup --help', 'admin.backup'],
	['truc audit', 'admin.audit'],
] as const;

export function AdminStart(): JSX.Element {
	return <div class="scroll"><table class="ledger">
		<caption class="unseen">{t('admin.title')}</caption>
		<thead><tr><th scope="col">{t('admin.what')}</th>
			<th scope="col">{t('admin.command')}</th></tr></thead>
		<tbody>{COMMANDS.map(([command, key]) => <tr key={command}>
			<th scope="row">{t(key)}</th>
			<td><code>{command}</code></td></tr>)}</tbody>
	</table></div>;
}
