/** What a test file starts with: the product, a browser, and visitors of all kinds. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { chromium as driver } from 'playwright-core';

import { putAhead } from './page_clock.js';
import { artifact, chromium } from './paths.js';
import { watch } from './problems.js';
import { startServer } from './server.js';

/** Chromium itself asks for updates and the like unless it is told not to; names of other hosts lead nowhere. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];
const ACTION_TIMEOUT_MS = 10_000;

/**
 * @typedef {object} Visitor
 * @property {boolean} [js] false: JavaScript is off
 * @property {string} [locale] what the browser asks for, such as `es-US`
 * @property {number} [width] of the window in CSS pixels; half of it is what a zoom of 200 % leaves
 * @property {boolean} [dark] prefers the dark colours
 * @property {boolean} [calm] prefers reduced motion
 * @property {{latitude: number, longitude: number} | 'denied'} [position] what "use my location" answers
 * @property {string} [zone] the browser's time zone
 */

/**
 * A service and a browser for all tests of the calling file.
 *
 * @param {() => Promise<{origin: string, url: string, now?: Date, stop: () => Promise<void>}>} start starts something else to visit
 */
export function site(start = startServer) {
  const shared = { server: null, browser: null };
  before(async () => {
    shared.server = await start();
    shared.browser = await driver.launch({ executablePath: chromium(), args: FLAGS });
  });
  after(async () => {
    await shared.browser?.close();
    await shared.server?.stop();
  });
  return {
    /** The running service. */
    get server() {
      return shared.server;
    },
    /**
     * The body of a test with a visitor who has a browser of their own. It fails when the page made an error, asked another
     * host or ran what was injected, whatever else it asserts; `visit.problems` may be emptied by a test that provokes them.
     *
     * @param {Visitor} visitor
     * @param {(visit: Visit) => Promise<void>} body
     */
    visit: (visitor, body) => (test) => visitWith(shared, visitor, body, test.name),
  };
}

async function visitWith({ server, browser }, visitor, body, name) {
  const context = await browser.newContext(contextOptions(visitor));
  try {
    context.setDefaultTimeout(ACTION_TIMEOUT_MS);
    const problems = await watch(context, server.origin);
    if (server.now) await context.addInitScript(putAhead, server.now - Date.now());
    const visit = new Visit(server, await context.newPage(), problems, visitor);
    await keepPictureOfFailure(visit, name, () => body(visit));
    assert.deepEqual(visit.problems, [], 'what happened on the pages');
  } finally {
    await context.close();
  }
}

async function keepPictureOfFailure(visit, name, body) {
  try {
    await body();
  } catch (error) {
    await visit.page.screenshot({ path: artifact(`failed ${name}`, 'png'), fullPage: true }).catch(() => {});
    throw error;
  }
}

function contextOptions({ js = true, locale = 'en-US', width = 1280, dark, calm, position, zone }) {
  const located = position && position !== 'denied';
  return {
    javaScriptEnabled: js,
    locale,
    viewport: { width, height: 800 },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: calm ? 'reduce' : 'no-preference',
    timezoneId: zone ?? 'America/New_York',
    ...(located && { geolocation: position, permissions: ['geolocation'] }),
  };
}

/** One visitor's browser window. */
export class Visit {
  /** The last page as it was sent, for the validator: the browser repairs what it shows. */
  #document = null;

  constructor(server, page, problems, visitor) {
    this.server = server;
    this.page = page;
    this.problems = problems;
    this.visitor = visitor;
    page.on('response', (response) => {
      const request = response.request();
      const isRedirect = response.status() >= 300 && response.status() < 400 && response.status() !== 304;
      if (request.isNavigationRequest() && request.frame() === page.mainFrame() && !isRedirect) this.#document = response;
    });
  }

  /** Goes to a path below the public URL, and sees to it that the answer has this status after redirects. */
  async go(path, status = 200) {
    const response = await this.page.goto(this.server.url + path);
    assert.equal(response.status(), status, `status of ${path}`);
    return response;
  }

  /**
   * Goes to a path below the public URL and sees to it that it is the page that was meant.
   *
   * @param {string} path
   * @param {Seen & {status?: number}} expected
   */
  async see(path, { status = 200, ...seen }) {
    const response = await this.go(path, status);
    await this.sees(seen);
    return response;
  }

  /**
   * The page that is shown is the one that was meant: a test of an error page, or of an empty one, would find little wrong with it.
   *
   * @typedef {object} Seen
   * @property {string | RegExp} h1 its only heading of the first level
   * @property {string | RegExp} item words of one real thing on it, such as a clinic's name
   * @param {Seen} seen
   */
  async sees({ h1, item }) {
    assert.ok(h1 && item, 'a heading and one real item');
    const heading = (await this.page.locator('h1').innerText()).trim();
    if (h1 instanceof RegExp) assert.match(heading, h1, 'the heading');
    else assert.equal(heading, h1, 'the heading');
    await this.page.locator('body').getByText(item).filter({ visible: true }).first().waitFor();
  }

  /** Puts the clocks of the service and of the visitor's pages ahead. */
  async advance(secs) {
    await this.server.advance(secs);
    const ahead = this.server.now - Date.now();
    // For the pages to come, and for the one that is shown.
    await this.page.context().addInitScript(putAhead, ahead);
    await this.page.evaluate(putAhead, ahead);
  }

  /** The last page's answer. */
  get response() {
    return this.#document;
  }
}
