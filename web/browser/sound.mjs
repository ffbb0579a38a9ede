// What makes a page sound: valid HTML, nothing that axe finds, nothing wider than the window, targets that a thumb hits,
// and paper without navigation.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { HtmlValidate } from 'html-validate';

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// The recommended rules. What is off or eased, and why:
const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended'],
  rules: {
    'aria-label-misuse': ['error', { allowAnyNamable: true }], // forms and lists may be named too
    'doctype-style': ['error', { style: 'lowercase' }], // templ writes it so
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit', 'button', 'reset'] }], // "keep" and "send" share a name
    'tel-non-breaking': 'off', // touch.css keeps a number on one line
    'long-title': 'off', // the title of an issue is its raiser's
    'no-trailing-whitespace': 'off', // left by templates; no reader meets it
    'void-style': 'off', // templ closes void elements
  },
});

// Gives what is wrong with the HTML of a page as it was served.
export async function invalid(html) {
  const report = await validator.validateString(html);
  return report.results.flatMap((r) => r.messages).map((m) => `${m.ruleId}, line ${m.line}: ${m.message} (${m.selector ?? 'page'})`);
}

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// Gives what axe finds on the page. Bars that stay in the window lie in their place meanwhile: which field is under one depends
// on how far the page is scrolled, and axe calls a field too small that a thumb's width of scrolling uncovers; see [covered].
export async function inaccessible(page) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axeSource);
  return page.evaluate(async (runOnly) => {
    const bars = [...document.body.querySelectorAll('*')].filter((e) => ['sticky', 'fixed'].includes(getComputedStyle(e).position));
    for (const e of bars) e.style.position = 'static';
    const r = await axe.run(document, { runOnly, resultTypes: ['violations'], preload: false, iframes: false });
    for (const e of bars) e.style.position = '';
    return r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(' | ')}`);
  }, standards);
}

// Gives the controls that stay under a bar when they have the focus (WCAG 2.4.11): whoever comes to one by key or by the arrows
// of a phone's keyboard must see it.
export function covered(page) {
  return page.evaluate(() => {
    const found = [];
    const before = document.activeElement;
    document.documentElement.style.scrollBehavior = 'auto'; // the way there is not what is looked at
    for (const e of document.querySelectorAll('main input:not([type=hidden]), main select, main textarea, main button')) {
      if (e.disabled || !e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) continue;
      window.scrollTo({ top: 0, behavior: 'instant' });
      e.focus();
      const box = e.getBoundingClientRect();
      const hit = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, 44) / 2);
      if (hit === null || !(e.contains(hit) || [...e.labels ?? []].some((l) => l.contains(hit)))) found.push(`${e.tagName.toLowerCase()}#${e.id || e.name || e.innerText}`);
    }
    document.activeElement?.blur();
    before?.focus({ preventScroll: true });
    document.documentElement.style.scrollBehavior = '';
    window.scrollTo({ top: 0, behavior: 'instant' });
    return found;
  });
}

// Gives by how many pixels the page can be scrolled sideways.
export function sideways(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

// Gives the links and controls that a thumb may miss: whatever takes less than 44 by 44 pixels of touch. A link within a
// sentence is as high as its line (WCAG 2.5.8 exempts it), and a label belongs to its control.
export function small(page) {
  return page.evaluate(() => {
    const least = 44;
    const inSentence = (e) => getComputedStyle(e).display === 'inline' &&
      [...e.parentNode.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim() !== '');
    const touched = (e, x, y) => {
      const hit = document.elementFromPoint(x, y);
      return hit !== null && (e.contains(hit) || [...e.labels ?? []].some((l) => l.contains(hit)));
    };
    // How far a touch may stray from the middle: what lies over or beside an element counts by who answers.
    const reach = (e, x, y, dx, dy) => {
      let n = 0;
      while (n < least && touched(e, x + dx * (n + 1), y + dy * (n + 1))) n++;
      return n;
    };
    const found = [];
    const seen = {};
    const enough = 12; // of a kind: the hundredth row of a list is like the first ones
    for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
      if (e.closest('.skip-link') || !e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) || inSentence(e)) continue;
      let box = e.getBoundingClientRect();
      if (box.width >= least && box.height >= least) continue;
      const kind = `${e.parentNode.tagName}.${e.parentNode.className} ${e.tagName}.${e.className}`;
      seen[kind] = (seen[kind] ?? 0) + 1;
      if (seen[kind] > enough) continue;
      e.scrollIntoView({ block: 'center', behavior: 'instant' });
      box = e.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const half = least / 2 - 0.5;
      if ([[-half, 0], [half, 0], [0, -half], [0, half]].every(([dx, dy]) => touched(e, x + dx, y + dy))) continue;
      const width = 1 + reach(e, x, y, -1, 0) + reach(e, x, y, 1, 0);
      const height = 1 + reach(e, x, y, 0, -1) + reach(e, x, y, 0, 1);
      if (width < least || height < least) {
        found.push(`${e.parentNode.tagName.toLowerCase()}.${e.parentNode.className} > ${e.tagName.toLowerCase()}.${e.className} "${(e.innerText || e.name || e.ariaLabel || '').trim().slice(0, 30)}" takes ${width} × ${height}`);
      }
    }
    window.scrollTo({ top: 0, behavior: 'instant' });
    return found;
  });
}

// A4 between the margins of print.css, in CSS pixels of 1/96 inch.
const paper = { width: Math.floor((210 - 30 - 15) / 25.4 * 96), height: Math.floor((297 - 20 - 20) / 25.4 * 96) };

// Gives what a printed page has too much: navigation, or more than fits between the margins.
export async function unprintable(page) {
  const before = page.viewportSize();
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize(paper);
  const found = await page.evaluate(() => {
    const list = [];
    for (const e of document.querySelectorAll('header.top, nav, footer, form, .page-actions')) {
      if (e.checkVisibility()) list.push(`${e.tagName.toLowerCase()}.${e.className} is printed`);
    }
    for (const e of [document.documentElement, ...document.querySelectorAll('main, .table-box')]) {
      if (e.scrollWidth > e.clientWidth) list.push(`${e.tagName.toLowerCase()}.${e.className} is ${e.scrollWidth - e.clientWidth} px too wide`);
    }
    return list;
  });
  await page.emulateMedia({ media: null });
  await page.setViewportSize(before);
  return found;
}
