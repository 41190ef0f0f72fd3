/** What every page has to be, whatever it shows. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { createRequire } from 'node:module';

import { artifact } from './paths.js';
import { count } from './tally.js';
import { htmlErrors } from './validator.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Every rule, also those that axe leaves off because they belong to WCAG 2.2. */
const AXE_OPTIONS = { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } };

/** The design's smallest target, in CSS pixels. */
const TARGET_PX = 44;

/**
 * The page that is shown breaks no rule of axe, was sent as valid HTML, and has all it asked for; its picture is kept.
 * Errors in the console and requests to other hosts are counted by `visit` itself.
 *
 * @param {import('./site.js').Visit} visit
 * @param {string} page its name and its state; the window's width and the colour scheme are added
 * @param {{isKnownHtml?: boolean}} options the HTML was validated before
 */
export async function checkPage(visit, page, { isKnownHtml = false } = {}) {
  const name = await keepPicture(visit, page);
  await checkBackground(visit.page, name);
  // axe is a script too: where none runs, it would wait forever. Sights with scripts look at the same HTML.
  if (visit.visitor.js !== false) assertNone('axe', name, await axeViolations(visit.page));
  if (!isKnownHtml) assertNone('vnu', name, await htmlErrors(await visit.response.text()));
  await checkReflow(visit.page, name);
}

/** Keeps a picture of the whole page, and answers its name: the page's, the window's width and the colour scheme. */
export async function keepPicture({ page, visitor }, name) {
  const isDark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  const sight = [page.viewportSize().width, isDark ? 'dark' : 'light', ...(visitor.js === false ? ['scriptless'] : [])];
  const whole = [name, ...sight].join(' ');
  await page.screenshot({ path: artifact(whole, 'png'), fullPage: true });
  return whole;
}

function assertNone(tool, name, findings) {
  count(tool, name, findings.length);
  assert.deepEqual(findings, [], `${tool} on ${name}`);
}

/** Rules of axe that the page breaks, with the elements that do. */
export async function axeViolations(page) {
  // Evaluated by the debugger, so the page's policy neither forbids it nor has to be loosened for it.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((options) => globalThis.axe.run(document, options), AXE_OPTIONS);
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** axe takes a page that names no background for white, and would judge the contrast of dark colours by that. */
async function checkBackground(page, name) {
  const isNamed = await page.evaluate(() =>
    [document.documentElement, document.body].some((part) => getComputedStyle(part).backgroundColor !== 'rgba(0, 0, 0, 0)'),
  );
  assert.ok(isNamed, `${name} names no background`);
}

/** Nothing makes the window scroll sideways. */
export async function checkReflow(page, name) {
  const [needed, there] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(needed <= there, `${name} is ${needed} pixels wide in a window of ${there}`);
}

/**
 * Buttons, fields and links that stand alone are large enough for a finger; links within a sentence are as high as it, shapes on
 * a drawn map are as large as states are (the page's lists have the same links), and what waits outside for the focus has none.
 */
export async function checkTargets(page, name) {
  const small = await page.evaluate((least) => {
    const isInText = (element) => getComputedStyle(element).display === 'inline' && element.matches('p a, li a, dd a, td a, small a');
    const box = (element) => (element.matches('[type=checkbox], [type=radio]') && element.closest('label')) || element;
    return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary, textarea')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !isInText(element) && !element.closest('svg'))
      .map((element) => ({ element, ...box(element).getBoundingClientRect().toJSON() }))
      .filter(({ width, height, right }) => width > 1 && right > 0 && (width < least || height < least))
      .map(({ element, width, height }) => `${element.outerHTML.slice(0, 120)}: ${width} x ${height}`);
  }, TARGET_PX);
  assert.deepEqual(small, [], `targets on ${name}`);
}

/** How far the page's parts moved while it was loaded: the sum of its layout shifts. */
export async function layoutShift(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (sum += value))).observe({
          type: 'layout-shift',
          buffered: true,
        });
        // The observer is told of the past in a task of its own.
        setTimeout(() => resolve(sum), 200);
      }),
  );
}

/** Bytes of the scripts that the page's visitor got, unpacked; counts from when it is called. */
export function countScripts(page) {
  const scripts = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response);
  });
  return async () => {
    const bodies = await Promise.all(scripts.map((response) => response.body()));
    return bodies.reduce((sum, body) => sum + body.length, 0);
  };
}

/** Bytes of an answer as they cross the network to a browser. */
export function packedBytes(url) {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'Accept-Encoding': 'gzip, deflate, br, zstd' } }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk) => (bytes += chunk.length));
      answer.on('end', () => resolve({ bytes, encoding: answer.headers['content-encoding'], status: answer.statusCode }));
    }).on('error', reject);
  });
}
