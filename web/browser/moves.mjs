// What people do with issues, in the browser.
import assert from 'node:assert/strict';

// Fills in one of the moves of an issue and sends it.
export async function move(person, issue, name, fields, picture) {
  assert.equal(await person.go(`${issue}/moves/${name}`), 200, `${person.login} may ${name}`);
  if (picture) await person.look(picture);
  for (const [field, value] of Object.entries(fields)) {
    const control = person.page.locator(`main [name=${field}]`).first();
    if (await control.evaluate((e) => e.tagName) === 'SELECT') await control.selectOption(value);
    else if (await control.getAttribute('type') === 'radio') await person.page.check(`main [name=${field}][value="${value}"]`, { force: true }); // its label lies over it
    else await control.fill(value);
  }
  assert.equal(await person.submit('main form button[type=submit]'), 200);
  assert.equal(new URL(person.page.url()).pathname, issue, `after ${name} the issue is shown`);
}

// Raises an issue at the usual desk and gives its path.
export async function raise(person, { title, description, field, severity }) {
  await person.go('/issues/new');
  await person.page.fill('[name=title]', title);
  await person.page.fill('[name=description]', description);
  await person.page.selectOption('[name=field]', field);
  await person.page.check(`[name=severity][value="${severity}"]`, { force: true });
  assert.equal(await person.submit('main form button[type=submit]'), 200);
  const path = new URL(person.page.url()).pathname;
  assert.match(path, /^\/issues\/[0-9a-f-]{36}$/);
  return path;
}

// The day so many days from today, as a date field takes it.
export function inDays(n) {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Ho_Chi_Minh' }).format(new Date(Date.now() + n * 86400_000));
}

// Sends the report that is typed. What the hints ask about, words like those of the walk before this one, is meant so.
export async function send(person) {
  const button = 'main form button[name=action][value=send]';
  let status = await person.submit(button);
  if (status === 422 && await person.page.locator('main [name=hinted]').count()) status = await person.submit(button);
  assert.equal(status, 200, 'the report is sent');
  const path = new URL(person.page.url()).pathname;
  assert.match(path, /^\/reports\/[0-9a-f-]{36}$/);
  return path;
}

// Sends a report from the usual place, or from the place of the given form, and gives its path.
export async function report(person, { what, difficulties, form = '/reports/new' }) {
  assert.equal(await person.go(form), 200);
  await person.page.fill('[name=happened_on]', inDays(0));
  await person.page.fill('[name=what]', what);
  await person.page.fill('[name=difficulties]', difficulties);
  return send(person);
}

// Raises an issue from the report that the person looks at, and gives its path. A desk is chosen by its words.
export async function raiseFrom(person, title, { field, severity = '1', desk }) {
  assert.equal(await person.submit('main a[href^="/issues/new"]'), 200);
  await person.page.fill('[name=title]', title);
  await person.page.selectOption('[name=field]', field);
  await person.page.check(`[name=severity][value="${severity}"]`, { force: true });
  if (desk) await person.page.locator('.choice:has([name=desk])', { hasText: desk }).locator('label').click(); // by its label, where a thumb lands: the bar of the form may lie over the rest
  assert.equal(await person.submit('main form button[type=submit]'), 200);
  const path = new URL(person.page.url()).pathname;
  assert.match(path, /^\/issues\/[0-9a-f-]{36}$/);
  return path;
}

// Writes under the issue that the person looks at.
export async function comment(person, words) {
  await person.page.fill('form[action$="/moves/comment"] [name=reason]', words);
  assert.equal(await person.submit('form[action$="/moves/comment"] button[type=submit]'), 200);
}
