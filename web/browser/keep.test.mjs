// What is typed is not lost: a session that ends, a second tab, a network that goes; and nobody else who sits down finds it.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { Server } from './server.mjs';
import { Person, openBrowser, phone } from './people.mjs';
import { inDays } from './moves.mjs';

let server, browser;
before(async () => {
  server = await Server.start();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const line = '[data-keep-line]';
const kept = (page) => page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('banam:draft:')));
const says = (page, words) => page.locator(line, { hasText: words }).waitFor();

async function seat(t, login) {
  const p = await Person.at(browser, server, { window: phone });
  t.after(() => p.leave());
  await p.signIn(login);
  return p;
}

test('a report is saved while it is written, and is there after the session has ended', async (t) => {
  const cadre = await seat(t, 'cbhuyen');
  const { page, context } = cadre;
  await cadre.go('/reports/new');
  const weights = [];
  page.on('request', (r) => { if (r.url().endsWith('/reports/keep')) weights.push(r.postDataBuffer().length); });
  await page.fill('[name=happened_on]', inDays(0));
  await page.locator('[name=what]').pressSequentially('Nước mặn vào sâu 4 km.', { delay: 5 });
  assert.equal((await kept(page)).length <= 1, true);
  await says(page, 'Đã lưu nháp lúc');
  assert.deepEqual(await kept(page), [], 'what the server has is not kept in the browser');
  assert.ok(weights.length <= 2 && Math.max(...weights) < 1000, `saved ${weights.length} times with ${weights} bytes`);
  await cadre.look('report-kept');

  await page.fill('[name=proposals]', Array.from({ length: 150 }, (_, i) => `Đề nghị nạo vét ${i * 7} m kênh tổ ${i}.`).join(' '));
  await page.waitForResponse((r) => r.url().endsWith('/reports/keep') && r.ok());
  assert.ok(weights.at(-1) < 2000, `a long text weighs ${weights.at(-1)} bytes`);
  await page.fill('[name=proposals]', '');
  await page.waitForResponse((r) => r.url().endsWith('/reports/keep') && r.ok());

  // The session ends while they go on writing: they are told, sign in beside it, and go on.
  const cookies = await context.cookies();
  await context.clearCookies();
  await page.locator('[name=what]').pressSequentially(' Mười hai hộ thiếu nước ngọt.', { delay: 5 });
  await says(page, 'Phiên đăng nhập đã hết');
  await cadre.look('report-kept-signed-out');
  assert.equal((await kept(page)).length, 1, 'the browser has what the server has not');
  await page.click('main form#report button[value=send]');
  await page.locator('#complaint', { hasText: 'Phiên đăng nhập đã hết' }).waitFor();
  assert.match(await page.inputValue('[name=what]'), /Mười hai hộ thiếu nước ngọt/, 'sending without a session leaves the form as it is');

  // The window is closed, too. Signed in again they find the draft, with what only the browser had.
  await page.goto('about:blank');
  await cadre.signIn('cbhuyen');
  await cadre.go('/reports/drafts');
  assert.equal(await cadre.submit('main a[href$="/edit"]'), 200);
  await says(page, 'Đã lấy lại');
  assert.match(await page.inputValue('[name=what]'), /4 km\. Mười hai hộ thiếu nước ngọt/);
  await says(page, 'Đã lưu nháp lúc');
  const send = 'main form button[name=action][value=send]';
  if (await cadre.submit(send) === 422) assert.equal(await cadre.submit(send), 200);
  assert.match(new URL(page.url()).pathname, /^\/reports\/[0-9a-f-]{36}$/);
  assert.match(await cadre.text(), /Mười hai hộ thiếu nước ngọt/);
  assert.deepEqual(await kept(page), []);
  assert.ok(cookies.length > 0);
});

