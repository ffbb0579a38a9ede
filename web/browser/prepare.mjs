// Makes the things that the map leads to, so that no walk depends on what the demo district holds.
import assert from 'node:assert/strict';
import { Person, desktop } from './people.mjs';
import { move, raise, report } from './moves.mjs';

const difficulties = 'Cửa cống hư từ ngày mùng 3, ấp không đủ kinh phí sửa.';

// Gives the things by the names of the map: each is a path.
export async function prepare(browser, server) {
  const cadre = await Person.at(browser, server, { window: desktop });
  await cadre.sitDown('cbhuyen');
  const things = { '{report}': await report(cadre, { what: 'Cửa cống hư, nước mặn vào 12 ha lúa của 18 hộ.', difficulties }) };
  things['{report id}'] = things['{report}'].split('/').at(-1);
  things['{issue}'] = await raise(cadre, { title: 'Cống Rạch Gừa hư cửa', description: difficulties, field: 'water_control', severity: '2' });
  things['{taken}'] = await raise(cadre, { title: 'Đường tổ 3 sạt lở', description: 'Sạt 15 m đường, xe không qua được.', field: 'roads', severity: '3' });
  things['{place}'] = await placeOf(cadre);
  things['{draft}'] = await draft(cadre);
  await cadre.leave();
  const secretary = await Person.at(browser, server, { window: desktop });
  await secretary.sitDown('bithu');
  await move(secretary, things['{taken}'], 'acknowledge', {});
  things['{taken id}'] = things['{taken}'].split('/').at(-1);
  things['{meeting}'] = await meeting(secretary, things['{taken id}']);
  await secretary.leave();
  Object.assign(things, await followedBy(browser, server));
  Object.assign(things, await keptBy(browser, server, things['{place}']));
  return things;
}

// A meeting of the commune with an issue on its agenda.
async function meeting(person, issue) {
  await person.go(`/meetings/new?issue=${issue}`);
  await person.page.fill('[name=title]', 'Họp Ban Chấp hành Đảng bộ xã');
  await person.page.fill('[name=day]', new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10));
  await person.page.fill('[name=hour]', '07:30');
  assert.equal(await person.submit('main form button[type=submit]'), 200);
  return new URL(person.page.url()).pathname;
}

async function placeOf(person) {
  await person.go('/places');
  return person.link('main table a[href^="/places/"]');
}

// What the administrator keeps: an account, and an assignment at the place with its person.
async function keptBy(browser, server, place) {
  const admin = await Person.at(browser, server, { window: desktop });
  await admin.sitDown('admin');
  await admin.go('/accounts?state=open');
  const account = await admin.link('main table a[href^="/accounts/"]');
  await admin.go(`${place}/assignments`);
  const assignment = (await admin.link('main a[href$="/end"]')).replace(/\/end$/, '');
  const cadre = await admin.link('main table a[href^="/cadres/"]');
  await admin.go('/reorganisations/new');
  await admin.page.fill('[name=title]', 'Nhập hai xã');
  await admin.page.fill('[name=decree]', 'Nghị quyết 12/NQ-HĐND');
  assert.equal(await admin.submit('main form button[type=submit]'), 200);
  const plan = new URL(admin.page.url()).pathname;
  await admin.go(`${plan}/add?kind=merge`);
  await admin.page.fill('[name=units]', 'Xã Long Hòa\nXã Phú Thuận');
  await admin.page.fill('[name=type]', 'Xã');
  await admin.page.fill('[name=name]', 'Xã Long Phú');
  assert.equal(await admin.submit('main form button[type=submit]'), 200);
  await admin.go('/agencies');
  const agency = await admin.link('main table a[href^="/agencies/"]');
  const list = await imported(admin);
  await admin.leave();
  return { '{agency}': agency, '{import}': list, '{plan}': plan, '{account}': account, '{assignment}': assignment, '{cadre}': cadre, '{cadre id}': cadre.split('/').at(-1) };
}

// A list that waits for its maker, with a row of each kind of verdict that there can be.
async function imported(admin) {
  assert.equal((await admin.context.request.get(`${admin.server.url}/imports/templates/cadres`)).status(), 200);
  admin.paths.add('/imports/templates/cadres');
  assert.equal((await admin.context.request.get(`${admin.server.url}/reorganisations/template`)).status(), 200);
  admin.paths.add('/reorganisations/template');
  await admin.go('/imports/new?kind=cadres');
  const text = 'Họ tên;Năm sinh;Cấp;Ghi chú\r\nLê Thị Danh Sách;1980;Xã;x\r\nLê Văn Sai;abc;Xã;y\r\n';
  await admin.page.setInputFiles('[name=file]', { name: 'danh-sach.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  assert.equal(await admin.submit('main form button[type=submit]'), 200);
  return new URL(admin.page.url()).pathname;
}

// What the commune's own tier keeps: a group, and a household of it.
async function followedBy(browser, server) {
  const supporter = await Person.at(browser, server, { window: desktop });
  await supporter.sitDown('cbxa');
  const group = await placeOf(supporter);
  await supporter.go(`${group}/households/new`);
  await supporter.page.fill('[name=head]', 'Nguyễn Thị Thử');
  await supporter.page.fill('[name=members]', '4');
  await supporter.page.fill('[name=phone]', '0900 000 123');
  assert.equal(await supporter.submit('main form button[type=submit]'), 200);
  const household = new URL(supporter.page.url()).pathname;
  await supporter.leave();
  return { '{group}': group, '{household}': household };
}

async function draft(person) {
  await person.go('/reports/new');
  await person.page.fill('[name=what]', 'Đang ghi dở: họp tổ 3 tối nay.');
  assert.equal(await person.submit('main form button[name=action][value=save]'), 200);
  await person.go('/reports/drafts');
  return person.link('main a[href$="/edit"]');
}

// Puts the things into a path of the map.
export function resolve(page, things) {
  return page.replace(/\{[a-z ]+\}/g, (name) => things[name]);
}
