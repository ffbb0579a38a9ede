// A normal day of each post: read the home page, do what there is to do, see what came of it; on a phone and on a desktop.
import { describe, test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { Server } from './server.mjs';
import { sql } from './database.mjs';
import { Person, openBrowser, phone, desktop } from './people.mjs';
import { comment, inDays, move, raise, raiseFrom, report, send } from './moves.mjs';

let server, browser;
before(async () => {
  server = await Server.start();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function seat(login, window) {
  const p = await Person.at(browser, server, { window });
  await p.sitDown(login);
  assert.equal(await p.go('/'), 200);
  return p;
}

// Writes a report from the line of a place on the home page, and raises the difficulty in it.
async function reportAndRaise(person, marker, choices) {
  const form = await person.link('#main a[href^="/reports/new?place="]');
  const path = await report(person, { form, what: `${marker}: đi thực tế cùng trưởng ấp.`, difficulties: `${marker}: ấp chưa có kinh phí.` });
  assert.match(await person.text(), new RegExp(marker), 'the report is shown');
  return { report: path, issue: await raiseFrom(person, marker, choices) };
}

describe('a day of each post', () => {
  for (const window of [phone, desktop]) describe(`on a ${window.name}`, () => day(window));
});

function day(window) {
  const settled = `Đèn đường tổ 1 hỏng, ${window.name}`;
  const grave = `Bờ bao Rạch Gừa, ${window.name}`;
  let atHamlet, atCommune;

  test('the cadre of a group writes from the line of their place, and raises what the hamlet can settle', async () => {
    const p = await seat('cbxa', window);
    ({ issue: atHamlet } = await reportAndRaise(p, settled, { field: 'utilities', desk: /Hưng Chánh/ }));
    await p.look('walk-cbxa-raised', { axe: false });
    await p.leave();
  });

  test('the hamlet lead takes it, has it done and settles it', async () => {
    const p = await seat('dangvien', window);
    assert.match(await p.text(), new RegExp(settled), 'the home page shows what waits');
    await move(p, atHamlet, 'acknowledge', {});
    await move(p, atHamlet, 'start', { agency: 'Tổ điện của ấp', due_on: inDays(2) });
    await move(p, atHamlet, 'resolve', { outcome: 'Đã thay hai bóng đèn.', evidence: 'Ảnh chụp tối nay, tổ trưởng xác nhận.' });
    assert.match(await p.text(), /hai bóng đèn/);
    await p.look('walk-dangvien-resolved', { axe: false });
    await p.leave();
  });

  test('the cadre of the hamlet keeps a draft, sends it, and raises what weighs more', async () => {
    const p = await seat('cbhuyen', window);
    await p.go('/reports/new');
    await p.page.fill('[name=what]', `${grave}: ghi nhanh tại chỗ.`);
    assert.equal(await p.submit('main form button[name=action][value=save]'), 200);
    await p.go('/reports/drafts');
    assert.match(await p.text(), /ghi nhanh tại chỗ/);
    assert.equal(await p.submit('main a[href$="/edit"]'), 200);
    await send(p);
    assert.match(await p.text(), /ghi nhanh tại chỗ/, 'the draft is sent as it was kept');
    await p.go('/');
    ({ issue: atCommune } = await reportAndRaise(p, grave, { field: 'water_control', severity: '3' }));
    await p.leave();
  });

  test('the watcher of the commune says what they think', async () => {
    const p = await seat('huyenuyvien', window);
    await p.go('/issues');
    assert.equal(await p.submit(`main a[href="${atCommune}"]`), 200);
    await comment(p, 'Đề nghị xã báo Phòng Nông nghiệp trước con nước rằm.');
    assert.match(await p.text(), /con nước rằm/);
    await p.look('walk-huyenuyvien-commented', { axe: false });
    await p.leave();
  });

  test('the secretary acknowledges and hands to an agency', async () => {
    const p = await seat('bithu', window);
    await p.go('/review');
    assert.match(await p.text(), new RegExp(grave), 'the board shows what is at the desk');
    await move(p, atCommune, 'acknowledge', {});
    await p.look('walk-bithu-acknowledged', { axe: false });
    await p.leave();
  });

  test('the province cadre reads the report and asks about the issue', async () => {
    const p = await seat('cbtinh', window);
    await p.go('/reports');
    assert.equal(await p.submit('main table a[href^="/reports/"]'), 200);
    await p.go(atCommune);
    await comment(p, 'Tỉnh có đoàn công tác về xã thứ Năm này.');
    await p.look('walk-cbtinh-commented', { axe: false });
    await p.leave();
  });

  test('the member for the sub-region finds it on the board', async () => {
    const p = await seat('tieuvung1', window);
    await p.go('/review');
    assert.equal(await p.submit(`main a[href="${atCommune}"]`), 200);
    assert.match(await p.text(), /con nước rằm/);
    await p.leave();
  });

  test('the district lead pulls it up', async () => {
    const p = await seat('huyenuy', window);
    await p.go('/review');
    await move(p, atCommune, 'pull_up', { reason: 'Nguy cơ vỡ bờ bao, huyện trực tiếp chỉ đạo.' });
    assert.match(await p.text(), /huyện trực tiếp chỉ đạo/);
    await p.go('/review');
    assert.match(await p.text(), new RegExp(grave), 'it is at the desk of the district now');
    await p.look('walk-huyenuy-board', { axe: false });
    await p.leave();
  });

  test('the province lead reads the way that it took', async () => {
    const p = await seat('tinhuy', window);
    await p.go('/review');
    await p.go(atCommune);
    for (const words of ['Xã Châu Hưng', 'Huyện Bình Đại']) assert.match(await p.text('[aria-labelledby=path]'), new RegExp(words));
    assert.equal(await p.page.locator('main nav.moves a[href$="/acknowledge"]').count(), 0, 'it is not at this desk');
    await p.leave();
  });

  test('who raised it confirms', async () => {
    const p = await seat('cbxa', window);
    await p.go('/notices');
    assert.match(await p.text(), new RegExp(settled), 'they are told');
    assert.equal(await p.submit('main a[href^="/notices/"]'), 200, 'a notice leads to what it is about');
    await move(p, atHamlet, 'confirm', {});
    await p.leave();
  });

  test('the administrator looks at gaps, then at a place', async () => {
    const p = await seat('admin', window);
    assert.equal(await p.submit('main a[href^="/coverage?kind="]'), 200);
    await p.look('walk-admin-coverage', { axe: false });
    assert.equal(await p.submit('main a[href^="/places/"]'), 200);
    assert.notEqual(await p.text('h1'), '');
    await p.leave();
  });
}

test('somebody without a post reads what they wrote, and nothing else', async () => {
  const p = await seat('tieuvung2', phone);
  assert.equal(await p.page.locator('.bottom-nav a[href="/review"]').count(), 1);
  await sql(server, `UPDATE assignments SET period = daterange(lower(period), current_date - 1)
    WHERE cadre_id = (SELECT cadre_id FROM accounts WHERE login = 'tieuvung2')`);
  await p.go('/');
  await p.look('home-without-post');
  assert.equal(await p.page.locator('a[href="/review"]').count(), 0);
  assert.equal(await p.go('/review'), 403);
  await p.look('refused-without-post');
  assert.equal(await p.go('/reports'), 200);
  await p.look('reports-without-post');
  await p.leave();
});

test('the language is chosen at the foot of a page, and kept by the account', async () => {
  const p = await Person.at(browser, server, { window: phone });
  await p.go('/sign-in');
  await p.submit('footer form button');
  assert.equal(await p.page.getAttribute('html', 'lang'), 'en');
  await p.signIn('bithu2');
  await p.speak('vi');
  await p.go('/issues');
  await p.submit('footer form button');
  assert.equal(new URL(p.page.url()).pathname, '/issues', 'the same page comes again');
  assert.equal(await p.page.getAttribute('html', 'lang'), 'en');
  await p.leave();
});

test('the other moves: down, back, declined, appealed, reopened', async (t) => {
  const cadre = await seat('cbhuyen', phone);
  const secretary = await seat('bithu', phone);
  const hamlet = await seat('dangvien', phone);
  t.after(() => Promise.all([cadre, secretary, hamlet].map((p) => p.leave())));
  const issue = await raise(cadre, { title: 'Cầu ván mục', description: 'Cầu ván tổ 3 mục, học sinh qua lại nguy hiểm.', field: 'roads', severity: '3' });
  await move(secretary, issue, 'acknowledge', {});
  await move(secretary, issue, 'send_down', { reason: 'Ấp vận động thay ván trước mùa mưa.', due_on: inDays(4) }, 'move-send-down');
  await move(hamlet, issue, 'acknowledge', {});
  await move(hamlet, issue, 'decline', { reason: 'Cầu thuộc tuyến xã quản lý.' }, 'move-decline');
  await move(cadre, issue, 'escalate', { reason: 'Ấp không có kinh phí, đề nghị xã xem lại.' }, 'move-appeal');
  await move(secretary, issue, 'acknowledge', {});
  await secretary.go(`${issue}/moves/start`);
  await secretary.page.fill('[name=agency]', 'Tổ giao thông xã');
  assert.equal(await secretary.submit('main form button[type=submit]'), 422);
  assert.equal(await secretary.page.inputValue('[name=agency]'), 'Tổ giao thông xã');
  assert.equal(await secretary.page.evaluate(() => document.activeElement.classList.contains('error-summary')), true, 'the error summary takes the focus');
  await secretary.look('move-invalid');
  await move(secretary, issue, 'start', { agency: 'Tổ giao thông xã', due_on: inDays(3) });
  await move(secretary, issue, 'resolve', { outcome: 'Đã thay 12 tấm ván.', evidence: 'Biên bản nghiệm thu ngày hôm nay.' });
  await move(cadre, issue, 'reopen', { reason: 'Còn 3 tấm chưa thay.' }, 'move-reopen');
  assert.match(await cadre.text('.badges'), /Mới/, 'reopened, it begins anew at the desk');
  await comment(cadre, 'Tôi đã chụp ảnh ba tấm ván còn lại.');
  assert.match(await cadre.text(), /ba tấm ván còn lại/);
});

test('a form with a mistake comes back with its text and the mistakes first', async () => {
  const p = await seat('cbhuyen', phone);
  await p.go('/reports/new');
  await p.page.fill('[name=proposals]', 'Đề nghị hỗ trợ 20 bao cát.');
  assert.equal(await p.submit('main form button[name=action][value=send]'), 422);
  assert.equal(await p.page.inputValue('[name=proposals]'), 'Đề nghị hỗ trợ 20 bao cát.');
  assert.equal(await p.page.evaluate(() => document.activeElement.classList.contains('error-summary')), true);
  await p.look('report-invalid');
  await p.leave();
});
