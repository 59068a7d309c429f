#!/usr/bin/env bash
# What the CloudEvents SDK for JavaScript makes of valid CloudEvents 1.0.
#
# Package: npm cloudevents@10.0.0, read through HTTP.toEvent (structured JSON).
# We guessed that a reader keeps the attributes as they were sent. Seen:
#   1. `time` loses its microseconds and its offset from UTC:
#      2026-03-01T17:00:00.123456+07:00 is read as 2026-03-01T10:00:00.123Z, and
#      is written so when the event is passed on.
#   2. An event without `time`, which is optional, gets the time of reading.
#   3. A whole number in `data` above 2^53 is rounded without a word (unless
#      CE_USE_BIG_INT is set): 9007199254740993 is read as 9007199254740992.
#   4. An empty `subject` is dropped when the event is passed on.
# What follows for us: a hook's message always has a time, receivers order events
# by the order of delivery and never by time, and numbers that may be large are
# sent as text. Fails if any of this changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error cloudevents@10.0.0 >/dev/null
cat >read.mjs <<'EOF'
import assert from 'node:assert';
import { HTTP } from 'cloudevents';

const headers = { 'content-type': 'application/cloudevents+json' };
const read = (more) => HTTP.toEvent({ headers, body: JSON.stringify({
	specversion: '1.0', id: 'e1', source: 'urn:example:a', type: 'org.example.made', ...more }) });
const passedOn = (event) => JSON.parse(HTTP.structured(event).body);

const dated = read({ time: '2026-03-01T17:00:00.123456+07:00' });
console.log('1. time read as', dated.time, 'and passed on as', passedOn(dated).time);
assert.strictEqual(dated.time, '2026-03-01T10:00:00.123Z');
assert.strictEqual(passedOn(dated).time, '2026-03-01T10:00:00.123Z');

const before = Date.now();
const undated = read({});
console.log('2. without time, read as', undated.time);
assert.ok(Date.parse(undated.time) >= before && Date.parse(undated.time) <= Date.now());
assert.strictEqual(passedOn(undated).time, undated.time);

const large = HTTP.toEvent({ headers, body:
	'{"specversion":"1.0","id":"e1","source":"urn:example:a","type":"org.example.made","data":{"index":9007199254740993}}' });
console.log('3. 9007199254740993 read as', String(large.data.index));
assert.strictEqual(String(large.data.index), '9007199254740992');

const silent = read({ subject: '' });
console.log('4. an empty subject passed on:', 'subject' in passedOn(silent));
assert.ok(!('subject' in passedOn(silent)));
EOF
node read.mjs
