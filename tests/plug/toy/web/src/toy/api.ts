/*
 * The calls of toys.
 */
import { json } from '../api/client.ts';
import type { ToyList } from '../api/types.ts';

export const listToys = () => json<ToyList>('GET', '/api/v1/toys');
