/** Pages over a slow line: they arrive in pieces, and what is there already stays where it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { layoutShift } from './support/check.js';
import { inPieces } from './support/in_pieces.js';
import { pageOf } from './support/locations.js';
import { startNetwork } from './support/network.js';
import { site } from './support/site.js';

const CUTS = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

const pages = site(async () => inPieces(await startNetwork()));

for (const type of ['results', 'city', 'clinic', 'gone']) {
  const [path, page] = pageOf(type);
  test(`nothing moves while ${type} arrives in pieces`, pages.visit({}, async (visit) => {
    // What pages link to is kept from here on, and keeps no page from being shown.
    await visit.see(path, page);
    for (const cut of CUTS) {
      visit.server.cut = cut;
      // Between pages of one site a browser shows the old one until the new one is there.
      await visit.page.goto('about:blank');
      await visit.go(path, page.status);
      assert.ok(await isShownEarly(visit.page), `the first piece, cut at ${cut}, is shown`);
      assert.equal(await layoutShift(visit.page), 0, `cut at ${cut}`);
    }
  }));
}

/** Whether something was to be seen before the whole page had arrived. */
function isShownEarly(page) {
  return page.evaluate(() => {
    const [shown] = performance.getEntriesByName('first-contentful-paint');
    const [arrived] = performance.getEntriesByType('navigation');
    return shown !== undefined && shown.startTime < arrived.responseEnd;
  });
}
