/** The locations pages: where each type is, and how people see them. */
import { checkPage, checkReflow, checkTargets } from './check.js';
import { artifact } from './paths.js';
import { GONE } from './network.js';

/** One address of each type of page, below the prefix of the language, with its status. */
export const PAGES = {
  locations: ['/locations'],
  results: ['/locations?near=78701'],
  'results, soonest in a state': ['/locations?near=Texas&sort=soonest'],
  ambiguous: ['/locations?near=Springfield'],
  'none near': ['/locations?near=Casper%2C+WY'],
  'results without a nearer one': ['/locations?near=70130'],
  'no such place': ['/locations?near=Scobie%2C+NJX', 404],
  state: ['/locations/texas'],
  city: ['/locations/texas/austin'],
  clinic: ['/locations/massachusetts/boston/stipplecrown-boston-waterfront'],
  'clinic closed for now': ['/locations/louisiana/new-orleans/stipplecrown-new-orleans-warehouse-district'],
  'no such state': ['/locations/wyoming', 404],
  'no such city': ['/locations/texas/atlantis', 404],
  gone: [GONE, 410],
};

/** The prefix of each language. */
export const LANGUAGES = { en: '', es: '/es' };

const [WIDE, ZOOMED, NARROW] = [1280, 640, 320];

/**
 * The page that is shown is sound in both colour schemes, at 200 % of a zoom and of a text size, and on a narrow phone, where
 * all targets are large enough. Nothing is loaded anew: style sheets are all that decides.
 *
 * @param {import('./site.js').Visit} visit
 * @param {string} name
 */
export async function checkSights(visit, name) {
  const { page } = visit;
  await checkPage(visit, `${name} light`);
  await page.emulateMedia({ colorScheme: 'dark' });
  await checkPage(visit, `${name} dark`, { isKnownHtml: true });
  await lookAt(visit, `${name} narrow`, NARROW);
  await page.emulateMedia({ colorScheme: 'light' });
  await lookAt(visit, `${name} zoomed`, ZOOMED);
  await checkLargeText(visit, name);
  await page.setViewportSize({ width: WIDE, height: 800 });
}

async function lookAt({ page }, name, width) {
  await page.setViewportSize({ width, height: 800 });
  if (width === NARROW) await page.screenshot({ path: artifact(name, 'png'), fullPage: true });
  await checkReflow(page, name);
  await checkTargets(page, name);
}

/** Text alone twice as large, as browsers for phones offer it. */
async function checkLargeText({ page }, name) {
  const setSize = (size) => page.evaluate((value) => (document.documentElement.style.fontSize = value), size);
  await setSize('200%');
  await checkReflow(page, `${name} in large text`);
  await setSize('');
}
