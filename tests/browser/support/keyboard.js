/** The page as it is for somebody who has only keys. */
import assert from 'node:assert/strict';

const MOST_STOPS = 400;

/** What has the focus: its tag, text and whether a person sees that. */
function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const isRinged = (part) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(part);
      return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
    };
    const { width, height } = element.getBoundingClientRect();
    const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
    return {
      tag: element.tagName.toLowerCase(),
      id: element.id,
      // Two links of one name are two stops.
      at: [...document.querySelectorAll('*')].indexOf(element),
      label: label.trim().replace(/\s+/g, ' '),
      isVisible: element.checkVisibility() && width > 0 && height > 0,
      // A field that shares a frame with its button is ringed together with it.
      isMarked: isRinged(element) || isRinged(element.parentElement),
    };
  });
}

/**
 * Every stop of the tab key from the top of the page. Each one is visible and marked, and the last one lets go.
 *
 * @param {import('playwright-core').Page} page
 */
export async function tabStops(page) {
  const stops = [];
  await page.evaluate(async () => {
    // The browser gives autofocus with one of its next frames.
    for (let frame = 0; frame < 2; frame++) await new Promise((done) => requestAnimationFrame(done));
    // From wherever autofocus or a click left off, the next tab would go on.
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  for (; stops.length < MOST_STOPS; ) {
    await page.keyboard.press('Tab');
    const stop = await focused(page);
    if (stop === null || isSame(stop, stops[0])) return stops;
    assert.ok(stop.isVisible, `focus on what nobody sees: ${JSON.stringify(stop)}`);
    assert.ok(stop.isMarked, `focus without a mark: ${JSON.stringify(stop)}`);
    assert.ok(!isSame(stop, stops.at(-1)), `the focus is caught: ${JSON.stringify(stop)}`);
    stops.push(stop);
  }
  throw new Error(`more than ${MOST_STOPS} stops`);
}

function isSame(a, b) {
  return b !== undefined && a.at === b.at && a.label === b.label;
}

/** Presses tab until the focus is on an element that matches. */
export async function tabTo(page, selector) {
  for (let presses = 0; presses < MOST_STOPS; presses += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the tab key does not reach ${selector}`);
}
