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
