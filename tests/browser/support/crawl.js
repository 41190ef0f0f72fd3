/** The whole site, link by link. */
import assert from 'node:assert/strict';

const MOST_PAGES = 5_000;
const AT_ONCE = 8;
const MOST_REDIRECTS = 3;

/** Follows redirects by hand, so that each step is seen; only GET, which changes nothing. */
async function get(url) {
  for (let steps = 0, at = url; steps <= MOST_REDIRECTS; steps += 1) {
    const answer = await fetch(at, { redirect: 'manual' });
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status >= 400 || !location) {
      return { url: at, status: answer.status, isRedirected: steps > 0, headers: answer.headers, body: await answer.text() };
    }
    at = new URL(location, at).href;
  }
  return { url, status: 'too many redirects', body: '' };
}

/** What a page's HTML leads to, and the ids within it. The parser is the browser's, on a page without scripts. */
async function parse(page, { body, url }) {
  return page.evaluate(
    ([html, base]) => {
      const parsed = new DOMParser().parseFromString(html, 'text/html');
      const addresses = (selector, attribute) =>
        [...parsed.querySelectorAll(selector)].map((element) => new URL(element.getAttribute(attribute), base).href);
      return {
        links: [...addresses('a[href], link[href]:not([rel=preconnect])', 'href'), ...addresses('[src]', 'src')],
        ids: [...parsed.querySelectorAll('[id]')].map(({ id }) => id),
      };
    },
    [body, url],
  );
}

/**
 * Visits everything that can be reached from `start` by links on the same host; each answers 200, some after redirects, and
 * each fragment is there. Answers what was visited, and the links that lead away.
 *
 * @param {import('./site.js').Visit} visit
 * @param {string} start a path
 * @param {{skip?: (path: string) => boolean}} options `skip` are addresses that are known and not asked for
 */
export async function crawl(visit, start, { skip = () => false } = {}) {
  const { origin, url } = visit.server;
  const parser = await visit.page.context().newPage();
  const [queue, seen, outside, broken] = [[], new Map(), new Set(), []];
  const fragments = [];
  const add = (address, from) => {
    const { href, origin: host, pathname, search, hash, protocol } = new URL(address);
    if (!protocol.startsWith('http') || host !== origin) return outside.add(href);
    const plain = origin + pathname + search;
    if (hash.length > 1) fragments.push({ plain, id: decodeURIComponent(hash.slice(1)), from });
    if (seen.has(plain) || skip(pathname + search)) return;
    seen.set(plain, null);
    queue.push({ plain, from });
  };
  const follow = async ({ plain, from }) => {
    const answer = await get(plain);
    if (answer.status !== 200) broken.push(`${answer.status}: ${plain}, linked from ${from}`);
    const isPage = answer.headers?.get('content-type')?.startsWith('text/html');
    const { links, ids } = isPage ? await parse(parser, answer) : { links: [], ids: null };
    seen.set(plain, { ...answer, ids });
    links.forEach((link) => add(link, plain));
  };
  add(url + start, 'the start');
  while (queue.length > 0) {
    assert.ok(seen.size <= MOST_PAGES, `more than ${MOST_PAGES} pages; is there no end to them?`);
    await Promise.all(queue.splice(0, AT_ONCE).map(follow));
  }
  await parser.close();
  const missing = fragments.filter(({ plain, id }) => seen.get(plain)?.ids && !seen.get(plain).ids.includes(id));
  assert.deepEqual(broken, [], 'broken links');
  assert.deepEqual(missing.map(({ plain, id, from }) => `${plain}#${id}, linked from ${from}`), [], 'fragments that are not there');
  return { pages: seen, outside: [...outside] };
}

/** Every address of the sitemap, in whatever parts it comes; each answers 200 by itself, is its own canonical address, and was last changed in the past. */
export async function walkSitemap(visit, path = '/sitemap.xml') {
  const found = [];
  const wrong = [];
  for (const parts = [visit.server.url + path]; parts.length > 0; ) {
    const xml = (await get(parts.pop())).body;
    for (const [, entry] of xml.matchAll(/<(?:url|sitemap)>(.*?)<\/(?:url|sitemap)>/gs)) {
      const [, location] = entry.match(/<loc>(.*?)<\/loc>/s);
      const changed = entry.match(/<lastmod>(.*?)<\/lastmod>/s)?.[1];
      if (changed && !(Date.parse(changed) <= (visit.server.now ?? Date.now()))) wrong.push(`${location} was changed ${changed}`);
      if (xml.includes('<sitemapindex')) parts.push(unescape(location));
      else found.push(unescape(location));
    }
  }
  for (const address of found) wrong.push(...(await canonicalErrors(address)));
  assert.deepEqual(wrong, [], 'the sitemap');
  return found;
}

async function canonicalErrors(address) {
  const { status, isRedirected, body } = await get(address);
  if (status !== 200 || isRedirected) return [`${address}: ${status}${isRedirected ? ' after a redirect' : ''}`];
  const canonical = body.match(/<link rel="?canonical"? href="([^"]+)"/)?.[1];
  return unescape(canonical ?? '') === address ? [] : [`${address} says that it is ${canonical}`];
}

function unescape(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}
