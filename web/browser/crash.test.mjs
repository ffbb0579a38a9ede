// A power cut while many people write: what was acknowledged is there afterwards, and what was not can be sent again
// without doubling.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Server } from './server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(async () => { await server?.stop(); });

const writers = 4;
const each = 150;
const cutAfter = 60; // acknowledged writes

async function send(path, form, cookie = '') {
  return fetch(server.url + path, {
    method: 'POST', redirect: 'manual', body: new URLSearchParams(form), headers: { Cookie: cookie, Origin: server.url },
  });
}

async function signIn(login) {
  return (await server.session(login)).map((c) => `${c.name}=${c.value}`).join('; ');
}

async function raise(cookie) {
  const page = await (await fetch(server.url + '/issues/new', { headers: { Cookie: cookie } })).text();
  const value = (name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? new RegExp(`value="([^"]*)"[^>]*name="${name}"`).exec(page)?.[1];
  const r = await send('/issues/new', {
    submission_id: randomUUID(), place: value('place'), title: 'Nước sinh hoạt yếu', description: 'Từ sáng nước yếu.', field: 'utilities', severity: '1', desk: value('desk'),
  }, cookie);
  assert.equal(r.status, 303);
  return r.headers.get('location');
}

test('nothing acknowledged is lost over a power cut', async (t) => {
  const cookie = await signIn('cbhuyen');
  const issue = await raise(cookie);
  const ledger = []; // every comment that somebody tried to send
  let acknowledged = 0;
  let cut;
  const writer = async (w) => {
    for (let i = 0; i < each && !cut; i++) {
      const entry = { id: randomUUID(), text: `ý kiến ${w}-${i}.`, ok: false };
      ledger.push(entry);
      try {
        const r = await send(`${issue}/moves/comment`, { submission_id: entry.id, version: '1', reason: entry.text }, cookie);
        entry.ok = r.status === 303;
        if (entry.ok && ++acknowledged === cutAfter) cut = server.crash();
      } catch { /* cut off: nothing was acknowledged */ }
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, w) => writer(w)));
  assert.ok(cut, 'the power was cut in the middle');
  const restarted = await cut;
  const unsure = ledger.filter((e) => !e.ok);
  t.diagnostic(`${acknowledged} acknowledged, ${unsure.length} cut off, ready again after ${restarted} ms`);
  const page = await (await fetch(server.url + issue, { headers: { Cookie: cookie } })).text();
  const lost = ledger.filter((e) => e.ok && !page.includes(e.text));
  assert.deepEqual(lost, [], 'acknowledged writes are there');
  for (const e of unsure) {
    const r = await send(`${issue}/moves/comment`, { submission_id: e.id, version: '1', reason: e.text }, cookie);
    assert.equal(r.status, 303, 'what was cut off can be sent again');
  }
  const again = await (await fetch(server.url + issue, { headers: { Cookie: cookie } })).text();
  for (const e of ledger) assert.equal(again.split(e.text).length - 1, 1, `${e.text} stands there once`);
});
