/*
 * What the screens of administrators ask of the server.
 */
import { json } from '../api/client.ts';
import type * as api from '../api/types.ts';

const PEOPLE = '/api/v1/people';
const of = (id: number | string): string =>
	`${PEOPLE}/${encodeURIComponent(id)}`;

export type Role = api.StaffPosition['role'];

export interface PeopleQuery {
	q?: string;
	role?: string;
	state?: string;
	limit?: number;
	after?: number;
}
export const listPeople = (query: PeopleQuery): Promise<api.StaffList> =>
	json('GET', PEOPLE, { query: { ...query } });
export const readPerson = (id: number | string): Promise<api.StaffPerson> =>
	json('GET', of(id));
export const readActors = (ref: string): Promise<api.UnitActors> =>
	json('GET', `/api/v1/units/${encodeURIComponent(ref)}/people`);

/** key: the same act, however often it is sent. */
export const invitePerson = (body: api.PersonNew, key: string):
    Promise<api.StaffPerson> => json('POST', PEOPLE, { body, key });
export const renamePerson = (id: number, body: api.PersonName):
    Promise<api.StaffPerson> => json('POST', `${of(id)}/name`, { body });
export const givePosition = (id: number, body: api.PositionGrant):
    Promise<api.StaffPerson> => json('POST', `${of(id)}/positions`, { body });
export const takePosition = (id: number, body: api.PositionRevoke):
    Promise<void> => json('POST', `${of(id)}/positions/revoke`, { body });
export const actOn = (id: number, act: 'disable' | 'enable' | 'unlock'):
    Promise<api.StaffPerson> => json('POST', `${of(id)}/${act}`);
export const makeLink = (id: number): Promise<api.PasswordLink> =>
	json('POST', `${of(id)}/password-link`);
/** No session: all of them, but one's own. */
export const endSessions = (id: number, session?: number):
    Promise<api.StaffPerson> => json('POST', `${of(id)}/sessions/end`,
	{ body: session === undefined ? {} : { session } });
export const makeToken = (id: number, body: api.TokenNew):
    Promise<api.TokenMade> => json('POST', `${of(id)}/tokens`, { body });
export const endToken = (token: number): Promise<void> =>
	json('POST', `/api/v1/tokens/${token}/revoke`);
export const setPassword = (body: api.PasswordByCode):
    Promise<api.PasswordSet> =>
	json('POST', '/api/v1/password-by-code', { body });