test('what the server never received is offered again to its author, and to nobody else', async (t) => {
  const cadre = await seat(t, 'cbhuyen');
  const { page, context } = cadre;
  await cadre.go('/reports/new');
  await context.setOffline(true);
  await page.locator('[name=what]').pressSequentially('Sạt 15 m bờ kè tổ 3.', { delay: 5 });
  await says(page, 'Chưa lưu được lên máy chủ');
  assert.equal((await kept(page)).length, 1);
  cadre.complaints.length = 0; // the console says that there is no network
  await page.goto('about:blank');
  await context.setOffline(false);

  await cadre.go('/reports/new?kind=flash');
  await page.locator('.keep-found').waitFor();
  await cadre.look('report-found');
  await page.click('.keep-found button.btn-primary');
  await page.waitForURL(/kind=situation/);
  await says(page, 'Đã lấy lại');
  assert.equal(await page.inputValue('[name=what]'), 'Sạt 15 m bờ kè tổ 3.');
  await says(page, 'Đã lưu nháp lúc');

  // Offline once more, and then somebody else sits down at the same device.
  await context.setOffline(true);
  await page.locator('[name=what]').pressSequentially(' Xe không qua được.', { delay: 5 });
  await says(page, 'Chưa lưu được lên máy chủ');
  cadre.complaints.length = 0;
  await page.goto('about:blank');
  await context.setOffline(false);
  await context.clearCookies();
  await cadre.signIn('cbtinh');
  await cadre.go('/reports/new');
  assert.deepEqual(await kept(page), [], 'nothing of the first person is left');
  assert.doesNotMatch(await page.content(), /bờ kè tổ 3|Xe không qua/);
  await cadre.go('/reports/drafts');
  assert.doesNotMatch(await cadre.text(), /bờ kè tổ 3/);
});

test('a page that was left open makes room for the next person', async (t) => {
  const cadre = await seat(t, 'cbhuyen');
  const { page, context } = cadre;
  await cadre.go('/reports/new');
  await page.locator('[name=what]').pressSequentially('Chỉ mình tôi đọc.', { delay: 5 });
  await says(page, 'Đã lưu nháp lúc');
  const other = await context.newPage();
  await context.clearCookies();
  await other.goto('/sign-in');
  await other.fill('input[name=login]', 'cbtinh');
  await other.fill('input[name=password]', 'BaNam-demo-2020');
  await other.click('main form button[type=submit]');
  await other.waitForURL((u) => u.pathname === '/');
  await page.waitForURL((u) => u.pathname === '/');
  assert.doesNotMatch(await page.content(), /Chỉ mình tôi đọc/);
});

test('signing out empties the browser', async (t) => {
  const cadre = await seat(t, 'cbhuyen');
  const { page, context } = cadre;
  await cadre.go('/reports/new');
  await context.setOffline(true);
  await page.locator('[name=what]').pressSequentially('Chưa gửi được.', { delay: 5 });
  await says(page, 'Chưa lưu được lên máy chủ');
  cadre.complaints.length = 0;
  assert.equal((await kept(page)).length, 1);
  await context.setOffline(false);
  page.on('dialog', (d) => d.accept());
  await page.click('details.menu > summary');
  await cadre.submit('form[action="/sign-out"] button');
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
});

test('of two tabs the older one is told, and keeps its text', async (t) => {
  const cadre = await seat(t, 'cbhuyen');
  const { page, context } = cadre;
  await cadre.go('/reports/new');
  await page.fill('[name=what]', 'Bản đầu.');
  assert.equal(await cadre.submit('main form button[name=action][value=save]'), 200);
  const second = await context.newPage();
  await second.goto(page.url());
  await page.locator('[name=what]').pressSequentially(' Thẻ thứ nhất.', { delay: 5 });
  await says(page, 'Đã lưu nháp lúc');
  await second.locator('[name=what]').pressSequentially(' Thẻ thứ hai.', { delay: 5 });
  await says(second, 'vừa được lưu ở thẻ hoặc máy khác');
  assert.match(await second.inputValue('[name=what]'), /Thẻ thứ hai/);
  await second.click('main form button[name=action][value=save]');
  await second.locator('.error-summary').waitFor();
  assert.match(await second.inputValue('[name=what]'), /Thẻ thứ hai/, 'the loser keeps its text');
  assert.match(await second.innerText('main'), /Thẻ thứ nhất/, 'and sees the other one');
});

test('what is said about a household stays out of the browser', async (t) => {
  const supporter = await seat(t, 'cbxa');
  const { page } = supporter;
  await supporter.go('/reports/new?kind=household_visit');
  await page.locator('[name=circumstances]').pressSequentially('Hoàn cảnh khó khăn.', { delay: 5 });
  await says(page, 'Đã lưu nháp lúc');
  await page.context().setOffline(true);
  await page.locator('[name=circumstances]').pressSequentially(' Cần con giống.', { delay: 5 });
  await says(page, 'Chưa lưu được lên máy chủ');
  supporter.complaints.length = 0;
  assert.deepEqual(await kept(page), []);
  await page.context().setOffline(false);
  await says(page, 'Đã lưu nháp lúc');
});
