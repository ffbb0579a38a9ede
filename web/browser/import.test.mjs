// An administrator's first morning: the lists of 1,470 cadres become assignments, and the gaps close.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { Server } from './server.mjs';
import { sql } from './database.mjs';
import { Person, openBrowser, phone, desktop } from './people.mjs';

let server, browser;
before(async () => {
  server = await Server.start();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const button = 'main .import-moves form button[type=submit]';

// Chooses a file on the form and sends it.
async function upload(p, kind, name, text) {
  assert.equal(await p.go(`/imports/new?kind=${kind}`), 200);
  await p.page.setInputFiles('[name=file]', { name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  assert.equal(await p.submit('main form[enctype] button[type=submit]'), 200);
  return new URL(p.page.url()).pathname;
}

// Waits until the page of an import, which comes anew by itself, says how it ended.
async function ended(p, words) {
  await p.page.waitForFunction((words) => document.querySelector('main')?.innerText.includes(words), words, { timeout: 60_000 });
}

const gaps = async (p) => {
  assert.equal(await p.go('/coverage'), 200);
  return p.text();
};

test('1,470 assignments in one morning', async (t) => {
  const list = await sql(server, `SELECT c.full_name, c.birth_year, g.name, h.name, x.name FROM assignments s JOIN cadres c ON c.id = s.cadre_id
    JOIN locality_versions g ON g.locality_id = s.locality_id JOIN locality_versions h ON h.locality_id = g.parent_id JOIN locality_versions x ON x.locality_id = h.parent_id
    WHERE s.level = 'group' ORDER BY s.id`);
  await sql(server, `UPDATE cadres SET home_id = (SELECT locality_id FROM locality_versions WHERE name = 'Huyện Bình Đại')`);
  await sql(server, `UPDATE assignments SET voided_at = now() WHERE level = 'group'`);
  await sql(server, 'ANALYZE'); // the demo has just been made
  const p = await Person.at(browser, server, { window: desktop });
  t.after(() => p.leave());
  await p.sitDown('admin');
  const template = await p.context.request.get(`${server.url}/imports/templates/assignments`);
  assert.match(template.headers()['content-disposition'], /mau-phan-cong\.xlsx/);
  p.paths.add('/imports/templates/assignments');
  const before = await gaps(p);
  assert.match(before, /0\s*\/\s*1\.470/);

  const today = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Ho_Chi_Minh' }).format(new Date());
  const lines = list.map(([name, year, group, hamlet, commune], i) => [i + 1, name, year, 'Cán bộ xã theo dõi tổ NDTQ', commune, hamlet, group, today].join(';'));
  const file = '\ufeffDANH SÁCH PHÂN CÔNG\r\n\r\nSTT;Họ và tên;Năm sinh;Chức trách;Xã;Ấp;Tổ;Từ ngày\r\n' + lines.join('\r\n') + '\r\nx;Người Không Có;1980;Cán bộ xã;Xã Châu Hưng;Ấp Hưng Chánh;Tổ 1;' + today;
  const started = Date.now();
  const page = await upload(p, 'assignments', 'phan-cong.csv', file);
  t.diagnostic(`the preview of ${lines.length} rows came in ${Date.now() - started} ms`);
  assert.match(await p.text('.tiles'), /1\.470[\s\S]*Mới[\s\S]*1[\s\S]*Lỗi/);
  await p.look('import-preview');
  assert.equal(await p.go(`${page}?verdict=error`), 200);
  assert.match(await p.text(), /Ô B\d+: không thấy cán bộ này trong sổ/);
  await p.submit(button);
  const accepted = Date.now();
  await ended(p, 'Đã ghi');
  t.diagnostic(`they were stored in ${Date.now() - accepted} ms`);
  await p.look('import-done');
  assert.match(await gaps(p), /1\.470\s*\/\s*1\.470/);

  await upload(p, 'assignments', 'phan-cong.csv', file);
  assert.match(await p.text(), /1\.470[\s\S]*Đã có/, 'the same file again changes nothing');
});

test('on a phone, without JavaScript: a list of cadres, and the undo', async (t) => {
  const p = await Person.at(browser, server, { window: phone, javaScript: false });
  t.after(() => p.leave());
  await p.sitDown('admin');
  const page = await upload(p, 'cadres', 'can-bo.csv', 'Họ tên,Năm sinh,Cấp\r\nLê Thị Điện Thoại,1985,Xã\r\n');
  await p.look('import-phone');
  await p.submit(button);
  for (let n = 0; n < 30 && !/Hoàn tác/.test(await p.text()); n++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await p.go(page);
  }
  await p.submit('main section[aria-labelledby=undo] form button[type=submit]');
  for (let n = 0; n < 30 && !/Đã hoàn tác/.test(await p.text()); n++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await p.go(page);
  }
  assert.match(await p.text(), /Đã hoàn tác/);
});
