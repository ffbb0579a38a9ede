// People in front of browsers: each has a window of a size, with or without JavaScript, and complains about whatever a
// person would: errors in the console, requests that leave the host, violations of the content policy, unsound pages.
import assert from 'node:assert/strict';
import { appendFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { covered, inaccessible, invalid, sideways, small, unprintable } from './sound.mjs';

const pictures = process.env.BANAM_ARTIFACTS;
const walked = process.env.BANAM_WALKED; // a file that gathers the paths that somebody saw

export const phone = { name: 'phone', width: 360, height: 740 };
export const tablet = { name: 'tablet', width: 768, height: 1024 };
export const desktop = { name: 'desktop', width: 1440, height: 900 };

export async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.BANAM_CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

export class Person {
  static async at(browser, server, { window = desktop, javaScript = true, locale = 'vi-VN', colours = 'light' } = {}) {
    const p = new Person();
    Object.assign(p, { server, window, javaScript, complaints: [], paths: new Set() });
    p.context = await browser.newContext({
      viewport: { width: window.width, height: window.height }, javaScriptEnabled: javaScript, locale, colorScheme: colours,
      hasTouch: window.width < 500, baseURL: server.url, timezoneId: 'Asia/Ho_Chi_Minh',
    });
    p.context.setDefaultTimeout(10_000);
    await p.context.addInitScript(() => document.addEventListener('securitypolicyviolation', (e) =>
      console.error(`the content policy forbids ${e.violatedDirective} ${e.blockedURI}`)));
    p.page = await p.context.newPage();
    p.watch();
    return p;
  }

  watch() {
    this.page.on('console', (m) => {
      if (m.type() === 'error' && !/status of (4\d\d|503)/.test(m.text())) this.complaints.push('console: ' + m.text());
    });
    this.page.on('pageerror', (e) => this.complaints.push('script error: ' + e.message));
    this.page.on('request', (r) => {
      const u = new URL(r.url());
      if (u.protocol.startsWith('http') && u.origin !== this.server.url) this.complaints.push('a request left the host: ' + r.url());
    });
    this.page.on('response', (r) => {
      if (r.request().method() === 'GET' && r.status() < 400) this.paths.add(new URL(r.url()).pathname);
    });
  }

  async signIn(login) {
    await this.page.goto('/sign-in');
    await this.page.fill('input[name=login]', login);
    await this.page.fill('input[name=password]', 'BaNam-demo-2020');
    await this.submit('main form button[type=submit]');
    assert.equal(new URL(this.page.url()).pathname, '/', `${login} is let in`);
    this.login = login;
  }

  // Sits down where somebody has signed in already: each account signs in once per server.
  async sitDown(login) {
    await this.context.addCookies(await this.server.session(login));
    this.login = login;
  }

  // Chooses the language of the pages, as the form at their foot does.
  async speak(language) {
    const r = await this.context.request.post('/language', {
      form: { language, next: '/' }, headers: { Origin: this.server.url }, maxRedirects: 0,
    });
    assert.equal(r.status(), 303, `${this.login ?? 'a visitor'} chooses ${language}`);
    this.language = language;
  }

  // Presses a button and waits for the page that follows, whether the browser or htmx brings it.
  async submit(selector) {
    const answer = this.page.waitForResponse((r) => r.request().method() !== 'OPTIONS' && r.request().resourceType() !== 'font' &&
      !['/favicon.ico', '/reports/keep', '/issues/similar'].includes(new URL(r.url()).pathname) && !new URL(r.url()).pathname.startsWith('/static/') && (r.status() < 300 || r.status() >= 400));
    await this.page.click(selector);
    const r = await answer;
    await this.page.waitForLoadState('load');
    await this.settled();
    this.html = await r.text().catch(() => ''); // a page that was left since then is gone
    return r.status();
  }

  async settled() {
    if (!this.javaScript) return;
    await this.page.waitForFunction(() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, [aria-busy=true]'));
  }

  async go(url) {
    const r = await this.page.goto(url);
    this.html = await r.text();
    return r.status();
  }

  // Looks at the page as it is now, with a validator and with axe; a phone, too, with a thumb and at the width of a tablet.
  async look(name, { axe = true, paper = false } = {}) {
    const at = `${name} (${this.window.name}, ${this.login ?? 'nobody'}, ${new URL(this.page.url()).pathname})`;
    await this.settled();
    // From the top, where the page begins: what is on its way up after a form lies under the header for a moment.
    await this.page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }));
    assert.ok(await sideways(this.page) <= 0, `${at} scrolls sideways`);
    if (this.html) assert.deepEqual(await invalid(this.html), [], `${at}: HTML`);
    if (this.javaScript && axe) assert.deepEqual(await inaccessible(this.page), [], `${at}: accessibility`);
    if (this.javaScript && this.window === phone) await this.touch(at);
    if (paper) assert.deepEqual(await unprintable(this.page), [], `${at}: on paper`);
    assert.deepEqual(this.complaints, [], at);
    await this.picture(name);
  }

  async touch(at) {
    assert.deepEqual(await small(this.page), [], `${at}: targets`);
    assert.deepEqual(await covered(this.page), [], `${at}: under a bar`);
    await this.page.setViewportSize({ width: tablet.width, height: tablet.height });
    assert.ok(await sideways(this.page) <= 0, `${at} scrolls sideways on a tablet`);
    await this.page.setViewportSize({ width: phone.width, height: phone.height });
  }

  async picture(name) {
    if (!pictures) return;
    const file = `${name}-${this.window.name}${this.javaScript ? '' : '-nojs'}.png`;
    await mkdir(pictures, { recursive: true });
    await this.page.screenshot({ path: path.join(pictures, file), fullPage: true, caret: 'initial' });
  }

  text(selector = 'main') { return this.page.innerText(selector); }

  // Gives the address of the first link that the selector finds.
  async link(selector) { return this.page.locator(selector).first().getAttribute('href'); }

  async leave() {
    if (walked) await appendFile(walked, [...this.paths, ''].join('\n'));
    await this.context.close();
  }
}
