// The search box: by keyboard on a desktop, by its icon on a phone, and without JavaScript.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { Server } from './server.mjs';
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

test('by keyboard: "/" , words, Enter, and on to what was found', async (t) => {
  const p = await Person.at(browser, server, { window: desktop });
  t.after(() => p.leave());
  await p.signIn('bithu');
  await p.page.keyboard.press('/');
  assert.equal(await p.page.evaluate(() => document.activeElement.id), 'top-q');
  assert.equal(await p.page.inputValue('#top-q'), '', 'the key itself is not typed');
  await p.page.keyboard.type('hung chanh/');
  await p.page.keyboard.press('Enter');
  await p.page.waitForURL('**/search?q=*');
  await p.settled();
  assert.equal(await p.text('#places + ul .line-title'), 'Ấp Hưng Chánh');
  assert.deepEqual(await p.page.locator('#places + ul mark').allInnerTexts(), ['Hưng', 'Chánh']);
  await p.look('search-found');
  await p.page.keyboard.press('/');
  assert.equal(await p.page.evaluate(() => document.activeElement.name), 'q', 'the page has the box itself');
  for (let n = 0; n < 3 && await p.page.evaluate(() => !document.activeElement.matches('.line-title')); n++) await p.page.keyboard.press('Tab');
  await p.page.keyboard.press('Enter');
  await p.page.waitForURL('**/places/*');
});

for (const javaScript of [true, false]) {
  test(`on a phone ${javaScript ? 'with' : 'without'} JavaScript`, async (t) => {
    const p = await Person.at(browser, server, { window: phone, javaScript });
    t.after(() => p.leave());
    await p.signIn('bithu');
    await p.submit('.top-search-link');
    assert.equal(new URL(p.page.url()).pathname, '/search');
    await p.look('search-empty');
    if (javaScript) assert.equal(await p.page.evaluate(() => document.activeElement.name), 'q', 'the box takes the focus');
    for (const words of ['nguyễn', 'a', 'zzzz']) {
      await p.page.fill('main [name=q]', words);
      await p.submit('.search-form button');
      assert.equal(await p.page.inputValue('main [name=q]'), words);
      await p.look(`search-${words}`);
    }
    assert.match(await p.text(), /Không tìm thấy/);
  });
}
