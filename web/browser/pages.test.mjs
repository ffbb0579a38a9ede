// The map, walked: every page of every post in both languages, light and dark, at three widths; paper; what pages weigh.
import { describe, test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { Server } from './server.mjs';
import { Person, openBrowser, phone, desktop } from './people.mjs';
import { map, printed } from './map.mjs';
import { prepare, resolve } from './prepare.mjs';

let server, browser, things;
before(async () => {
  server = await Server.start();
  browser = await openBrowser();
  things = await prepare(browser, server);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

// Vietnamese is looked at by day on a phone and a tablet, English by night on a desktop: each page is seen at each width,
// in each language, light and dark, though not in every combination.
const views = [{ language: 'vi', window: phone, colours: 'light' }, { language: 'en', window: desktop, colours: 'dark' }];

const named = (login, page, language) => `${login ?? 'visitor'}${page.replace(/[^a-z0-9{}]+/gi, '-')}-${language}`.replaceAll(/[{}]/g, '');

describe('the pages of each post', { concurrency: 2 }, () => {
  for (const { login, pages, refused = {} } of map) {
    test(`${login ?? 'a visitor'} sees sound pages`, async () => {
      for (const { language, ...view } of views) {
        const p = await Person.at(browser, server, view);
        if (login) await p.sitDown(login);
        await p.speak(language);
        for (const [page, status] of [...pages.map((page) => [page, 200]), ...Object.entries(refused)]) {
          assert.equal(await p.go(resolve(page, things)), status, `${login} ${page}`);
          assert.equal(await p.page.getAttribute('html', 'lang'), language);
          await p.look(named(login, page, language));
        }
        await p.leave();
      }
    });
  }
});

test('paper carries no navigation and is not too narrow', async () => {
  for (const { login, pages } of printed) {
    const p = await Person.at(browser, server, { window: desktop });
    await p.sitDown(login);
    for (const page of pages) {
      assert.equal(await p.go(resolve(page, things)), 200);
      await p.look(named(login, page, 'print'), { axe: false, paper: true });
    }
    await p.leave();
  }
});

test('what is no page answers too', async () => {
  const p = await Person.at(browser, server, { window: desktop });
  for (const path of ['/healthz', '/readyz', '/favicon.ico']) {
    assert.equal((await p.context.request.get(path)).status(), 200, path);
    p.paths.add(path);
  }
  await p.leave();
});

test('what pages weigh', async (t) => {
  const p = await Person.at(browser, server, { window: phone });
  await p.go('/sign-in');
  const assets = await p.page.evaluate(() => performance.getEntriesByType('resource').map((e) => e.name));
  await p.leave();
  let first = await weigh('/sign-in');
  for (const url of assets) first += await weigh(new URL(url).pathname);
  t.diagnostic(`first visit: ${first} bytes in ${assets.length + 1} answers`);
  assert.ok(first <= 100_000, `the first visit weighs ${first} bytes, at most 100 kB are allowed`);
  const cookie = (await server.session('tieuvung1')).map((c) => `${c.name}=${c.value}`).join('; ');
  for (const page of ['/', '/review', '/reports', '/reports/new', '/issues', '/places', '/notices']) {
    const bytes = await weigh(page, cookie);
    t.diagnostic(`${page}: ${bytes} bytes`);
    assert.ok(bytes <= 20_000, `${page} weighs ${bytes} bytes, at most 20 kB are allowed`);
  }
});

// Bytes of an answer's body as they go over the wire.
function weigh(path, cookie = '') {
  return new Promise((resolved, reject) => {
    http.get(server.url + path, { headers: { 'Accept-Encoding': 'gzip, br, zstd', Cookie: cookie } }, (r) => {
      let n = 0;
      r.on('data', (chunk) => { n += chunk.length; });
      r.on('end', () => (r.statusCode === 200 ? resolved(n) : reject(new Error(`${path}: ${r.statusCode}`))));
    }).on('error', reject);
  });
}
