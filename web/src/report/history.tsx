/*
 * What happened to a report: every act with its time, person, reason and ledger
 * number; each version can be opened as it was signed.
 */
import type { JSX } from 'preact';
import { readHistory, sheetOf } from '../api/client.ts';
import type { Report } from '../api/types.ts';
import { formatInstant } from '../dates.ts';
import { lang, t, type TextKey } from '../i18n.ts';
import { formatEntry } from '../numbers.ts';
import { useLoad } from '../ui/load.ts';
import { Download, Failure, Waiting } from '../ui/parts.tsx';
import { PaperFoot } from './paper.tsx';

const ACTS: Record<string, TextKey> = {
	open: 'history.open', save: 'history.save', submit: 'history.submit',
	withdraw: 'history.withdraw', sign: 'history.sign',
	accept: 'history.accept', return: 'history.return',
	send_back: 'history.send_back', amend: 'history.amend',
	drop: 'history.drop',
};

export function History({ report }: { report: Report }): JSX.Element {
	const load = useLoad(`history ${report.id} ${report.revision} ${lang()}`,
		() => readHistory(report.id));
	return <>
	<PaperFoot report={report} acts={load.data?.items ?? []} />
	<section class="history" aria-labelledby="history">
		<h2 id="history" tabIndex={-1}>{t('history.title')}</h2>
		<p class="second-acts"><Download
			href={sheetOf(`/reports/${report.id}/history`)} /></p>
		{load.problem ? <Failure problem={load.problem} retry={load.reload} />
			: !load.data ? <Waiting slow={load.slow} />
			: <div class="scroll"><table class="ledger">
				<caption class="unseen">{t('history.title')}</caption>
				<thead><tr>
					<th scope="col">{t('history.at')}</th>
					<th scope="col">{t('history.act')}</th>
					<th scope="col">{t('history.person')}</th>
					<th scope="col">{t('history.version')}</th>
					<th scope="col">{t('history.reason')}</th>
					<th scope="col" class="num">{t('history.ledger')}</th>
				</tr></thead>
				<tbody>{load.data.items.map((item, i) => <tr key={i}>
					<td class="nowrap figure">{formatInstant(item.at)}</td>
					<th scope="row">{actText(item.act)}</th>
					<td>{item.person ?? ''}</td>
					<td class="nowrap">{item.version === 0 ? '' : <a
						href={`/reports/${report.id}?version=${item.version}`}>
						{t('report.version', { n: item.version })}</a>}</td>
					<td>{item.reason ?? ''}</td>
					<td class="num">{item.ledger_index === null ? ''
						: formatEntry(item.ledger_index)}</td>
				</tr>)}</tbody>
			</table></div>}
	</section></>;
}

function actText(act: string): string {
	const key = ACTS[act.replace(/^report\./, '').replace(/-/g, '_')];
	return key ? t(key) : act;
}
