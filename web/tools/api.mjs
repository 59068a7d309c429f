/*
 * Write src/api/types.ts from the server's own description:
 *
 *	npm run api                                     a server on port 8080
 *	npm run api -- http://127.0.0.1:8081/openapi.json
 *	npm run api -- FILE
 *	npm run api -- FILE TARGET                      (tests/web: to compare)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const WIDTH = 80;
const source = process.argv[2] ?? 'http://127.0.0.1:8080/openapi.json';
const target = process.argv[3] ??
	fileURLToPath(new URL('../src/api/types.ts', import.meta.url));

const document = /^https?:/.test(source)
	? await (await fetch(source)).json()
	: JSON.parse(readFileSync(source, 'utf8'));
const schemas = document.components.schemas;

/** Names of the schemas that a value refers to, itself not included. */
function refs(node, found = new Set()) {
	if (Array.isArray(node))
		node.forEach((part) => refs(part, found));
	else if (node && typeof node === 'object')
		for (const [key, value] of Object.entries(node))
			if (key === '$ref') {
				const name = value.split('/').pop();
				if (!found.has(name)) {
					found.add(name);
					refs(schemas[name], found);
				}
			} else {
				refs(value, found);
			}
	return found;
}

/* In a body that we send, what is not required may be left out; in an answer
 * it is there and may be null. */
const sent = refs(Object.values(document.paths).flatMap((path) =>
	Object.values(path).map((operation) => operation.requestBody)));

const PRIMITIVES = { string: 'string', integer: 'number', number: 'number',
	boolean: 'boolean', null: 'null' };

function union(parts) {
	const unique = [...new Set(parts.flatMap((part) => part.split(' | ')))];
	return unique.sort((a, b) => (a === 'null') - (b === 'null')).join(' | ');
}

function typeOf(schema, isSent) {
	if (schema.$ref)
		return schema.$ref.split('/').pop();
	if (schema.allOf)
		return typeOf(schema.allOf[0], isSent);
	const choice = schema.oneOf ?? schema.anyOf;
	if (choice) {
		const parts = choice.map((part) => typeOf(part, isSent));
		/* A union inside braces is no part of this one. */
		return parts.some((part) => part.includes('{'))
			? [...new Set(parts)].join(' | ') : union(parts);
	}
	if ('const' in schema)
		return JSON.stringify(schema.const);
	if (schema.enum)
		return schema.enum.map((value) => JSON.stringify(value)
			.replace(/"/g, "'")).join(' | ');
	const types = [schema.type ?? 'object'].flat();
	const parts = types.map((type) => {
		if (type === 'array')
			return listOf(typeOf(schema.items ?? {}, isSent));
		if (type !== 'object')
			return PRIMITIVES[type];
		if (schema.properties)
			return `{ ${Object.entries(schema.properties).map(
				([name, part]) => `${name}${schema.required?.includes(
					name) ? '' : '?'}: ${typeOf(part, isSent)}`)
				.join('; ')} }`;
		return schema.additionalProperties
			? `Record<string, ${typeOf(schema.additionalProperties,
				isSent)}>` : 'Record<string, unknown>';
	});
	return parts.length > 1 ? union(parts) : parts[0];
}

function listOf(item) {
	return /[ |]/.test(item) ? `(${item})[]` : `${item}[]`;
}

/** A comment in as many lines of 80 columns as it needs. */
function comment(text, indent) {
	const clean = text.replace(/\*\//g, '');
	const pad = '\t'.repeat(indent);
	if (clean.length + 8 * indent + 7 <= WIDTH)
		return `${pad}/** ${clean} */\n`;
	const lines = [''];
	for (const word of clean.split(' ')) {
		const last = lines[lines.length - 1];
		if (last.length + word.length + 8 * indent + 4 > WIDTH)
			lines.push(word);
		else
			lines[lines.length - 1] = last ? `${last} ${word}` : word;
	}
	return `${pad}/**\n${lines.map((line) => `${pad} * ${line}\n`).join('')
	}${pad} */\n`;
}

function interfaceOf(name, schema) {
	const required = new Set(schema.required ?? []);
	const isSent = sent.has(name);
	const members = Object.entries(schema.properties).map(([key, part]) => {
		const type = typeOf(part, isSent);
		const mayLack = !required.has(key);
		const full = mayLack && !isSent && !/\bnull$/.test(type)
			? `${type} | null` : type;
		return `${part.description ? comment(part.description, 1) : ''
		}\t${key}${mayLack && isSent ? '?' : ''}: ${full};\n`;
	});
	return `export interface ${name} {\n${members.join('')}}\n`;
}

writeFileSync(target, `/*
 * Made by tools/api.mjs from the server's /openapi.json: do not edit.
 */
${Object.entries(schemas).map(([name, schema]) =>
		interfaceOf(name, schema)).join('\n')}`);
console.log(`web: ${Object.keys(schemas).length} types in src/api/types.ts`);
