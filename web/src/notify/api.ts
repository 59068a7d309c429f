/*
 * The calls of letters.
 */
import { json } from '../api/client.ts';
import type { Contact, ContactInput, LetterList, LettersUnread }
	from '../api/types.ts';
import { store } from '../ui/store.ts';

const LETTERS = '/api/v1/me/letters';
const CONTACT = '/api/v1/me/contact';

/** How many are unread; null: not asked yet. */
export const unread = store<number | null>(null);

const counted = (answer: LettersUnread): void => unread.set(answer.count);

export const countLetters = async () =>
	counted(await json<LettersUnread>('GET', `${LETTERS}/unread`));
export const listLetters = (after?: number) =>
	json<LetterList>('GET', LETTERS, { query: { after } });
export const readLetter = async (id: number) =>
	counted(await json<LettersUnread>('POST', `${LETTERS}/${id}/read`));
export const readLetters = async (upTo: number) =>
	counted(await json<LettersUnread>('POST', `${LETTERS}/read`,
		{ body: { up_to: upTo } }));
export const readContact = () => json<Contact>('GET', CONTACT);
export const saveContact = (body: ContactInput) =>
	json<Contact>('PUT', CONTACT, { body });
