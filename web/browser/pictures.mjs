// Takes the pictures of the guides, from the demo: windows, not whole pages, so that they stay small.
import path from 'node:path';
import { Server } from './server.mjs';
import { Person, openBrowser, phone, desktop } from './people.mjs';
import { prepare } from './prepare.mjs';
import { move, raise } from './moves.mjs';

const narrow = { ...phone, height: 720 };
const wide = { ...desktop, width: 1200, height: 780 };

// Each picture: who, in front of which window, sees what. A name in braces is a thing of prepare.mjs.
const list = [
  { name: 'home-supporter', login: 'cbhuyen', window: narrow, page: '/' },
  { name: 'report-form', login: 'cbhuyen', window: narrow, page: '/reports/new' },
  { name: 'issue-form', login: 'cbhuyen', window: narrow, page: '/issues/new?report={report id}' },
  { name: 'home-lead', login: 'bithu', window: wide, page: '/' },
  { name: 'issue', login: 'bithu', window: wide, page: '{taken}' },
  { name: 'move', login: 'bithu', window: narrow, page: '{taken}/moves/escalate' },
  { name: 'review', login: 'tieuvung1', window: wide, page: '/review' },
  { name: 'watcher', login: 'huyenuyvien', window: narrow, page: '/' },
  { name: 'coverage', login: 'admin', window: wide, page: '/coverage' },
];

const server = await Server.start();
const browser = await openBrowser();
try {
  const things = await prepare(browser, server);
  await climb();
  for (const { name, login, window, page } of list) {
    const p = await Person.at(browser, server, { window });
    await p.sitDown(login);
    await p.go('/places'); // brings the fonts
    await p.go(page.replace(/\{[a-z ]+\}/g, (thing) => things[thing]));
    await p.settled();
    await p.page.screenshot({ path: path.join(process.env.BANAM_ARTIFACTS, `${name}.png`) });
    await p.leave();
  }
} finally {
  await browser.close();
  await server.stop();
}

// Lets an issue reach the desk of the sub-region, so that the board has something to decide.
async function climb() {
  const [cadre, secretary] = [await Person.at(browser, server), await Person.at(browser, server)];
  await cadre.sitDown('cbhuyen');
  const issue = await raise(cadre, {
    title: 'Bờ bao sông Ba Lai có nguy cơ vỡ', description: 'Hai đoạn dài 40 m đã sụt, con nước rằm tới có thể tràn.', field: 'water_control', severity: '3',
  });
  await secretary.sitDown('bithu');
  await move(secretary, issue, 'acknowledge', {});
  await move(secretary, issue, 'escalate', { reason: 'Kinh phí gia cố vượt khả năng của xã.' });
  await Promise.all([cadre.leave(), secretary.leave()]);
}
