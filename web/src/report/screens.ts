/*
 * The screens of reporting.  The work list is in the first load; the others
 * come when they are opened.
 */
import type { SliceScreen } from '../screens.ts';
import { Work } from './work.tsx';

const READ = ['report.read'];
const EDIT = ['report.edit'];

export const screens: SliceScreen[] = [
	{ path: '/', title: 'nav.work', place: 'work',
		door: { text: 'nav.work', order: 10, key: 'v', permission:
			['report.edit', 'report.sign', 'report.review'] },
		load: async () => Work },
	{ path: '/review', title: 'nav.review', place: 'reports',
		permission: ['report.review'],
		door: { text: 'nav.reports', order: 20, key: 'b' },
		load: async () => (await import('./review.tsx')).Review },
	{ path: '/reports', title: 'nav.reports', place: 'reports',
		permission: READ,
		door: { text: 'nav.reports', order: 21, key: 'b' },
		load: async () => (await import('./reports.tsx')).Reports },
	{ path: '/late', title: 'nav.late', place: 'reports',
		permission: READ,
		load: async () => (await import('./late.tsx')).Late },
	{ path: '/reports/new', title: 'entry.plain', place: 'reports',
		permission: EDIT,
		load: async () => (await import('./entry.tsx')).NewEntry },
	{ path: '/reports/{id}', title: 'report.plain', place: 'reports',
		permission: READ,
		load: async () => (await import('./report.tsx')).ReportPage },
	{ path: '/reports/{id}/entry', title: 'entry.plain', place: 'reports',
		permission: EDIT,
		load: async () => (await import('./entry.tsx')).Entry },
];
