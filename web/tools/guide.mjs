/*
 * The guide for officials, docs/vi/*.md, as one page of the built client:
 * /guide.html, without a script, read by whoever has no account yet and kept by the
 * service worker for when the line is down.  What is written there is Markdown
 * as far as we use it; all else is refused, so that nothing is shown wrongly.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')
	.replace(/>/g, '&gt;');

/** Bold is a word of the screens, code a key. */
function inline(text) {
	const made = escaped(text)
		.replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
		.replace(/`([^`]+)`/g, '<kbd>$1</kbd>')
		/* What the screen puts in. */
		.replace(/\{\w+\}/g, '…');
	if (/[*`]|\]\(|^#/.test(made))
		throw new Error(`the guide does not know this Markdown: ${text}`);
	return made;
}

/* What begins a line, and what a run of such lines becomes. */
const RUNS = [
	[/^\d+\. /, (lines) => list('ol', lines)],
	[/^- /, (lines) => list('ul', lines)],
	[/^\|/, table],
	[/^/, (lines) => `<p>${lines.map(inline).join(' ')}</p>`],
];

function list(tag, lines) {
	return `<${tag}>\n${lines.map((line) => `<li>${inline(line.replace(
		/^(\d+\.|-) /, ''))}</li>`).join('\n')}\n</${tag}>`;
}

function table([head, , ...rows]) {
	const cells = (line, tag) => `<tr>${line.slice(1, -1).split('|')
		.map((cell) => `<${tag}>${inline(cell.trim())}</${tag}>`)
		.join('')}</tr>`;
	return '<div class="scroll"><table class="ledger"><thead>' +
		cells(head, 'th scope="col"').replace(/<\/th scope="col">/g, '</th>') +
		`</thead>\n<tbody>${rows.map((row) => cells(row, 'td')).join('\n')
		}</tbody></table></div>`;
}

/** One file: its heading, and the rest as HTML. */
export function pageOf(markdown) {
	const [first, ...lines] = markdown.trim().split('\n');
	if (!first.startsWith('# '))
		throw new Error(`a page of the guide begins with its heading: ${first}`);
	const blocks = lines.join('\n').split(/\n{2,}/).map((b) => b.trim())
		.filter(Boolean).map((block) => {
			const run = block.split('\n');
			return RUNS.find(([begin]) => run.every((line) =>
				begin.test(line)))[1](run);
		});
	return { title: inline(first.slice(2)), html: blocks.join('\n') };
}

export function guidePages(folder) {
	return readdirSync(folder).filter((name) => name.endsWith('.md')).sort()
		.map((name) => ({ id: name.replace(/^\d+-|\.md$/g, ''),
			...pageOf(readFileSync(join(folder, name), 'utf8')) }));
}

/** The whole page; style: the file of the styles in dist. */
export function guideHtml(folder, style) {
	const pages = guidePages(folder);
	return `<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="robots" content="noindex">
<title>Hướng dẫn · Trục</title>
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/${style}">
</head>
<body>
<div id="app">
<header class="top"><div class="top-line"><a class="name" href="/">Trục</a>
<span class="motto">Hướng dẫn</span></div></header>
<main id="work" class="guide">
<h1>Hướng dẫn</h1>
<nav aria-label="Các phần"><ol>
${pages.map(({ id, title }) => `<li><a href="#${id}">${title}</a></li>`)
		.join('\n')}
</ol></nav>
${pages.map(({ id, title, html }) =>
		`<section id="${id}">\n<h2>${title}</h2>\n${html}\n</section>`).join('\n')}
</main>
</div>
</body>
</html>
`;
}
