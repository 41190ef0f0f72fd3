/** The tests' own tools: each notices what it is for, on pages that are wrong on purpose. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';

import { axeViolations, checkReflow, checkTargets, layoutShift } from './support/check.js';
import { crawl, walkSitemap } from './support/crawl.js';
import { checkEntry, jsonLd } from './support/json_ld.js';
import { tabStops } from './support/keyboard.js';
import { site } from './support/site.js';
import { htmlErrors } from './support/validator.js';
import { pushThroughAddress } from './support/xss.js';

const POLICY = "default-src 'none'";

/** Answers of the server below: what a test put there, by path. */
const answers = new Map();

/** Serves `answers`, and `?echo=` as HTML, which no page ever should. */
async function startWrongServer() {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
    // Browsers ask for it by themselves.
    if (pathname === '/favicon.ico') return response.writeHead(204).end();
    const { status = 200, headers = {}, body = searchParams.get('echo') ?? '' } = answers.get(pathname) ?? { status: 404 };
    response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', ...headers }).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { origin, url: origin, stop };
}

const html = (body) => `<!doctype html><html lang="en"><title>Page</title>${body}</html>`;

/** A page with this body, and what the visit held against it. */
async function problemsOf(visit, body, headers) {
  answers.set('/page', { body: html(body), headers });
  await visit.go('/page');
  await visit.page.waitForTimeout(200);
  return visit.problems.splice(0).join('\n');
}

