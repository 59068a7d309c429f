/*
 * The service worker: the empty shell of one release, so that the client opens
 * without a line.  It keeps the files of its own build and nothing else: no
 * answer of the API, no page with anybody's data.  tools/build.mjs puts in
 * BUILD, a digest of all files, and FILES; another release is another cache,
 * taken whole or not at all.
 */
const PREFIX = 'truc-shell-';
const CACHE = PREFIX + BUILD;
/* Without data in it, unlike the page of any other address. */
const SHELL = '/index.html';

self.addEventListener('install', (event) => {
	/* Past the browser's own cache: the files of this release, now. */
	event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(
		FILES.map((path) => new Request(path, { cache: 'reload',
			credentials: 'omit' })))).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
	event.waitUntil(caches.keys().then((names) => Promise.all(names
		.filter((name) => name.startsWith(PREFIX) && name !== CACHE)
		.map((name) => caches.delete(name))))
		.then(() => self.clients.claim()));
});

/* A page of the client, not a file and not the API. */
const isPage = (path) => !path.startsWith('/api/') &&
	!path.slice(path.lastIndexOf('/')).includes('.');

const kept = (path) => caches.open(CACHE).then((cache) => cache.match(path));

self.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== 'GET' || url.origin !== location.origin)
		return;
	if (request.mode === 'navigate') {
		/* The server's page has the first data; the shell is for want of it. */
		if (isPage(url.pathname))
			event.respondWith(fetch(request).catch(() => kept(SHELL)
				.then((shell) => shell || Response.error())));
		/* The guide is read just then. */
		else if (FILES.includes(url.pathname))
			event.respondWith(fetch(request).catch(() =>
				kept(url.pathname).then((page) => page ||
					Response.error())));
		return;
	}
	if (FILES.includes(url.pathname) && url.search === '' &&
	    url.pathname !== SHELL)
		event.respondWith(kept(url.pathname).then((file) =>
			file || fetch(request)));
});
