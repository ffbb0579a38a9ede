// Measures pages of the real binary, filled with the demo, with Lighthouse's mobile preset, and says what falls short of
// the floor. BANAM_BINARY and BANAM_CHROMIUM name the programs; make lighthouse sets them.
// package.json pins third-party-web: a package of Lighthouse asks for whatever is the latest, which no lock file can hold.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import lighthouse from 'lighthouse';
import { Server } from '../../web/browser/server.mjs';
import { openBrowser } from '../../web/browser/people.mjs';
import { prepare } from '../../web/browser/prepare.mjs';

const floor = { performance: 95, accessibility: 100, 'best-practices': 100 };

async function cookieOf(server, login) {
  return (await server.session(login)).map((c) => `${c.name}=${c.value}`).join('; ');
}

// Makes an issue to look at, and gives its path.
async function anIssue(server) {
  const browser = await openBrowser();
  try {
    return (await prepare(browser, server))['{issue}'];
  } finally {
    await browser.close();
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const s = createServer();
    s.once('error', reject);
    s.listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });
}

// Starts a Chromium that listens for Lighthouse.
async function chromium(profile) {
  const port = await freePort();
  const browser = spawn(process.env.BANAM_CHROMIUM, ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync',
    '--disable-background-networking', '--disable-component-update', `--remote-debugging-port=${port}`, `--user-data-dir=${profile}`, 'about:blank'],
  { stdio: 'ignore', detached: true }); // a group of its own, since the command may be a script that starts the browser
  for (let n = 0; n < 100; n++) {
    try {
      if ((await fetch(`http://127.0.0.1:${port}/json/version`)).ok) return { browser, port };
    } catch { /* not listening yet */ }
    await new Promise((r) => setTimeout(r, 100));
  }
  end(browser);
  throw new Error('the browser does not answer');
}

// Ends the browser with everything that it started.
function end(browser) {
  process.kill(-browser.pid, 'SIGKILL');
}

async function measure(port, { name, url, cookie }) {
  const { lhr } = await lighthouse(url, {
    port, logLevel: 'error', onlyCategories: Object.keys(floor), extraHeaders: cookie ? { Cookie: cookie } : undefined,
  });
  const scores = Object.fromEntries(Object.keys(floor).map((c) => [c, Math.round(lhr.categories[c].score * 100)]));
  const short = Object.keys(floor).filter((c) => scores[c] < floor[c]);
  const value = (audit) => lhr.audits[audit].displayValue ?? '';
  console.log([name.padEnd(12), ...Object.values(scores).map((s) => String(s).padStart(4)), value('first-contentful-paint').padStart(8),
    value('largest-contentful-paint').padStart(8), value('total-blocking-time').padStart(8), value('cumulative-layout-shift').padStart(6)].join('  '));
  for (const c of short) {
    for (const { id, weight } of lhr.categories[c].auditRefs) {
      const a = lhr.audits[id];
      if (weight > 0 && a.score !== null && a.score < 1) console.log(`    ${c}: ${a.title} ${a.displayValue ?? ''}`);
    }
  }
  return short.length === 0;
}

async function measureAll(server, port) {
  const [secretary, member, issue] = [await cookieOf(server, 'bithu'), await cookieOf(server, 'tieuvung1'), await anIssue(server)];
  const pages = [
    { name: 'sign-in', path: '/sign-in', cookie: '' }, { name: 'home', path: '/', cookie: secretary },
    { name: 'issues', path: '/issues', cookie: secretary }, { name: 'report form', path: '/reports/new', cookie: secretary },
    { name: 'one issue', path: issue, cookie: secretary }, { name: 'board', path: '/review', cookie: member },
  ];
  console.log(['page'.padEnd(12), 'perf', 'a11y', 'best', '     FCP', '     LCP', '     TBT', '   CLS'].join('  '));
  let good = true;
  for (const page of pages) good = await measure(port, { ...page, url: server.url + page.path }) && good;
  return good;
}

const profile = await mkdtemp(path.join(os.tmpdir(), 'banam-lighthouse-'));
const server = await Server.start();
try {
  const { browser, port } = await chromium(profile);
  const gone = new Promise((resolve) => { browser.once('exit', resolve); });
  try {
    process.exitCode = await measureAll(server, port) ? 0 : 1;
  } finally {
    end(browser);
    await gone;
  }
} finally {
  await server.stop();
  await rm(profile, { recursive: true, force: true });
}
