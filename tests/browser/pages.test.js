/** Every type of the locations pages, in both languages, as everybody sees it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { checkPage, countScripts, layoutShift, packedBytes } from './support/check.js';
import { tabStops } from './support/keyboard.js';
import { LANGUAGES, PAGES, checkSights, pageOf } from './support/locations.js';
import { startNetwork } from './support/network.js';
import { artifact } from './support/paths.js';
import { site } from './support/site.js';

/** What a visit to any page may cost before the map is asked for, unpacked. */
const MOST_SCRIPT_BYTES = 60_000;
const MOST_HTML_BYTES = 25_000;

const pages = site(startNetwork);

for (const language of Object.keys(LANGUAGES)) {
  describe(language, () => {
    for (const type of Object.keys(PAGES)) {
      test(`${type} is sound`, pages.visit({}, async (visit) => {
        const scriptBytes = countScripts(visit.page);
        await visit.see(...pageOf(type, language));
        assert.equal(await layoutShift(visit.page), 0, 'nothing moves');
        assert.ok((await scriptBytes()) < MOST_SCRIPT_BYTES, `${await scriptBytes()} bytes of script`);
        assert.equal(await visit.page.locator('html').getAttribute('lang'), language);
        await checkSights(visit, `${type} ${language}`);
        assert.deepEqual(await visit.page.context().cookies(), [], 'no cookie before a hold');
      }));

      test(`${type} is whole without scripts, and still`, pages.visit({ js: false, width: 320, locale: language }, async (visit) => {
        await visit.see(...pageOf(type, language));
        await checkPage(visit, `${type} ${language}`);
        assert.equal(await visit.page.locator('[data-locate]').isVisible(), false, 'what needs a script is not shown');
      }));
    }
  });
}

for (const type of Object.keys(PAGES)) {
  test(`${type} is walked by keys in order`, pages.visit({}, async (visit) => {
    await visit.see(...pageOf(type));
    const stops = await tabStops(visit.page);
    const header = ['Skip to the content', await networkName(visit), 'Find a clinic', 'Español'];
    assert.deepEqual(stops.slice(0, header.length).map(({ label }) => label), header);
    const reached = new Set(stops.map(({ label }) => label));
    for (const label of await actionLabels(visit.page)) assert.ok(reached.has(label), `the tab key does not reach ${label}`);
    await checkOrder(visit.page, stops);
  }));
}

test('the skip link goes past the header', pages.visit({}, async (visit) => {
  const { page } = visit;
  await visit.see(...pageOf('locations'));
  await page.keyboard.press('Tab');
  assert.equal(await page.locator(':focus').textContent(), 'Skip to the content');
  assert.ok((await page.locator(':focus').boundingBox()).x >= 0, 'it is seen');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.ok(await page.locator('main :focus').count(), 'the next stop is in the content');
}));

test('nothing moves on a phone while a page loads', pages.visit({ width: 320 }, async (visit) => {
  for (const type of Object.keys(PAGES)) {
    await visit.see(...pageOf(type));
    assert.equal(await layoutShift(visit.page), 0, type);
  }
}));

test('results are small', async () => {
  for (const path of ['/locations?near=78701', '/es/locations?near=78701', '/locations']) {
    const { bytes, encoding, status } = await packedBytes(pages.server.url + path);
    assert.deepEqual([status, bytes < MOST_HTML_BYTES], [200, true], `${path}: ${bytes} bytes, ${encoding}`);
    assert.ok(encoding, `${path} is packed`);
  }
});

test('a clinic on paper is its facts', pages.visit({}, async (visit) => {
  const { page } = visit;
  await visit.see(...pageOf('clinic'));
  await page.emulateMedia({ media: 'print' });
  await page.screenshot({ path: artifact('clinic print', 'png'), fullPage: true });
  for (const shown of ['h1', '#hours', '.hours', 'address', '.facts']) assert.ok(await page.locator(shown).first().isVisible(), shown);
  for (const hidden of ['.search', '.slots', '[href*=maps]', '.language', '[data-map-open]', '.skip-map']) {
    for (const part of await page.locator(hidden).all()) assert.equal(await part.isVisible(), false, hidden);
  }
  assert.match(await page.locator('main').innerText(), /\(617\) 555-0128/, 'somebody with the sheet can call');
}));

test('nothing glides for those who asked for stillness', pages.visit({ calm: true }, async (visit) => {
  await visit.see(...pageOf('locations'));
  assert.equal(await visit.page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), 'auto');
}));

const networkName = async ({ page }) => (await page.locator('.brand').textContent()).trim();

/** The names of what can be pressed. */
function actionLabels(page) {
  return page.locator('main button, main a.button, main input:not([type=hidden])').evaluateAll((parts) =>
    parts
      .filter((part) => part.checkVisibility({ visibilityProperty: true }))
      .map((part) => (part.getAttribute('aria-label') ?? part.labels?.[0]?.textContent ?? part.textContent).trim().replace(/\s+/g, ' ')),
  );
}

/** The tab key goes through the page in the order of its text. */
async function checkOrder(page, stops) {
  const text = await page.evaluate(() => [...document.querySelectorAll('a[href], button, input, summary')].map((part) => (part.getAttribute('aria-label') ?? part.labels?.[0]?.textContent ?? part.textContent).trim().replace(/\s+/g, ' ')));
  let at = -1;
  for (const { label } of stops) {
    const next = text.indexOf(label, at + 1);
    assert.ok(next > at, `${label} comes out of order`);
    at = next;
  }
}
