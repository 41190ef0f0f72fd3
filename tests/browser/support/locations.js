/** The locations pages: where each type is, what is on it, and how people see them. */
import { checkPage, checkReflow, checkTargets, keepPicture } from './check.js';
import { GONE } from './network.js';
import { DESK, NARROW, PICTURES, ZOOMED } from './sights.js';

const FIND = { en: 'Find a clinic', es: 'Encuentre una clínica' };
const NONE_HERE = { en: 'No clinics here yet', es: 'Aquí todavía no hay clínicas' };

/**
 * One page of each type, below the prefix of the language: its heading and one real item, where the languages differ in each.
 *
 * @type {Record<string, {path: string, status?: number, h1: Words, item: Words}>}
 * @typedef {string | RegExp | {en: string | RegExp, es: string | RegExp}} Words
 */
export const PAGES = {
  locations: { path: '/locations', h1: FIND, item: 'Massachusetts' },
  results: { path: '/locations?near=78701', h1: /Austin, TX 78701$/, item: 'Austin – Downtown' },
  'results, soonest in a state': { path: '/locations?near=Texas&sort=soonest', h1: /Texas$/, item: 'Austin – Downtown' },
  ambiguous: { path: '/locations?near=Springfield', h1: /Springfield/, item: 'Springfield, IL' },
  'none near': { path: '/locations?near=Casper%2C+WY', h1: /Casper, WY$/, item: /^.+ – / },
  'results without a nearer one': { path: '/locations?near=70130', h1: /New Orleans, LA 70130$/, item: 'New Orleans – Warehouse District' },
  'no such place': { path: '/locations?near=Scobie%2C+NJX', status: 404, h1: FIND, item: { en: /no place of that name is known/, es: /Ese lugar no existe/ } },
  state: { path: '/locations/texas', h1: /Texas$/, item: 'Austin' },
  city: { path: '/locations/texas/austin', h1: /Austin/, item: 'Austin – Downtown' },
  clinic: {
    path: '/locations/massachusetts/boston/stipplecrown-boston-waterfront',
    h1: 'Stipplecrown Boston – Waterfront',
    item: '100 Sample Wharf',
  },
  'clinic closed for now': {
    path: '/locations/louisiana/new-orleans/stipplecrown-new-orleans-warehouse-district',
    h1: 'Stipplecrown New Orleans – Warehouse District',
    item: /2027/,
  },
  'no such state': { path: '/locations/wyoming', status: 404, h1: NONE_HERE, item: 'Massachusetts' },
  'no such city': { path: '/locations/texas/atlantis', status: 404, h1: NONE_HERE, item: 'Austin' },
  'not found': { path: '/nothing', status: 404, h1: { en: 'There is no such page', es: 'Esta página no existe' }, item: { en: 'All states', es: 'Todos los estados' } },
  gone: { path: GONE, status: 410, h1: /Stipplecrown Denver – Old Town/, item: 'Denver – Cherry Creek' },
};

/** The prefix of each language. */
export const LANGUAGES = { en: '', es: '/es' };

/** What `visit.see` takes: the address of a type of page, and what is on it. */
export function pageOf(type, language = 'en') {
  const { path, status = 200, h1, item } = PAGES[type];
  const said = (words) => words[language] ?? words;
  return [LANGUAGES[language] + path, { status, h1: said(h1), item: said(item) }];
}

/**
 * The page that is shown is sound at a desk and on a phone, in both colour schemes, at 200 % of a zoom and of a text size, and on
 * a narrow phone, where all targets are large enough. Nothing is loaded anew: style sheets are all that decides.
 *
 * @param {import('./site.js').Visit} visit
 * @param {string} name
 */
export async function checkSights(visit, name) {
  const { page } = visit;
  for (const [index, { width, dark }] of PICTURES.entries()) {
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await setWidth(page, width);
    await checkPage(visit, name, { isKnownHtml: index > 0 });
  }
  await lookAt(visit, name, NARROW);
  await page.emulateMedia({ colorScheme: 'light' });
  await lookAt(visit, name, ZOOMED);
  await checkLargeText(visit, name);
  await setWidth(page, DESK);
}

function setWidth(page, width) {
  return page.setViewportSize({ width, height: 800 });
}

async function lookAt(visit, name, width) {
  await setWidth(visit.page, width);
  const whole = width === NARROW ? await keepPicture(visit, name) : `${name} ${width}`;
  await checkReflow(visit.page, whole);
  await checkTargets(visit.page, whole);
}

/** Text alone twice as large, as browsers for phones offer it. */
async function checkLargeText({ page }, name) {
  const setSize = (size) => page.evaluate((value) => (document.documentElement.style.fontSize = value), size);
  await setSize('200%');
  await checkReflow(page, `${name} in large text`);
  await setSize('');
}
