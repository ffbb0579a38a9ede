// Reorganisations as an administrator carries them out: a merger of two communes, and the real changes of 2023 to 2025.
import { describe, test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Server } from './server.mjs';
import { sql } from './database.mjs';
import { Person, openBrowser, phone, desktop } from './people.mjs';
import { inDays } from './moves.mjs';

let browser;
before(async () => { browser = await openBrowser(); });
after(async () => { await browser?.close(); });

async function seat(server, login, window) {
  const p = await Person.at(browser, server, { window });
  await p.sitDown(login);
  assert.equal(await p.go('/'), 200);
  return p;
}

// Makes an empty plan and gives its path.
async function plan(person, { title, decree, on }) {
  await person.go('/reorganisations/new');
  await person.page.fill('[name=title]', title);
  await person.page.fill('[name=decree]', decree);
  await person.page.fill('[name=on]', on);
  assert.equal(await person.submit('main form button[type=submit]'), 200);
  return new URL(person.page.url()).pathname;
}

async function change(person, path, kind, fields, file) {
  await person.go(kind === 'list' ? `${path}/list` : `${path}/add?kind=${kind}`);
  for (const [name, value] of Object.entries(fields)) await person.page.fill(`[name=${name}]`, value);
  if (file) await person.page.setInputFiles('[name=file]', fileURLToPath(file));
  assert.equal(await person.submit('main form button[type=submit]'), 200, await person.text());
}

async function confirm(person, path) {
  await person.go(path);
  assert.equal(await person.submit('form[action$="/confirm"] button'), 200, await person.text());
  assert.match(await person.text(), /Đã có hiệu lực/);
}

describe('a merger', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(async () => { await server?.stop(); });

  test('two communes become one; the secretary is assigned again and has all that came before', async () => {
    const secretary = await seat(server, 'bithu', phone);
    const admin = await seat(server, 'admin', desktop);
    const path = await plan(admin, { title: 'Nhập Long Hòa và Châu Hưng', decree: 'Nghị quyết 12/NQ-HĐND', on: inDays(0) });
    await change(admin, path, 'merge', { units: 'Xã Long Hòa\nXã Châu Hưng', type: 'Xã', name: 'Xã Long Hưng', code: '29071' });
    await admin.go(path);
    assert.match(await admin.text(), /Xã Châu Hưng, Tiểu vùng I → Xã Long Hưng/);
    await admin.look('plan-preview');
    await confirm(admin, path);
    await admin.look('plan-work-list');

    await secretary.go('/');
    assert.equal(await secretary.page.locator('main a[href^="/review"]').count(), 0, 'the post ended with the commune');
    const name = (await secretary.page.locator('.menu-name').first().textContent()).trim();
    await admin.submit(`tr:has-text("${name}") a[href*="/assign?cadre="]`);
    await admin.page.fill('[name=from]', inDays(0));
    assert.equal(await admin.submit('main form[method=post] button[type=submit]'), 200, await admin.text());
    await admin.go(path);
    assert.match(await admin.page.locator('tr', { hasText: name }).innerText(), /Đã phân công lại/);

    await secretary.go('/reports');
    assert.match(await secretary.text('main table'), /Xã Châu Hưng/, 'what happened in the commune of before is read on');
    await secretary.go('/places');
    await secretary.submit('main table a[href^="/places/"]');
    assert.match(await secretary.text(), /Tiếp nối Xã Châu Hưng/);
    await secretary.look('place-after-merger');
    await Promise.all([secretary.leave(), admin.leave()]);
  });
});

describe('the reform', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(async () => { await server?.stop(); });

  test('the changes of 2023 to 2025, from a file and pasted from a spreadsheet, end in communes right below the province', async () => {
    await sql(server, `UPDATE posts SET valid_from = '2000-01-01' WHERE code = 'province_admin'`);
    await sql(server, `INSERT INTO assignments (cadre_id, post_id, locality_id, level, period)
      SELECT a.cadre_id, p.id, l.id, l.level, daterange('2020-02-01', NULL) FROM accounts a, posts p, localities l
      WHERE a.login = 'admin' AND p.code = 'province_admin' AND l.level = 'province'`);
    const admin = await seat(server, 'admin', desktop);
    const list = await readFile(new URL('../../internal/app/testdata/changes_bentre.csv', import.meta.url), 'utf8');
    for (const [on, decree] of [['2023-04-10', 'Nghị quyết 724'], ['2025-01-01', 'Nghị quyết 1237'], ['2025-07-01', 'Nghị quyết 1687']]) {
      const path = await plan(admin, { title: `Sắp xếp ngày ${on}`, decree, on });
      if (on === '2025-07-01') await change(admin, path, 'list', { list });
      else await change(admin, path, 'list', {}, new URL('../../internal/app/testdata/changes_bentre.csv', import.meta.url));
      if (on === '2025-07-01') {
        await change(admin, path, 'dissolve', { units: '829\n831\n832\n833\n834\n835\n836\n837\n838\nTiểu vùng I\nTiểu vùng II\nTiểu vùng III' });
        await change(admin, path, 'merge', { units: '83', type: 'Tỉnh', name: 'Tỉnh Vĩnh Long', code: '86' });
      }
      await confirm(admin, path);
    }
    await admin.leave();

    const lead = await seat(server, 'tinhuy', phone);
    assert.equal(await lead.page.locator('main a[href^="/review"]').count(), 0, 'the province of before is closed');
    await sql(server, `INSERT INTO assignments (cadre_id, post_id, locality_id, level, period)
      SELECT a.cadre_id, p.id, v.locality_id, 'province', daterange('2025-07-01', NULL) FROM accounts a, posts p, locality_versions v
      WHERE a.login = 'tinhuy' AND p.code = 'province_lead' AND v.code = '86'`);
    const written = await sql(server, `SELECT r.id FROM reports r JOIN locality_versions v ON v.locality_id = r.commune_id AND r.happened_on <@ v.known
      WHERE v.name = 'Xã Châu Hưng' ORDER BY r.received_at DESC LIMIT 1`);
    assert.equal(await lead.go(`/reports/${written[0][0]}`), 200, 'the lead of the new province reads what came before');
    assert.match(await lead.text(), /Xã Châu Hưng/, 'under the names of that day');
    await lead.go('/reports');
    assert.match(await lead.text('main table'), /Xã /, 'and finds it in the list');
    await lead.go('/places');
    assert.match(await lead.text(), /48 nơi trực thuộc/);
    await lead.look('tree-after-the-reform');
    await lead.leave();
  });
});
