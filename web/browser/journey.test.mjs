// The main job, end to end: a report typed here travels the whole path, on a phone, on a desktop and without JavaScript,
// with a power cut of application and database in the middle.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { Server } from './server.mjs';
import { Person, openBrowser, phone, desktop } from './people.mjs';
import { inDays, move, send } from './moves.mjs';

let server, browser;
before(async () => {
  server = await Server.start();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const { name, window, javaScript } of [
  { name: 'on a phone', window: phone, javaScript: true },
  { name: 'on a desktop', window: desktop, javaScript: true },
  { name: 'on a phone without JavaScript', window: phone, javaScript: false },
]) {
  test(`a report travels the whole path ${name}`, async (t) => {
    const marker = `Cống Rạch Gừa ${window.width}${javaScript ? '' : ' không JS'}`;
    const seat = async (login) => {
      const p = await Person.at(browser, server, { window, javaScript });
      t.after(() => p.leave());
      if (javaScript) await p.sitDown(login);
      else await p.signIn(login);
      await p.go('/');
      return p;
    };

    const stranger = await Person.at(browser, server, { window, javaScript });
    await stranger.go('/sign-in');
    await stranger.look('sign-in');
    await stranger.leave();

    // The district cadre writes a report from the hamlet.
    const cadre = await seat('cbhuyen');
    await cadre.look('home-supporter');
    await cadre.go('/reports/new');
    await cadre.look('report-new');
    await cadre.page.fill('[name=happened_on]', inDays(0));
    await cadre.page.fill('[name=what]', `${marker}: cửa cống hư, nước mặn vào 12 ha lúa của 18 hộ.`);
    await cadre.page.fill('[name=difficulties]', `${marker}: cửa cống hư từ ngày mùng 3, ấp không đủ kinh phí sửa.`);
    const report = await send(cadre);
    assert.match(await cadre.text(), new RegExp(marker));
    await cadre.look('report');

    // The difficulty in it becomes an issue at the commune's desk.
    await cadre.submit('main a[href^="/issues/new"]');
    await cadre.look('issue-new');
    await cadre.page.fill('[name=title]', `${marker} bị hư cửa`);
    assert.match(await cadre.page.inputValue('[name=description]'), /không đủ kinh phí/, 'the difficulty is carried over');
    await cadre.page.selectOption('[name=field]', 'water_control');
    assert.equal(await cadre.submit('main form button[type=submit]'), 200);
    const issue = new URL(cadre.page.url()).pathname;
    assert.match(issue, /^\/issues\/[0-9a-f-]{36}$/);
    await cadre.look('issue-raised');

    // The commune's secretary finds it on the home page, takes it and cannot settle it.
    const secretary = await seat('bithu');
    assert.match(await secretary.text(), new RegExp(marker), 'the home page shows what waits');
    await secretary.look('home-lead');
    await move(secretary, issue, 'acknowledge', {});
    await move(secretary, issue, 'escalate', { reason: 'Kinh phí sửa cống vượt khả năng của xã.' }, 'move-escalate');
    await secretary.look('issue-escalated');

    // The sub-region's member sees it on the board with the path that it took.
    const member = await seat('tieuvung1');
    await member.go('/review');
    assert.match(await member.text(), new RegExp(marker), 'the board shows the issue');
    await member.look('review');
    await move(member, issue, 'acknowledge', {});
    await move(member, issue, 'ask_info', { reason: 'Cần bao nhiêu mét khối đất đắp?' }, 'move-ask');
    await cadre.go(issue);
    await move(cadre, issue, 'answer', { reason: 'Khoảng 120 m³, đã đo sáng nay.' });
    await move(member, issue, 'start', { agency: 'Phòng Nông nghiệp và PTNT', due_on: inDays(5) }, 'move-start');

    // A power cut. Nothing that was acknowledged is lost, and people stay signed in.
    await server.crash();
    assert.equal(await member.go(issue), 200, 'the issue is there after the power cut');
    for (const words of ['vượt khả năng', '120 m³', 'Phòng Nông nghiệp']) assert.match(await member.text(), new RegExp(words));

    await move(member, issue, 'resolve', {
      outcome: 'Đã thay cửa cống và đắp lại chân cống.', evidence: 'Biên bản nghiệm thu số 12/BB ngày hôm nay.',
    }, 'move-resolve');
    await member.look('issue-resolved');

    // The cadre is told, and confirms.
    await cadre.go('/notices');
    assert.match(await cadre.text(), new RegExp(marker));
    await cadre.look('notices');
    await move(cadre, issue, 'confirm', {}, 'move-confirm');
    await cadre.look('issue-closed');
    const text = await cadre.text();
    for (const words of ['vượt khả năng', 'Biên bản nghiệm thu', '120 m³']) assert.match(text, new RegExp(words));
    assert.equal(await cadre.go(report), 200);
    assert.match(await cadre.text(), new RegExp(`${marker} bị hư cửa`), 'the report names its issue');
  });
}
