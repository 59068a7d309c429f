/*
 * Two clerks on one draft, told in words: for each cell that both changed, both
 * values, one to choose.
 */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Form } from '../api/types.ts';
import { t } from '../i18n.ts';
import type { Cell } from '../rules.ts';
import { remarkOf } from './cells.ts';
import type { Conflict } from './draft.ts';
import { cellName, cellText } from './matrix.tsx';

export function ConflictPanel({ form, mine, conflict, onChoose }: {
    form: Form; mine: readonly Cell[]; conflict: Conflict;
    onChoose: (theirs: Set<number>) => void }): JSX.Element {
	const [theirs, setTheirs] = useState(new Set<number>());
	const panel = useRef<HTMLElement>(null);
	useEffect(() => panel.current?.focus(), []);

	const pick = (at: number, other: boolean): void => {
		const next = new Set(theirs);
		if (other)
			next.add(at);
		else
			next.delete(at);
		setTheirs(next);
	};
	const radio = (at: number, other: boolean, cell: Cell): JSX.Element =>
		<label class="radio"><input type="radio" name={`cell-${at}`}
			checked={theirs.has(at) === other}
			onChange={() => pick(at, other)} />
		<span class="figure">{cellText(cell) || t('conflict.empty')}</span>
		{/* Two may write one figure and explain it differently. */}
		{remarkOf(cell) !== '' ? <span>“{remarkOf(cell)}”</span> : null}
		</label>;
	return <section class="note warn" role="alert" tabIndex={-1} ref={panel}
		aria-labelledby="conflict-title">
		<h2 id="conflict-title">{t('conflict.title')}</h2>
		<p>{t('conflict.text', { n: conflict.cells.length })}</p>
		<table class="ledger">
			<thead><tr><th scope="col">{t('conflict.cell')}</th>
				<th scope="col" class="num">{t('conflict.mine')}</th>
				<th scope="col" class="num">{t('conflict.theirs')}</th>
			</tr></thead>
			<tbody>{conflict.cells.map((at) => <tr key={at}>
				<th scope="row">{cellName(form, at)}</th>
				<td class="num">{radio(at, false, mine[at])}</td>
				<td class="num">{radio(at, true, conflict.theirs[at])}</td>
			</tr>)}</tbody>
		</table>
		<p class="acts"><button type="button" class="button"
			onClick={() => onChoose(theirs)}>{t('conflict.act')}</button></p>
	</section>;
}
