// A transfer with handover: somebody else takes over a hamlet, confirms what is open there, and the one before sees that it arrived.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { Server } from './server.mjs';
import { Person, openBrowser, phone, desktop } from './people.mjs';
import { raise } from './moves.mjs';

let server, browser;
before(async () => {
  server = await Server.start();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function seat(login, window, options = {}) {
  const p = await Person.at(browser, server, { window, ...options });
  await p.sitDown(login);
  assert.equal(await p.go('/'), 200);
  return p;
}

test('a transfer with handover', async () => {
  const cadre = await seat('cbhuyen', phone);
  await raise(cadre, { title: 'Cống Rạch Gừa hư cửa', description: 'Cửa cống hư, nước mặn vào ruộng.', field: 'water_control', severity: '2' });
  await cadre.go('/places');
  const place = await cadre.link('main table a[href^="/places/"]');
  await cadre.leave();
  const before = await seat('dangvien', phone);
  const successor = await seat('cbxa', phone);

  const name = (await successor.page.locator('.menu-name').first().textContent()).trim();
  const admin = await seat('admin', desktop, { javaScript: false });
  await admin.go(`${place}/assignments`);
  const lead = admin.page.locator('tr', { hasText: 'Đảng ủy viên phụ trách' }).first();
  const replace = await lead.locator('a[href*="replaces="]').getAttribute('href');
  await admin.go(replace);
  await admin.page.fill('main input[name=q]', name);
  await admin.submit('main form button[type=submit]');
  await admin.page.click(`main table a:has-text("${name}") >> nth=0`);
  await admin.page.fill('[name=reason]', 'điều động');
  await admin.submit('main form[method=post] button[type=submit]');
  assert.match(await admin.text('[aria-labelledby=now]'), new RegExp(name), 'the new lead is there');
  await admin.page.locator('tr', { hasText: name }).locator('a[href$="/decision"]').first().click();
  await admin.page.fill('[name=decision]', '45-QĐ/ĐU');
  await admin.page.setInputFiles('[name=file]', { name: 'quyet-dinh.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n%%EOF\n') });
  await admin.submit('main form[method=post] button[type=submit]');
  const file = await admin.link('main a[href$="/file"]');
  const decision = await admin.context.request.get(file);
  assert.match(decision.headers()['content-disposition'], /^attachment/);
  admin.paths.add(file);
  await admin.go('/handovers');
  assert.match(await admin.text(), /chờ xác nhận/);
  await admin.look('handovers-open', { axe: false });

  await successor.go('/');
  await successor.look('home-with-handover');
  await successor.submit('main a[href^="/handovers/"]');
  assert.match(await successor.text(), /Cống Rạch Gừa hư cửa/, 'what is open is listed');
  await successor.look('handover');
  await successor.page.fill('[name=note]', 'Đã đi thực tế cùng người trước.');
  assert.equal(await successor.submit('main form[method=post] button[type=submit]'), 200);
  assert.match(await successor.text(), /đã nhận/);
  await successor.look('handover-confirmed');
  await successor.go('/');
  assert.equal(await successor.page.locator('main a[href^="/handovers/"]').count(), 0, 'home lets go of it');

  await before.go('/');
  assert.equal(new URL(before.page.url()).pathname, '/sign-in', 'with the last assignment the session ends');
  await before.signIn('dangvien');
  await before.go('/handovers?state=done');
  assert.match(await before.text(), /đã nhận/, 'the one before sees that it arrived');
  await before.look('handovers-done');
  await admin.go('/handovers?state=done');
  assert.match(await admin.text(), /đã nhận/);
  await Promise.all([admin, successor, before].map((p) => p.leave()));
});
