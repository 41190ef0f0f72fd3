/** The pages for people who log in. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { checkTree } from './support/aria.js';
import { checkPage } from './support/check.js';
import { tabStops } from './support/keyboard.js';
import { site } from './support/site.js';
import { pushThroughAddress, pushThroughForm } from './support/xss.js';

const EMAIL = 'ana@example.com';
const PASSWORD = 'stipple crown lantern';
const WRONG = 'not the one at all';

/** How somebody may see a page. */
const SIGHTS = { light: {}, dark: { dark: true }, narrow: { width: 320 }, scriptless: { js: false } };

async function fill({ page }, fields) {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
}

async function press({ page }, name) {
  await page.getByRole('button', { name, exact: true }).click();
  await page.waitForLoadState('load');
}

describe('before there is an account', () => {
  const pages = site();

  test('the setup makes the first admin', pages.visit({}, async (visit) => {
    await visit.page.goto(pages.server.setupLink);
    await checkPage(visit, 'setup');
    await checkTree(visit.page, 'setup');

    await fill(visit, { 'E-mail': EMAIL, 'New password': 'password password' });
    await press(visit, 'Set up');
    assert.equal(await visit.page.getByLabel('E-mail').inputValue(), EMAIL, 'what was typed is kept');
    assert.match(await visit.page.getByLabel('New password').getAttribute('aria-describedby'), /refusal/);
    await checkPage(visit, 'setup refused');

    await fill(visit, { 'New password': PASSWORD });
    await press(visit, 'Set up');
    await checkPage(visit, 'setup done');
    assert.match(await visit.page.getByRole('status').textContent(), /password is set/);
  }));
});

describe('with an account', () => {
  const pages = site();
  let resetLink;
  before(() => {
    pages.server.command(['user', 'add', '--email', EMAIL, '--role', 'admin', '--password-stdin'], PASSWORD);
    pages.server.command(['user', 'add', '--email', 'ben@example.com', '--role', 'agent', '--password-stdin'], PASSWORD);
    resetLink = pages.server.command(['user', 'reset-password', '--email', 'ben@example.com']).match(/token=(\S+)/)[1];
  });

  async function logIn(visit) {
    await visit.go('/login');
    await fill(visit, { 'E-mail': EMAIL, Password: PASSWORD });
    await press(visit, 'Log in');
  }

  for (const [sight, visitor] of Object.entries(SIGHTS)) {
    test(`each page is sound: ${sight}`, pages.visit(visitor, async (visit) => {
      await visit.go('/login');
      await checkPage(visit, `login ${sight}`);
      await visit.go('/setup?token=gone', 410);
      await checkPage(visit, `setup gone ${sight}`);
      await visit.go(`/reset?token=${resetLink}`);
      await checkPage(visit, `reset ${sight}`);
      await logIn(visit);
      assert.equal(new URL(visit.page.url()).pathname, '/account');
      await checkPage(visit, `account ${sight}`);
    }));
  }

  test('a wrong password is told beside what was typed', pages.visit({}, async (visit) => {
    await visit.go('/login?next=/account');
    await fill(visit, { 'E-mail': EMAIL, Password: WRONG });
    await press(visit, 'Log in');
    assert.equal(visit.response.status(), 401);
    assert.equal(await visit.page.getByLabel('E-mail').inputValue(), EMAIL);
    assert.equal(await visit.page.locator('[name=next]').inputValue(), '/account');
    await checkPage(visit, 'login refused');
    await checkTree(visit.page, 'login refused');
  }));

  test('the account is read in order', pages.visit({}, async (visit) => {
    await logIn(visit);
    await checkTree(visit.page, 'account', { mask: [[/at \d+ other places?|nowhere else/g, '<elsewhere>'], [/\n.*button "End my other sessions"/, '']] });
  }));

  test('keys alone log in, change nothing by accident and log out', pages.visit({}, async (visit) => {
    const { page } = visit;
    await visit.go('/login');
    assert.deepEqual((await tabStops(page)).map(({ label }) => label), ['E-mail', 'Password', 'Log in']);
    await page.getByLabel('E-mail').focus();
    await page.keyboard.type(EMAIL);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account');
    const stops = (await tabStops(page)).map(({ label }) => label);
    assert.deepEqual(stops.slice(0, 3), ['Current password', 'New password', 'Change the password']);
    assert.equal(stops.at(-1), 'Log out');
    await page.getByRole('button', { name: 'Log out' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/login**');
    await visit.go('/account');
    assert.equal(new URL(page.url()).pathname, '/login', 'the session is over');
  }));

  test('what is in an address is text', pages.visit({}, async (visit) => {
    await pushThroughAddress(visit, (text) => `/login?next=${text}`);
    await pushThroughAddress(visit, (text) => `/login?${text}=1`);
  }));

  test('what is typed is text', pages.visit({}, async (visit) => {
    await pushThroughForm(visit, () => visit.go('/login'), ['[name=email]', '[name=next]', '[name=password]']);
  }));

  test('the login leads to no other host', pages.visit({}, async (visit) => {
    for (const next of ['//evil.example/', 'https://evil.example/', '/\\evil.example/', 'javascript:alert(1)']) {
      await visit.page.context().clearCookies();
      await visit.go(`/login?next=${encodeURIComponent(next)}`);
      await fill(visit, { 'E-mail': EMAIL, Password: PASSWORD });
      await press(visit, 'Log in');
      assert.equal(new URL(visit.page.url()).origin, pages.server.origin);
    }
  }));
});
