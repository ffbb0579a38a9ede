// People in front of browsers: each has a window of a size, with or without JavaScript, and complains about whatever a
// person would: errors in the console, requests that leave the host, sideways scrolling, accessibility findings.
import assert from 'node:assert/strict';
import { readFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = process.env.BANAM_ARTIFACTS;

export const phone = { name: 'phone', width: 360, height: 740 };
export const desktop = { name: 'desktop', width: 1440, height: 900 };

export async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.BANAM_CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

export class Person {
  static async at(browser, server, { window = desktop, javaScript = true, locale = 'vi-VN' } = {}) {
    const p = new Person();
    p.server = server;
    p.window = window;
    p.javaScript = javaScript;
    p.complaints = [];
    p.context = await browser.newContext({
      viewport: { width: window.width, height: window.height }, javaScriptEnabled: javaScript, locale,
      hasTouch: window.width < 500, baseURL: server.url, timezoneId: 'Asia/Ho_Chi_Minh',
    });
    p.context.setDefaultTimeout(10_000);
    p.page = await p.context.newPage();
    p.page.on('console', (m) => {
      if (m.type() === 'error' && !/status of (4\d\d|503)/.test(m.text())) p.complaints.push('console: ' + m.text());
    });
    p.page.on('pageerror', (e) => p.complaints.push('script error: ' + e.message));
    p.page.on('request', (r) => {
      const u = new URL(r.url());
      if (u.protocol.startsWith('http') && u.origin !== server.url) p.complaints.push('a request left the host: ' + r.url());
    });
    return p;
  }

  async signIn(login) {
    await this.page.goto('/sign-in');
    await this.page.fill('input[name=login]', login);
    await this.page.fill('input[name=password]', 'BaNam-demo-2020');
    await this.submit('main form button[type=submit]');
    assert.equal(new URL(this.page.url()).pathname, '/', `${login} is let in`);
    this.login = login;
  }

  // Presses a button and waits for the page that follows, whether the browser or htmx brings it.
  async submit(selector) {
    const answer = this.page.waitForResponse((r) => r.request().method() !== 'OPTIONS' && r.request().resourceType() !== 'font' &&
      new URL(r.url()).pathname !== '/favicon.ico' && !new URL(r.url()).pathname.startsWith('/static/') && (r.status() < 300 || r.status() >= 400));
    await this.page.click(selector);
    const r = await answer;
    await this.page.waitForLoadState('load');
    await this.settled();
    return r.status();
  }

  async settled() {
    if (!this.javaScript) return;
    await this.page.waitForFunction(() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, [aria-busy=true]'));
  }

  async go(url) {
    const r = await this.page.goto(url);
    return r.status();
  }

  // Looks at the page as it is now.
  async look(name) {
    await this.settled();
    const at = `${name} (${this.window.name}, ${this.login ?? 'nobody'}, ${new URL(this.page.url()).pathname})`;
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${at} scrolls sideways by ${wide} px`);
    if (this.javaScript) {
      await this.page.evaluate(axeSource);
      const found = await this.page.evaluate(async () => {
        const r = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
        return r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(' | ')}`);
      });
      assert.deepEqual(found, [], `${at}: accessibility`);
    }
    assert.deepEqual(this.complaints, [], at);
    if (pictures) {
      await mkdir(pictures, { recursive: true });
      await this.page.screenshot({ path: path.join(pictures, `${name}-${this.window.name}${this.javaScript ? '' : '-nojs'}.png`), fullPage: true, caret: 'initial' });
    }
  }

  text(selector = 'main') { return this.page.innerText(selector); }

  async leave() { await this.context.close(); }
}
