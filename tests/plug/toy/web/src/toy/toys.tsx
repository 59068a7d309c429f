/*
 * Đồ chơi: the toys of the units that one reaches.
 */
import type { JSX } from 'preact';
import { t } from '../i18n.ts';
import { useLoad } from '../ui/load.ts';
import { Failure, PageHead, Waiting } from '../ui/parts.tsx';
import { listToys } from './api.ts';

export function Toys(): JSX.Element {
	const load = useLoad('toys', listToys);
	return <>
		<PageHead title={t('nav.toys')} />
		{load.problem && <Failure problem={load.problem} />}
		{!load.data && !load.problem && <Waiting slow={load.slow} />}
		{load.data && <ul>{load.data.items.map((toy) =>
			<li key={toy.id}>{toy.name}</li>)}</ul>}
	</>;
}
