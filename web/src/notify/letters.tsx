/*
 * Thông báo: what was said to the person, and how else it comes.
 */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Letter, LetterList } from '../api/types.ts';
import { formatInstant } from '../dates.ts';
import { t } from '../i18n.ts';
import { go } from '../router.ts';
import { useNews } from '../ui/live.ts';
import { asProblem, useLoad } from '../ui/load.ts';
import { Failure, Note, PageHead, Waiting } from '../ui/parts.tsx';
import { listLetters, readLetter, readLetters } from './api.ts';
import { WRITTEN } from './bell.tsx';
import { Reach } from './reach.tsx';

const GAP_MS = 2_000;

export function Letters(): JSX.Element {
	const load = useLoad('letters', () => listLetters());
	const [older, setOlder] = useState<LetterList[]>([]);
	const [problem, setProblem] = useState<unknown>();
	useNews((event) => event.type === WRITTEN, load.reload, GAP_MS);
	useEffect(() => setOlder([]), [load.data]);

	const lists = load.data ? [load.data, ...older] : [];
	const items = lists.flatMap((list) => list.items);
	const next = lists[lists.length - 1]?.next ?? null;
	const attempt = (act: () => Promise<void>) => (): void => {
		setProblem(undefined);
		act().catch(setProblem);
	};
	const all = attempt(async () => {
		await readLetters(items[0]!.id);
		load.reload();
	});
	const more = attempt(async () => {
		const list = await listLetters(next!);
		setOlder((lists) => [...lists, list]);
	});
	return <>
		<PageHead title={t('nav.letters')} about={t('letters.about')} />
		{load.problem ? <Failure problem={load.problem} retry={load.reload} />
			: null}
		{problem ? <Failure problem={asProblem(problem)} /> : null}
		{!load.data && !load.problem ? <Waiting slow={load.slow} /> : null}
		{load.data && items.length === 0
			? <Note><p>{t('letters.none')}</p></Note> : null}
		{items.some((letter) => letter.read_at === null)
			? <p><button type="button" class="button second" onClick={all}>
				{t('letters.all')}</button></p> : null}
		<ul class="letters">{items.map((letter) =>
			<Row key={letter.id} letter={letter} />)}</ul>
		{next !== null ? <p><button type="button" class="button second"
			onClick={more}>{t('letters.more')}</button></p> : null}
		<Reach />
	</>;
}

function Row({ letter }: { letter: Letter }): JSX.Element {
	const open = (event: Event): void => {
		event.preventDefault();
		/* Whether it is noted or not, what it is about opens. */
		void readLetter(letter.id).catch(() => {}).then(() =>
			go(letter.object));
	};
	const subject = <a href={letter.object} onClick={open}>
		{letter.subject}</a>;
	return <li>
		<h2>{letter.read_at === null ? <strong>{t('letters.new')} {subject}
		</strong> : subject}</h2>
		<p>{letter.text}</p>
		<p class="figure">{formatInstant(letter.at)}</p>
	</li>;
}
