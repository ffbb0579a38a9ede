// Every page of every post, on a phone and on a desktop, in both languages; what they weigh; and the moves that the main
// walk does not need.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { Server } from './server.mjs';
import { Person, openBrowser, phone, desktop } from './people.mjs';
import { move, raise, inDays } from './moves.mjs';

let server, browser;
before(async () => {
  server = await Server.start();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const posts = {
  admin: ['/', '/places', '/notices'],
  tinhuy: ['/', '/review', '/reports', '/issues', '/places'],
  huyenuyvien: ['/', '/reports', '/issues', '/issues/new'],
  bithu: ['/', '/review', '/reports/new', '/issues/new', '/notices'],
  cbxa: ['/', '/reports/new', '/reports/drafts', '/issues/new', '/places'],
};

for (const window of [phone, desktop]) {
  test(`every post's pages are sound on a ${window.name}`, async (t) => {
    for (const [login, pages] of Object.entries(posts)) {
      const p = await Person.at(browser, server, { window });
      t.after(() => p.leave());
      await p.signIn(login);
      for (const language of ['vi', 'en']) {
        for (const page of pages) {
          assert.equal(await p.go(page), 200, `${login} ${page}`);
          assert.equal(await p.page.getAttribute('html', 'lang'), language);
          await p.look(`${login}${page.replaceAll('/', '-')}-${language}`);
        }
        await p.go('/places');
        const place = await p.page.locator('main table a').first().getAttribute('href');
        assert.equal(await p.go(place), 200);
        await p.look(`${login}-place-${language}`);
        assert.equal(await p.go('/issues/00000000-0000-7000-8000-000000000000'), 404);
        await p.look(`${login}-missing-${language}`);
        await p.submit('footer form button');
      }
    }
  });
}

test('the other moves: down, back, declined, appealed, reopened', async (t) => {
  const seat = async (login) => {
    const p = await Person.at(browser, server, { window: phone });
    t.after(() => p.leave());
    await p.signIn(login);
    return p;
  };
  const cadre = await seat('cbhuyen');
  const issue = await raise(cadre, { title: 'Cầu ván mục', description: 'Cầu ván tổ 3 mục, học sinh qua lại nguy hiểm.', field: 'roads', severity: '3' });
  const secretary = await seat('bithu');
  await move(secretary, issue, 'acknowledge', {});
  await move(secretary, issue, 'send_down', { reason: 'Ấp vận động thay ván trước mùa mưa.', due_on: inDays(4) }, 'move-send-down');
  const hamlet = await seat('dangvien');
  await move(hamlet, issue, 'acknowledge', {});
  await move(hamlet, issue, 'decline', { reason: 'Cầu thuộc tuyến xã quản lý.' }, 'move-decline');
  await cadre.go(issue);
  await cadre.look('issue-declined');
  await move(cadre, issue, 'escalate', { reason: 'Ấp không có kinh phí, đề nghị xã xem lại.' }, 'move-appeal');
  await move(secretary, issue, 'acknowledge', {});
  await move(secretary, issue, 'start', { agency: 'Tổ giao thông xã', due_on: inDays(3) });
  await move(secretary, issue, 'resolve', { outcome: 'Đã thay 12 tấm ván.', evidence: 'Biên bản nghiệm thu ngày hôm nay.' });
  await move(cadre, issue, 'reopen', { reason: 'Còn 3 tấm chưa thay.' }, 'move-reopen');
  assert.match(await cadre.text('.badges'), /Mới/, 'reopened, it begins anew at the desk');
  await cadre.page.fill('[name=reason]', 'Tôi đã chụp ảnh ba tấm ván còn lại.');
  await cadre.submit('form[action$="/moves/comment"] button[type=submit]');
  assert.match(await cadre.text(), /ba tấm ván còn lại/);

  // A wrong form comes back with what was typed, its errors first, and can be mended.
  await secretary.go(`${issue}/moves/acknowledge`);
  await secretary.submit('main form button[type=submit]');
  await secretary.go(`${issue}/moves/start`);
  await secretary.page.fill('[name=agency]', 'Tổ giao thông xã');
  assert.equal(await secretary.submit('main form button[type=submit]'), 422);
  await secretary.look('move-invalid');
  assert.equal(await secretary.page.inputValue('[name=agency]'), 'Tổ giao thông xã');
  assert.equal(await secretary.page.evaluate(() => document.activeElement.classList.contains('error-summary')), true, 'the error summary takes the focus');
});

test('what pages weigh', async (t) => {
  const p = await Person.at(browser, server, { window: phone });
  t.after(() => p.leave());
  await p.go('/sign-in');
  const assets = await p.page.evaluate(() => performance.getEntriesByType('resource').map((e) => e.name));
  let first = await weigh('/sign-in');
  for (const url of assets) first += await weigh(new URL(url).pathname);
  t.diagnostic(`first visit: ${first} bytes in ${assets.length + 1} answers`);
  assert.ok(first <= 100_000, `the first visit weighs ${first} bytes, at most 100 kB are allowed`);
  await p.signIn('tieuvung1');
  const cookie = (await p.context.cookies()).map((c) => `${c.name}=${c.value}`).join('; ');
  for (const page of ['/', '/review', '/reports', '/reports/new', '/issues', '/places', '/notices']) {
    const bytes = await weigh(page, cookie);
    t.diagnostic(`${page}: ${bytes} bytes`);
    assert.ok(bytes <= 20_000, `${page} weighs ${bytes} bytes, at most 20 kB are allowed`);
  }
});

// Bytes of an answer's body as they go over the wire.
function weigh(path, cookie = '') {
  return new Promise((resolve, reject) => {
    http.get(server.url + path, { headers: { 'Accept-Encoding': 'gzip, br, zstd', Cookie: cookie } }, (r) => {
      let n = 0;
      r.on('data', (chunk) => { n += chunk.length; });
      r.on('end', () => (r.statusCode === 200 ? resolve(n) : reject(new Error(`${path}: ${r.statusCode}`))));
    }).on('error', reject);
  });
}
