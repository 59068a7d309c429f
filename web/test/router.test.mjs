// Paths to screens, and the addresses of views.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { address, matchRoute } = await load('src/router.ts');
const { figuresQuery, readView, viewAddress } =
	await load('src/centre/view.ts');
const { sameAddress } = await load('src/api/first.ts');

const routes = [
	{ path: '/', screen: 'work' },
	{ path: '/reports/new', screen: 'new' },
	{ path: '/reports/{id}', screen: 'report' },
	{ path: '/reports/{id}/entry', screen: 'entry' },
];

test('the first route that fits wins', () => {
	assert.equal(matchRoute(routes, '/').row.screen, 'work');
	assert.equal(matchRoute(routes, '/reports/new').row.screen, 'new');
	assert.deepEqual(matchRoute(routes, '/reports/17'),
		{ row: routes[2], params: { id: '17' } });
	assert.deepEqual(matchRoute(routes, '/reports/17/entry/').params,
		{ id: '17' });
});

test('an unknown path has no screen', () => {
	assert.equal(matchRoute(routes, '/reports'), undefined);
	assert.equal(matchRoute(routes, '/reports//entry'), undefined);
	assert.equal(matchRoute(routes, '/reports/1/2/3'), undefined);
});

test('path values are decoded, malformed ones kept', () => {
	assert.equal(matchRoute(routes, '/reports/area:01%402025-07-01').params.id,
		'area:01@2025-07-01');
	assert.equal(matchRoute(routes, '/reports/%zz').params.id, '%zz');
});

test('an address leaves out what is empty and escapes the rest', () => {
	assert.equal(address('/x', { form: 'II.06a/VPCP', q: '', n: null, k: 0 }),
		'/x?form=II.06a%2FVPCP&k=0');
	assert.equal(address('/x'), '/x');
});

test('a view of the country comes back from its address', () => {
	const view = { form: 'II.06a/VPCP/KSTT', period: '2025-Q4', row: 's03',
		basis: 'accepted', structure: '2025-06-30', asOf: '48213',
		apportion: 'equal', at: 1, open: [12, 10],
		trace: { unit: 12, kind: 'unallocated', cell: 's03.c11' } };
	assert.deepEqual(readView(new URL(viewAddress(view), 'http://x')
		.searchParams), view);
});

test('nonsense in an address becomes the plain view', () => {
	const view = readView(new URLSearchParams('basis=x&structure=today' +
		'&as_of=1e9&open=a,-3,7&trace=1~all&at=x&apportion=2'));
	assert.deepEqual(view, { form: '', period: '', row: 'all', basis: 'sent',
		structure: 'own', asOf: '', apportion: 'none', at: 0, open: [7],
		trace: null });
});

/* The server fills the page's own parameters into src/centre/screens.c. */
test('what is asked of the figures is what the page\'s address says', () => {
	const asked = (page) => {
		const view = readView(new URL(page, 'http://x').searchParams);
		const query = figuresQuery(view, { columns: [{ id: 'c3' }] });
		return sameAddress(address('/api/v1/figures', query));
	};
	assert.equal(asked('/country?form=II.06a&period=2025-Q3&at=1'),
		sameAddress('/api/v1/figures?form=II.06a&periods=2025-Q3'));
	assert.equal(asked('/country?form=II.06a&period=2025-Q3&at=1' +
		'&structure=2025-07-01&as_of=17&basis=accepted&apportion=equal'),
	sameAddress('/api/v1/figures?form=II.06a&periods=2025-Q3' +
		'&structure=2025-07-01&as_of=17&basis=accepted&apportion=equal'));
	assert.equal(asked('/country?form=II.06a&period=2025-Q3&row=s01'),
		sameAddress('/api/v1/figures?form=II.06a&periods=2025-Q3&cells=s01.c3'));
});
