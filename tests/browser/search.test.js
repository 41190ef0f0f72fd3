/** "Is there a clinic near me, and when is somebody free?" */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { checkTargets } from './support/check.js';
import { tabTo } from './support/keyboard.js';
import { pageOf } from './support/locations.js';
import { artifact } from './support/paths.js';
import { site } from './support/site.js';

const pages = site();
const AUSTIN = { latitude: 30.267153, longitude: -97.743061 };

const heading = ({ page }) => page.locator('h1').textContent();
const clinics = ({ page }) => page.locator('.result-cards [data-clinic]').evaluateAll((cards) => cards.map(({ dataset }) => dataset.clinic));
const address = ({ page }) => new URL(page.url());

/** Types a place into the box and sends it, as people do. */
async function search(visit, place, language = 'en') {
  await visit.see(...pageOf('locations', language));
  await visit.page.locator('input[name=near]').fill(place);
  await visit.page.locator('form[role=search] [type=submit]').click();
  await visit.page.waitForLoadState('load');
}

describe('a place', () => {
  test('is found by ZIP, with all that one needs to choose', pages.visit({}, async (visit) => {
    const { page } = visit;
    await search(visit, '78701');
    assert.equal(await heading(visit), 'Clinics near Austin, TX 78701');
    assert.equal(await page.locator('h1:focus').count(), 1, 'the focus is on the heading of the step');
    assert.deepEqual(await clinics(visit), ['stipplecrown-austin-downtown', 'stipplecrown-austin-domain']);
    await page.locator('[role=status]', { hasText: '2 clinics within 25 miles. Distances are straight lines' }).waitFor();

    const card = page.locator('[data-clinic=stipplecrown-austin-downtown]');
    assert.match(await card.innerText(), /about 0\.\d\smi/);
    assert.match(await card.innerText(), /600 Sample Street.*\n?Austin, TX 78701/);
    assert.match(await card.locator('.open').textContent(), /^(Open until \d+(:\d\d)?\s[ap]m|Closed, opens \w+ at .*)$/);
    assert.equal(await card.getByRole('link', { name: /^Call \(512\) 555-0181/ }).getAttribute('href'), 'tel:+15125550181');
    assert.match(await card.getByRole('link', { name: /^Directions/ }).getAttribute('href'), /^https:\/\//);
        const slot = await card.getByRole('button', { name: /^Book this time/ }).textContent();
    assert.match(slot, /^Book this time, \w+day, \w+ \d+, \d+(:\d\d)?\s[ap]m C[SD]T, Austin – Downtown$/, 'a slot for ears');

    await card.getByRole('link', { name: 'Austin – Downtown', exact: true }).click();
    assert.equal(await heading(visit), 'Stipplecrown Austin – Downtown');
  }));

  test('is found by city and by state', pages.visit({}, async (visit) => {
    await search(visit, 'austin, tx');
    assert.equal(await heading(visit), 'Clinics near Austin, TX');
    await search(visit, 'Texas');
    assert.equal((await clinics(visit)).length, 7);
    assert.equal(await visit.page.getByText('straight line').count(), 0, 'a state has no distances');
  }));

  test('of a name that many have is chosen', pages.visit({}, async (visit) => {
    await search(visit, 'Springfield');
    await visit.page.getByText('Did you mean').waitFor();
    await visit.page.getByRole('link', { name: 'Springfield, IL', exact: true }).click();
    assert.equal(await heading(visit), 'Clinics near Springfield, IL');
    assert.equal((await clinics(visit))[0], 'stipplecrown-springfield-downtown');
    await search(visit, 'Springfield');
    await visit.page.getByText('More places of this name').click();
    await visit.page.getByRole('link', { name: 'Springfield, VT', exact: true }).click();
    assert.equal(await heading(visit), 'Clinics near Springfield, VT');
  }));

  test('without a clinic within 25 miles says how far it is', pages.visit({}, async (visit) => {
    await search(visit, 'Casper, WY');
    const hint = await visit.page.locator('.notice').first().textContent();
    assert.match(hint, /^No clinic lies within 25 miles of Casper, WY\. These are within (100|250|500) miles\.$/);
    assert.ok((await clinics(visit)).length > 0);
  }));

  test('whose nearest clinic cannot be visited names it, with its date', pages.visit({}, async (visit) => {
    await search(visit, '70130');
    const first = visit.page.locator('.result-cards > li').first();
    assert.match(await first.innerText(), /^New Orleans – Warehouse District\s+about 0\.\d\smi\s+Closed until .*2027/);
    await first.getByRole('link').click();
    assert.match(await visit.page.locator('main').innerText(), /we reopen on July 1, 2027/);
  }));

  test('that is misspelt is read as what is meant, and what it could be is offered', pages.visit({}, async (visit) => {
    await search(visit, 'Pheonix, AZ');
    await visit.page.getByText('Showing results for Phoenix, AZ').waitFor();
    await search(visit, '2110');
    assert.equal(visit.response.status(), 422);
    const box = visit.page.locator('input[name=near]');
    assert.equal(await box.inputValue(), '2110', 'what was typed is kept');
    assert.equal(await box.getAttribute('aria-invalid'), 'true');
    const told = visit.page.locator(`#${await box.getAttribute('aria-describedby')}`);
    assert.match(await told.textContent(), /five digits/);
    await visit.page.getByRole('link', { name: '02110' }).click();
    assert.match(await heading(visit), /Boston/);
  }));
});

describe('the results', () => {
  test('are sorted by distance or by time', pages.visit({}, async (visit) => {
    const { page } = visit;
    await search(visit, 'Texas');
    const times = () => page.locator('.result').evaluateAll((cards) => cards.map((card) => card.querySelector('.next button')?.value ?? '9999'));
    await page.getByRole('navigation', { name: 'Sort by' }).getByRole('link', { name: /^Soonest first/ }).click();
    assert.equal(address(visit).searchParams.get('sort'), 'soonest');
    const found = (await times()).map((time) => Date.parse(time) || Infinity);
    assert.deepEqual(found, found.toSorted((a, b) => a - b));
    assert.equal(await page.locator('.sort [aria-current] strong').textContent(), 'Soonest first');
    await page.getByRole('link', { name: /^Nearest first/ }).click();
    assert.equal(await page.locator('.sort [aria-current] strong').textContent(), 'Nearest first');
    await search(visit, '78701');
    const miles = await page.locator('.distance').evaluateAll((parts) => parts.map((part) => parseFloat(part.textContent.match(/[\d.]+/)[0])));
    assert.deepEqual(miles, miles.toSorted((a, b) => a - b));
  }));

  test('are those where Spanish is spoken, when asked for', pages.visit({}, async (visit) => {
    const { page } = visit;
    await visit.see(...pageOf('locations'));
    await page.getByLabel('Only where Spanish is spoken').check();
    await page.locator('input[name=near]').fill('Texas');
    await page.keyboard.press('Enter');
    await page.waitForURL('**language=es**');
    const badges = await page.locator('.tongue').allTextContents();
    assert.equal(badges.length, (await clinics(visit)).length);
    assert.ok(badges.every((badge) => badge === 'Se habla español'));
    assert.ok(await page.getByLabel('Only where Spanish is spoken').isChecked(), 'the choice stays');
  }));

  test('stay what they are in the other language', pages.visit({}, async (visit) => {
    const { page } = visit;
    const item = 'Se habla español';
    await visit.see('/locations?near=78701&sort=soonest&language=es', { h1: 'Clinics near Austin, TX 78701', item });
    const before = await clinics(visit);
    await page.getByRole('link', { name: 'Español' }).click();
    assert.equal(address(visit).pathname, '/es/locations');
    assert.deepEqual(Object.fromEntries(address(visit).searchParams), { near: '78701', sort: 'soonest', language: 'es' });
    assert.equal(await heading(visit), 'Clínicas cerca de Austin, TX 78701');
    assert.deepEqual(await clinics(visit), before);
    await page.getByRole('link', { name: 'English' }).click();
    assert.equal(address(visit).pathname, '/locations');
    assert.deepEqual(await clinics(visit), before);
  }));

  test('come in Spanish to who asks in Spanish', pages.visit({ locale: 'es-US' }, async (visit) => {
    await search(visit, '78701', 'es');
    assert.equal(address(visit).pathname, '/es/locations');
    assert.match(await visit.page.locator('.distance').first().textContent(), /^a unas 0\.\d\smi$/);
    const slot = await visit.page.getByRole('button', { name: /^Reservar esta hora/ }).first().textContent();
    assert.match(slot, /^Reservar esta hora, \p{L}+ \d+ de \p{L}+, \d+:\d\d\s[ap]\.\sm\. C[SD]T, Austin – Downtown/u);
    await visit.page.getByRole('link', { name: 'Austin – Downtown', exact: true }).click();
    assert.match(address(visit).pathname, /^\/es\/locations\/texas\/austin\//);
  }));
});

describe('the visitor\'s own place', () => {
  test('is asked for on click, rounded, and searched around', pages.visit({ position: AUSTIN }, async (visit) => {
    const { page } = visit;
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await visit.see(...pageOf('locations'));
    assert.equal(address(visit).search, '', 'nothing happens by itself');
    await page.getByRole('button', { name: 'Use my location' }).click();
    await page.waitForURL('**lat=**');
    assert.deepEqual(Object.fromEntries(address(visit).searchParams), { lat: '30.27', lon: '-97.74' });
    assert.equal(await heading(visit), 'Clinics near your location');
    assert.equal((await clinics(visit))[0], 'stipplecrown-austin-downtown');
    assert.deepEqual(asked.filter((url) => url.includes('30.267') || url.includes('97.743')), [], 'no exact place left the browser');
  }));

  test('that is not shared is explained', pages.visit({ position: 'denied' }, async (visit) => {
    const { page } = visit;
    await visit.see(...pageOf('locations'));
    const button = page.getByRole('button', { name: 'Use my location' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('did not share your location. Type a ZIP code').waitFor();
    assert.equal(address(visit).search, '');
    assert.equal(await page.locator('[data-locate]:focus').count(), 1, 'the focus stays');
    await visit.see(...pageOf('locations', 'es'));
    await page.getByRole('button', { name: 'Usar mi ubicación' }).click();
    await page.getByRole('status').getByText('Su navegador no compartió').waitFor();
  }));
});

describe('suggestions', () => {
  const box = ({ page }) => page.getByRole('combobox', { name: 'ZIP code, city or state' });

  test('are walked and chosen by keys', pages.visit({}, async (visit) => {
    const { page } = visit;
    await visit.see(...pageOf('locations'));
    await tabTo(page, 'input[name=near]');
    await page.keyboard.type('aust');
    await page.getByRole('option').first().waitFor();
    assert.equal(await box(visit).getAttribute('aria-expanded'), 'true');
    const labels = await page.getByRole('option').allTextContents();
    assert.ok(labels.includes('Austin, TX'), labels.join());
    await page.getByRole('status').getByText(`Places: ${labels.length}`).waitFor({ state: 'attached' });
    await page.screenshot({ path: artifact('suggestions', 'png') });

    await page.keyboard.press('ArrowUp');
    assert.equal(await active(visit), labels.at(-1), 'from the field upwards is the last');
    await page.keyboard.press('ArrowDown');
    assert.equal(await active(visit), null, 'then the field itself');
    for (let steps = 0; steps <= labels.indexOf('Austin, TX'); steps += 1) await page.keyboard.press('ArrowDown');
    assert.equal(await active(visit), 'Austin, TX');
    assert.equal(await page.locator('input[name=near]:focus').count(), 1, 'the focus stays in the field');
    await page.keyboard.press('Enter');
    await page.waitForURL('**near=Austin**');
    assert.equal(await heading(visit), 'Clinics near Austin, TX');
  }));

  test('are left by Escape and Tab, and what was typed stays', pages.visit({}, async (visit) => {
    const { page } = visit;
    await visit.see(...pageOf('locations'));
    await box(visit).pressSequentially('spring');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await box(visit).getAttribute('aria-expanded'), 'false');
    assert.equal(await box(visit).inputValue(), 'spring');
    await page.keyboard.press('ArrowDown');
    assert.equal(await box(visit).getAttribute('aria-expanded'), 'true');
    await page.keyboard.press('Tab');
    assert.equal(await page.getByRole('option').first().isVisible(), false);
    assert.equal(await box(visit).inputValue(), 'spring');
  }));

  test('are taken by a finger, in Spanish, at 320 pixels', pages.visit({ width: 320, dark: true }, async (visit) => {
    const { page } = visit;
    await visit.see(...pageOf('locations', 'es'));
    await page.locator('input[name=near]').pressSequentially('7870');
    await page.getByRole('option').first().waitFor();
    await page.screenshot({ path: artifact('suggestions es narrow', 'png') });
    await checkTargets(page, 'suggestions');
    for (const option of await page.getByRole('option').all()) assert.ok((await option.boundingBox()).height >= 44, 'as high as a finger');
    await page.getByRole('option').first().click();
    await page.waitForURL('**near=**');
    assert.match(await heading(visit), /^Clínicas cerca de /);
  }));

  /** The text of the option that the field points to. */
  async function active(visit) {
    const id = await box(visit).getAttribute('aria-activedescendant');
    return id && visit.page.locator(`#${id}[aria-selected=true]`).textContent();
  }
});

describe('without scripts', () => {
  test('one finds, chooses and reads', pages.visit({ js: false }, async (visit) => {
    const { page } = visit;
    await search(visit, '78701');
    assert.equal((await clinics(visit))[0], 'stipplecrown-austin-downtown');
    await page.getByRole('link', { name: /^Soonest first/ }).click();
    assert.equal(address(visit).searchParams.get('sort'), 'soonest');
    await page.getByRole('link', { name: 'Austin – Domain', exact: true }).click();
    assert.equal(await heading(visit), 'Stipplecrown Austin – Domain');
    await page.getByRole('navigation').getByRole('link', { name: 'Texas' }).click();
    assert.equal(await heading(visit), 'Free consultations in Texas');
  }));

  test('the drawn maps lead to states and clinics', pages.visit({ js: false }, async (visit) => {
    const { page } = visit;
    await visit.see(...pageOf('locations'));
    await page.locator('svg a.map-state[href="/locations/new-york"]').focus();
    await page.keyboard.press('Enter');
    assert.equal(await heading(visit), 'Free consultations in New York');
    await page.locator('svg.map-of-state a', { hasText: 'Buffalo' }).focus();
    await page.keyboard.press('Enter');
    assert.equal(await heading(visit), 'Stipplecrown Buffalo – Downtown');
    assert.equal(await page.locator('svg.map-locator').count(), 1);
    assert.equal(await page.locator('[data-map-open]').isVisible(), false);
  }));
});
