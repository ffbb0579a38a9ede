// One report of each kind, written on a phone: what is common is kept when another kind is chosen, a visit to a household is read by those
// near it and redacted for those above, what was promised is ticked off, and the month is put together from it all.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { Server } from './server.mjs';
import { Person, openBrowser, phone } from './people.mjs';
import { inDays, send } from './moves.mjs';

let server, browser;
before(async () => {
  server = await Server.start();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

// What is typed for each kind, by the names of the fields.
const kinds = {
  situation: { what: 'Kinds: bà con ấp xuống giống 14 ha lúa.' },
  flash: { what: 'Kinds: sạt lở 20 m đê bao, 3 nhà bị nghiêng.', clock: '05:40', proposals: 'Cần 200 bao tải' },
  cell_meeting: {
    cell: 'Chi bộ ấp', meeting_type: 'regular', starts: '07:30', ends: '09:00', members_total: '18', members_present: '15', members_excused: '2',
    contribution: 'Kinds: phân công theo dõi từng tổ',
  },
  target_progress: { target: 'Kinds: 3 km đường bê tông', actual: '1,25', as_of: inDays(-1), standing: 'behind', reason_behind: 'Chưa có cát' },
  sponsorship: { sponsor: 'Kinds: hội đồng hương', gift: 'gift', quantity: '50 phần', value: '25.000.000', pledged_on: inDays(-5) },
};

async function type(person, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = person.page.locator(`#report [name=${name}]`);
    if (await field.evaluate((e) => e.tagName) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
}

test('a supporter writes every kind of report on a phone', async (t) => {
  const p = await Person.at(browser, server, { window: phone });
  t.after(() => p.leave());
  await p.sitDown('cbhuyen');
  for (const [kind, fields] of Object.entries(kinds)) {
    assert.equal(await p.go(`/reports/new?kind=${kind}`), 200);
    await p.page.fill('[name=happened_on]', inDays(0));
    await type(p, fields);
    if (kind !== 'situation') await p.look(`report-new-${kind}`);
    const report = await send(p);
    assert.match(await p.text(), /Kinds: |Chi bộ ấp/, `the ${kind} shows what was typed`);
    await p.look(`report-${kind}`);
    await p.go(`/reports?kind=${kind}`);
    assert.equal(await p.page.locator(`main a[href="${report}"]`).count(), 1, `the list of the kind has it`);
  }
  await p.go('/reports/new?kind=monthly');
  assert.match(await p.page.inputValue('[name=what]') + await p.text(), /Tháng|Tập hợp/, 'the month is put together');
  await p.look('report-new-monthly');
  await p.page.fill('[name=what]', 'Kinds: tháng này có 5 việc.');
  await send(p);
  await p.look('report-monthly');
});

test('choosing another kind keeps what is common', async (t) => {
  const p = await Person.at(browser, server, { window: phone });
  t.after(() => p.leave());
  await p.sitDown('cbhuyen');
  await p.go('/reports/new');
  await p.page.fill('[name=what]', 'Kinds: nước lên 40 cm.');
  assert.equal(await p.submit('main button[value="kind:flash"]'), 200);
  assert.equal(await p.page.inputValue('[name=what]'), 'Kinds: nước lên 40 cm.');
  assert.equal(await p.page.locator('main [name=clock]').count(), 1);
});

test('a visit to a household is for those near it', async (t) => {
  const p = await Person.at(browser, server, { window: phone });
  t.after(() => p.leave());
  await p.sitDown('cbxa');
  await p.go('/reports/new?kind=household_visit');
  if (await p.page.locator('main select[name=household]').count() === 0) {
    const group = p.page.locator('[name=locality] option').filter({ hasText: /Tổ/ }).first();
    await p.page.selectOption('[name=locality]', await group.getAttribute('value'));
    assert.equal(await p.submit('main p button[value="kind:household_visit"]'), 200);
  }
  await p.page.selectOption('[name=household]', { index: 2 });
  await p.page.fill('[name=happened_on]', inDays(0));
  await type(p, { met: 'Chủ hộ', circumstances: 'Kinds: mái nhà dột', promise_1: 'Kinds: báo xã khảo sát', promise_due_1: inDays(3), difficulties: 'Đường vào tổ ngập 40 cm.' });
  await p.look('report-new-household_visit');
  const report = await send(p);
  assert.match(await p.text(), /Kinds: mái nhà dột/);
  await p.look('report-household_visit');

  const lead = await Person.at(browser, server, { window: phone });
  t.after(() => lead.leave());
  await lead.sitDown('tieuvung1');
  assert.equal(await lead.go(report), 200);
  assert.doesNotMatch(await lead.text(), /Kinds: /, 'who sees numbers only reads no word of the household');
  assert.equal(await lead.page.locator('main .redacted').count(), 1);
  await lead.look('report-redacted');

  assert.equal(await p.submit('main form[action$="/promises"] button'), 200);
  assert.match(await p.text(), /Đã xong/);
});
