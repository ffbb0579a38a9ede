// The board before a meeting, and issues that are one: what reviewers do with several issues at once.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { Server } from './server.mjs';
import { Person, openBrowser, phone, desktop } from './people.mjs';
import { inDays, move, raise } from './moves.mjs';

let server, browser;
before(async () => {
  server = await Server.start();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function sit(t, login, options) {
  const p = await Person.at(browser, server, options);
  t.after(() => p.leave());
  await p.sitDown(login);
  return p;
}

const button = 'main form button[type=submit]';

test('ten minutes before a meeting', async (t) => {
  const p = await sit(t, 'huyenuy', { window: desktop });
  assert.equal(await p.go('/review'), 200);
  await p.look('board-glance');
  // By keyboard: into the list, down with J, chosen with X.
  await p.page.locator('[data-rows] .line-title').first().focus();
  await p.page.keyboard.press('x');
  await p.page.keyboard.press('j');
  await p.page.keyboard.press('x');
  await p.page.keyboard.press('j');
  await p.page.keyboard.press('k');
  const chosen = await p.page.locator('.board-choose input:checked').evaluateAll((l) => l.map((e) => e.value));
  assert.equal(chosen.length, 2, 'two rows are chosen by keyboard');
  assert.equal(await p.submit('.many-bar button[formaction="/meetings/pick"]'), 200);
  await p.look('meeting-pick');
  await p.page.check('[name=meeting][value=new]', { force: true });
  assert.equal(await p.submit(button), 200);
  await p.page.fill('[name=title]', 'Hội nghị Ban Thường vụ');
  await p.page.fill('[name=day]', inDays(0));
  await p.page.fill('[name=hour]', '23:59');
  assert.equal(await p.submit(button), 200);
  await p.look('meeting');
  const meeting = new URL(p.page.url()).pathname;
  const first = await p.page.locator('.agenda .line-title').first().innerText();
  await p.page.locator('[name^=position_]').first().fill('9');
  await p.page.locator('[name^=minutes_]').first().fill('0');
  assert.equal(await p.submit(button), 422, 'no issue takes no time');
  assert.equal(await p.page.locator('[name^=position_]').first().inputValue(), '9', 'what was typed is kept');
  await p.page.locator('[name^=minutes_]').first().fill('25');
  assert.equal(await p.submit(button), 200);
  assert.equal(await p.page.locator('.agenda .line-title').nth(1).innerText(), first, 'the order is the one that was typed');
  await p.go(`${meeting}/print`);
  assert.match(await p.text('.sheet'), /ĐẢNG CỘNG SẢN VIỆT NAM[\s\S]*CHƯƠNG TRÌNH/);
  await p.look('meeting-print', { paper: true });

  const lead = await sit(t, 'huyenuy', { window: phone });
  assert.equal(await lead.go(`${meeting}/conclusions`), 200);
  await lead.page.locator('textarea').first().fill('Giao Phòng Kinh tế và Hạ tầng khảo sát trong tuần.');
  await lead.page.locator('[type=date]').first().fill(inDays(7));
  await lead.look('meeting-conclude');
  assert.equal(await lead.submit(button), 200);
  assert.match(await lead.text(), /Giao Phòng Kinh tế và Hạ tầng khảo sát/);
  await lead.go('/meetings/conclusions');
  assert.match(await lead.text(), /Giao Phòng Kinh tế và Hạ tầng khảo sát/);
  await lead.look('conclusions');
  await p.go(`${meeting}/print`);
  assert.match(await p.text('.sheet'), /THÔNG BÁO KẾT LUẬN/);

  const neighbour = await sit(t, 'bithu', { window: phone });
  assert.equal(await neighbour.go(meeting), 404, 'a commune knows nothing of the district’s meeting');
});

test('several issues at once, and somebody was faster', async (t) => {
  const cadre = await sit(t, 'cbhuyen', { window: desktop });
  const paths = [];
  for (const title of ['Bờ kè sạt lở đoạn chợ', 'Trạm bơm ngưng chạy', 'Đèn đường hư cả tuyến']) {
    paths.push(await raise(cadre, { title, description: 'Bà con phản ánh nhiều lần.', field: 'roads', severity: '2' }));
  }
  const p = await sit(t, 'bithu', { window: phone });
  const query = paths.map((path) => `issue=${path.split('/').at(-1)}`).join('&');
  assert.equal(await p.go(`/review/many?do=acknowledge&${query}`), 200);
  await p.look('many');
  const member = await sit(t, 'tieuvung1', { window: desktop });
  await move(member, paths[1], 'pull_up', { reason: 'Đưa lên xem xét ngay' });
  assert.equal(await p.submit(button), 200);
  assert.match(await p.text(), /Đã thực hiện 2 trên 3 việc/);
  await p.look('many-done');
});

test('two issues that are one', async (t) => {
  const cadre = await sit(t, 'cbhuyen', { window: phone });
  const first = await raise(cadre, { title: 'Cầu ván rạch Bà Tư gãy nhịp giữa', description: 'Học sinh phải đi vòng.', field: 'roads', severity: '2' });
  await cadre.go('/issues/new');
  const answer = cadre.page.waitForResponse((r) => new URL(r.url()).pathname === '/issues/similar');
  await cadre.page.fill('[name=title]', 'Cầu ván rạch Bà Tư bị gãy nhịp');
  assert.equal((await answer).status(), 200);
  await cadre.page.waitForSelector('.similar');
  assert.match(await cadre.text('.similar'), /Cầu ván rạch Bà Tư gãy nhịp giữa/);
  await cadre.look('raise-similar');
  await cadre.page.fill('[name=description]', 'Xe không qua được.');
  await cadre.page.selectOption('[name=field]', 'roads');
  const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  await cadre.page.setInputFiles('[name=file]', [{ name: 'cau.png', mimeType: 'image/png', buffer: pixel }]);
  assert.equal(await cadre.submit(button), 200);
  const second = new URL(cadre.page.url()).pathname;
  const file = await cadre.link('.moment-files a');
  const sent = await cadre.context.request.get(server.url + file);
  assert.equal(sent.status(), 200);
  assert.match(sent.headers()['content-type'], /image\/jpeg/, 'a picture is made anew');
  cadre.paths.add(file);

  const p = await sit(t, 'bithu', { window: phone });
  assert.equal(await p.go(second), 200);
  assert.match(await p.text(), /Có thể trùng với/);
  await p.look('issue-similar');
  await move(p, second, 'merge', { into: first.split('/').at(-1) });
  assert.match(await p.text(), /đã được gộp vào/);
  await p.look('issue-merged');
  await p.go(first);
  assert.match(await p.text(), /Đã gộp vào vướng mắc này/);
  assert.equal(await p.submit('.follow button[value=mute]'), 200);
  assert.match(await p.text('.follow'), /chỉ nhận thông báo khi có việc/);
  await p.page.click('.fold > summary');
  await p.page.fill('[name=reason]', 'Mời đồng chí xem giúp.');
  await p.page.locator('[name=mentioned]').first().check({ force: true });
  assert.equal(await p.submit('form[action$="/moves/comment"] button[type=submit]'), 200);
  assert.match(await p.text(), /Gửi: /);
  await p.page.goto(first); // afresh: the pointer rests where a button has come to lie, whose colour is on its way
  await p.page.mouse.move(0, 0);
  await p.look('issue-thread');
});
