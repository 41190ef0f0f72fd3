/** What a page tells machines: schema.org in JSON-LD, and what each type may not leave out. */
import assert from 'node:assert/strict';

/** Kinds of LocalBusiness that a network may call its clinics. */
const BUSINESSES = ['LocalBusiness', 'HealthAndBeautyBusiness', 'MedicalBusiness', 'MedicalClinic', 'BeautySalon', 'DaySpa', 'HairSalon'];

/** Properties without which an entry of the type says nothing, by schema.org and by what search engines ask for. */
const REQUIRED = {
  ...Object.fromEntries(BUSINESSES.map((type) => [type, ['@id', 'name', 'url', 'address', 'geo']])),
  PostalAddress: ['addressLocality', 'addressRegion', 'addressCountry'],
  GeoCoordinates: ['latitude', 'longitude'],
  OpeningHoursSpecification: [],
  ReserveAction: ['target'],
  EntryPoint: ['urlTemplate'],
  BreadcrumbList: ['itemListElement'],
  ItemList: ['itemListElement'],
  ListItem: ['position'],
  Organization: ['name'],
  WebSite: ['name', 'url'],
  SearchAction: ['target'],
};

const DAYS = /^(?:https:\/\/schema\.org\/)?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;
const DATE = /^\d{4}-\d\d-\d\d$/;

/** What each type has to be beyond being there. */
const RULES = {
  GeoCoordinates: ({ latitude, longitude }) => Math.abs(Number(latitude)) <= 90 && Math.abs(Number(longitude)) <= 180,
  OpeningHoursSpecification: (hours) => hasDays(hours) && hasTimes(hours),
  ItemList: ({ itemListElement }) => isCounted(itemListElement),
  BreadcrumbList: ({ itemListElement }) => isCounted(itemListElement),
  ListItem: (entry) => ['name', 'item', 'url'].some((property) => property in entry),
};

function hasDays({ dayOfWeek, validFrom, validThrough }) {
  if (dayOfWeek === undefined) return DATE.test(validFrom) && DATE.test(validThrough) && validFrom <= validThrough;
  return [dayOfWeek].flat().every((day) => DAYS.test(day));
}

/** A special day may be without times: then it is closed. */
function hasTimes({ opens, closes, validFrom }) {
  return (validFrom !== undefined && opens === undefined && closes === undefined) || (TIME.test(opens) && TIME.test(closes));
}

function isCounted(entries) {
  return entries.length > 0 && entries.every(({ position }, index) => position === index + 1);
}

/**
 * Every entry of the page's JSON-LD, at any depth, after a look at each.
 *
 * @param {import('playwright-core').Page} page
 * @returns {Promise<Record<string, any>[]>}
 */
export async function jsonLd(page) {
  const blocks = await page.locator('script[type="application/ld+json"]').allTextContents();
  const roots = blocks.map((block) => JSON.parse(block));
  roots.flat().forEach((root) => assert.match(String(root['@context']), /^https?:\/\/schema\.org\/?$/, 'the context'));
  const entries = roots.flatMap(entriesWithin);
  entries.forEach(checkEntry);
  return entries;
}

/** The entry of one of these types, of which there is one. */
export function only(entries, ...types) {
  const found = entries.filter((entry) => types.includes(entry['@type']));
  assert.equal(found.length, 1, `entries of type ${types.join(' or ')}`);
  return found[0];
}

/** The entry for the clinic that the page is about. */
export const business = (entries) => only(entries, ...BUSINESSES);

function entriesWithin(value) {
  if (value === null || typeof value !== 'object') return [];
  const below = Object.values(value).flatMap(entriesWithin);
  return '@type' in value ? [value, ...below] : below;
}

export function checkEntry(entry) {
  const type = entry['@type'];
  assert.ok(type in REQUIRED, `a type that the tests know: ${type}`);
  for (const property of REQUIRED[type]) {
    assert.ok(entry[property] !== undefined && entry[property] !== null && entry[property] !== '', `${type} without ${property}: ${JSON.stringify(entry)}`);
  }
  assert.ok((RULES[type] ?? (() => true))(entry), `not a ${type}: ${JSON.stringify(entry)}`);
}
