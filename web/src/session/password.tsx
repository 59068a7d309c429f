/*
 * Changing one's own password; the server then ends all other sessions.
 */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { changePassword, type Problem } from '../api/client.ts';
import { t } from '../i18n.ts';
import { asProblem } from '../ui/load.ts';
import { Failure, Note, PageHead } from '../ui/parts.tsx';
import { Before } from './before.tsx';

const SHORTEST = 10;

export function Password(): JSX.Element {
	const form = useRef<HTMLFormElement>(null);
	const [problem, setProblem] = useState<Problem>();
	const [done, setDone] = useState(false);

	const finish = async (event: Event): Promise<void> => {
		event.preventDefault();
		const data = new FormData(form.current!);
		setDone(false);
		try {
			await changePassword(String(data.get('old')),
				String(data.get('new')));
			setProblem(undefined);
			setDone(true);
			form.current?.reset();
		} catch (error) {
			setProblem(asProblem(error));
		}
	};
	return <>
		<PageHead title={t('password.title')} about={t('password.about')} />
		<Before />
		<form class="narrow" ref={form} onSubmit={(e) => void finish(e)}>
			{problem ? <Failure problem={problem} /> : null}
			{done ? <div role="status"><Note tone="ok">
				{t('password.done')}</Note></div> : null}
			<p class="field"><label for="old">{t('password.old')}</label>
				<input id="old" name="old" type="password" required
					maxLength={200} autocomplete="current-password" /></p>
			<p class="field"><label for="new">{t('password.new')}</label>
				<span class="hint" id="new-hint">
					{t('password.hint', { n: SHORTEST })}</span>
				<input id="new" name="new" type="password" required
					minLength={SHORTEST} maxLength={200}
					aria-describedby="new-hint"
					autocomplete="new-password" /></p>
			<p class="primary-act"><button type="submit" class="button">
				{t('password.act')}</button></p>
		</form>
	</>;
}