describe('pages that are wrong', () => {
  const pages = site(startWrongServer);

  test('nothing is held against a sound page', pages.visit({}, async (visit) => {
    assert.equal(await problemsOf(visit, '<main><h1>Page</h1></main>', { 'Content-Security-Policy': POLICY }), '');
    assert.deepEqual(await axeViolations(visit.page), []);
    assert.deepEqual(await htmlErrors(await visit.response.text()), []);
  }));

  test('errors, dialogs and missing parts are', pages.visit({}, async (visit) => {
    assert.match(await problemsOf(visit, '<script>nothing.there</script>'), /script error: Cannot read|script error: nothing/);
    assert.match(await problemsOf(visit, '<script>console.error("oh")</script>'), /console: oh/);
    assert.match(await problemsOf(visit, '<script>alert(1)</script>'), /dialog: 1/);
    assert.match(await problemsOf(visit, '<img src="/missing.png" alt="">'), /console: Failed to load resource/);
  }));

  test('requests to other hosts are', pages.visit({}, async (visit) => {
    const [away, socket] = ['http://192.0.2.1/pixel.png', 'ws://192.0.2.1/'];
    assert.match(await problemsOf(visit, `<img src="${away}" alt="">`), /request to another host: GET http:\/\/192/);
    assert.match(await problemsOf(visit, `<script>new WebSocket("${socket}")</script>`), /socket to another host/);
    assert.match(await problemsOf(visit, '<img src="http://localhost:1/pixel.png" alt="">'), /request to another host/);
  }));

  test('what the policy forbids is', pages.visit({}, async (visit) => {
    const problems = await problemsOf(visit, '<p style="color: red">x</p>', { 'Content-Security-Policy': POLICY });
    assert.match(problems, /CSP: style-src-attr/);
  }));

  test('without JavaScript too', pages.visit({ js: false }, async (visit) => {
    const problems = await problemsOf(visit, '<p style="color: red">x</p>', { 'Content-Security-Policy': POLICY });
    assert.match(problems, /console: .*style/);
  }));

  test('axe, the validator, reflow, targets and shifts see what they are for', pages.visit({ width: 320 }, async (visit) => {
    const late = "setTimeout(() => document.querySelector('p').style.marginTop = '300px', 100)";
    await problemsOf(visit, `<div><p>x</p><button></button><div style="width: 400px">x</div></div></b><script>${late}</script>`);
    assert.match((await axeViolations(visit.page)).join(), /button-name/);
    assert.match((await htmlErrors(await visit.response.text())).join(), /Stray end tag/);
    await assert.rejects(checkReflow(visit.page, 'it'), /pixels wide/);
    await assert.rejects(checkTargets(visit.page, 'it'), /targets on it/);
    assert.ok((await layoutShift(visit.page)) > 0.01);
  }));

  test('a focus that is caught, hidden or unmarked is noticed', pages.visit({}, async (visit) => {
    const wrong = {
      'without a mark': '<style>a:focus { outline: none }</style><a href="/">x</a>',
      'nobody sees': '<a href="/" style="opacity: 1; width: 0; display: inline-block; overflow: hidden; height: 0">x</a>',
      'is caught': '<button>a</button><button onblur="this.focus()">b</button><button>c</button>',
    };
    for (const [message, body] of Object.entries(wrong)) {
      await problemsOf(visit, body);
      await assert.rejects(tabStops(visit.page), new RegExp(message), message);
    }
  }));

  test('text that runs is noticed', pages.visit({}, async (visit) => {
    answers.set('/echo', {});
    await pushThroughAddress(visit, (text) => `/echo?echo=${text}`);
    const ran = new Set(visit.problems.splice(0).map((problem) => problem.match(/XSS: injected script (\d+) ran/)?.[1]));
    assert.ok(ran.size > 20, `${ran.size} of the strings ran`);
  }));

  test('broken links, fragments and sitemaps are', pages.visit({}, async (visit) => {
    answers.set('/links', { body: html('<a href="/sound">a</a><a href="/broken">b</a>') });
    answers.set('/sound', { body: html('<p id="here"><a href="#here">c</a>') });
    await assert.rejects(crawl(visit, '/links'), /404: .*\/broken, linked from .*\/links/);
    answers.set('/links', { body: html('<a href="/moved">a</a><a href="/sound#gone">b</a><a href="https://example.com/">c</a>') });
    answers.set('/moved', { status: 301, headers: { Location: '/sound' } });
    await assert.rejects(crawl(visit, '/links'), /sound#gone/);
    answers.set('/sound', { body: html('<p id="gone">') });
    const { pages: seen, outside } = await crawl(visit, '/links');
    assert.deepEqual([[...seen.keys()].length, outside], [3, ['https://example.com/']]);

    const location = `${visit.server.url}/sound`;
    const sitemap = (changed) => ({ body: `<urlset><url><loc>${location}</loc><lastmod>${changed}</lastmod></url></urlset>` });
    answers.set('/sitemap.xml', sitemap('2999-01-01'));
    await assert.rejects(walkSitemap(visit), /was changed 2999.*says that it is undefined/s);
    answers.set('/sitemap.xml', sitemap('2026-01-01'));
    answers.set('/sound', { body: html(`<link rel="canonical" href="${location}">`) });
    assert.deepEqual(await walkSitemap(visit), [location]);
  }));

  test('JSON-LD has to parse and to be whole', pages.visit({}, async (visit) => {
    const block = (text) => problemsOf(visit, `<script type="application/ld+json">${text}</script>`);
    await block('{"@context": ');
    await assert.rejects(jsonLd(visit.page), SyntaxError);
    await block('{"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "name": "x"}]}');
    await assert.rejects(jsonLd(visit.page), /not a BreadcrumbList/);
    assert.throws(() => checkEntry({ '@type': 'GeoCoordinates', latitude: 91, longitude: 0 }), /not a GeoCoordinates/);
    assert.throws(() => checkEntry({ '@type': 'PostalAddress', addressRegion: 'TX' }), /without addressLocality/);
  }));

  const ask = 'navigator.geolocation.getCurrentPosition(({ coords }) => document.title = coords.latitude, ({ code }) => document.title = "no " + code)';
  const position = { latitude: 30.26, longitude: -97.74 };
  for (const [visitor, title] of [[{ position }, '30.26'], [{ position: 'denied' }, 'no 1']]) {
    test(`a visitor's position is ${JSON.stringify(visitor.position)}`, pages.visit(visitor, async (visit) => {
      assert.equal(await problemsOf(visit, `<script>${ask}</script>`), '');
      await visit.page.waitForFunction((wanted) => document.title === wanted, title);
    }));
  }
});

describe('the service', () => {
  const pages = site();

  test('stands at its instant until it is moved, and its pages are with it', pages.visit({}, async (visit) => {
    const { page, server } = visit;
    const asOf = async () => (await (await fetch(`${server.url}/api/v1/nearest?near=02110&limit=1`)).json()).as_of;
    const isWithIt = async () => Math.abs((await page.evaluate(() => Date.now())) - server.now) < 60_000;
    await visit.see('/locations', { h1: 'Find a clinic', item: 'Texas' });
    assert.equal(await asOf(), '2026-12-01T15:00:00Z');
    assert.ok(await isWithIt());
    await visit.advance(3600);
    await visit.advance(3600);
    assert.equal(await asOf(), '2026-12-01T17:00:00Z');
    assert.ok(await isWithIt(), 'the page that is shown');
    await page.reload();
    assert.ok(await isWithIt(), 'the next one');
  }));

  test('obeys its commands at the same time', async () => {
    const { server } = pages;
    server.command(['user', 'add', '--email', 'eve@example.com', '--role', 'agent', '--password-stdin'], 'stipple crown lantern');
    const link = server.command(['user', 'reset-password', '--email', 'eve@example.com']).match(/reset\?token=\S+/)[0];
    const status = async () => (await fetch(`${server.url}/${link}`)).status;
    assert.equal(await status(), 200);
    await server.advance(24 * 3600);
    assert.equal(await status(), 410, 'the link lived for a day');
  });
});

describe('a page', () => {
  const pages = site(startWrongServer);

  test('that is another one than was meant is noticed', pages.visit({}, async (visit) => {
    answers.set('/page', { body: html('<main><h1>Clinics</h1><p hidden>Austin</p><p>Boston</p></main>') });
    visit.page.setDefaultTimeout(500);
    await visit.see('/page', { h1: 'Clinics', item: 'Boston' });
    await assert.rejects(visit.see('/page', { h1: 'Find a clinic', item: 'Boston' }), /the heading/);
    await assert.rejects(visit.see('/page', { h1: 'Clinics', item: 'Austin' }), /Timeout/);
    await assert.rejects(visit.see('/page', { h1: 'Clinics', item: 'Boston', status: 404 }), /status of/);
    await assert.rejects(visit.see('/page', { h1: 'Clinics' }), /one real item/);
  }));
});
