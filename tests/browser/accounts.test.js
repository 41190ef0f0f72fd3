/** The pages on which people sign in and look after their own account. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { checkTree } from './support/aria.js';
import { checkPage } from './support/check.js';
import { tabStops } from './support/keyboard.js';
import { SIGHTS } from './support/sights.js';
import { site } from './support/site.js';
import { pushThroughAddress, pushThroughForm } from './support/xss.js';

const EMAIL = 'ana@example.com';
const PASSWORD = 'stipple crown lantern';
const NETWORK = 'Stipplecrown (demonstration)';
const WRONG = 'not the one at all';

const SIGN_IN = { h1: 'Sign in', item: 'E-mail' };
const SETUP = { h1: 'Set up the first admin', item: 'E-mail' };
const RESET = { h1: 'Set your password', item: 'New password' };
const GONE = { h1: 'This link does not work any more', item: /Ask an admin/, status: 410 };
const ACCOUNT = { h1: 'Your account', item: EMAIL };

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
    await visit.sees(SETUP);
    await checkPage(visit, 'setup');
    await checkTree(visit.page, 'setup');

    await fill(visit, { 'E-mail': EMAIL, 'New password': 'password password' });
    await press(visit, 'Make this account');
    await visit.sees(SETUP);
    assert.equal(await visit.page.getByLabel('E-mail').inputValue(), EMAIL, 'what was typed is kept');
    assert.match(await visit.page.getByLabel('New password').getAttribute('aria-describedby'), /mistake/);
    await checkPage(visit, 'setup refused');

    await fill(visit, { 'New password': PASSWORD });
    await press(visit, 'Make this account');
    await visit.sees(SIGN_IN);
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

  async function signIn(visit) {
    await visit.see('/login', SIGN_IN);
    await fill(visit, { 'E-mail': EMAIL, Password: PASSWORD });
    await press(visit, 'Sign in');
    await visit.sees(ACCOUNT);
  }

  for (const [sight, visitor] of Object.entries(SIGHTS)) {
    test(`each page is sound: ${sight}`, pages.visit(visitor, async (visit) => {
      await visit.see('/login', SIGN_IN);
      await checkPage(visit, 'login');
      await visit.see('/setup?token=gone', GONE);
      await checkPage(visit, 'setup gone');
      await visit.see(`/reset?token=${resetLink}`, RESET);
      await checkPage(visit, 'reset');
      await signIn(visit);
      assert.equal(new URL(visit.page.url()).pathname, '/account');
      await checkPage(visit, 'account');
    }));
  }

  test('a wrong password is told beside what was typed', pages.visit({}, async (visit) => {
    await visit.see('/login?next=/account', SIGN_IN);
    await fill(visit, { 'E-mail': EMAIL, Password: WRONG });
    await press(visit, 'Sign in');
    await visit.sees(SIGN_IN);
    assert.equal(visit.response.status(), 401);
    assert.equal(await visit.page.getByLabel('E-mail').inputValue(), EMAIL);
    assert.equal(await visit.page.locator('[name=next]').inputValue(), '/account');
    await checkPage(visit, 'login refused');
    await checkTree(visit.page, 'login refused');
  }));

  test('the account is read in order', pages.visit({}, async (visit) => {
    await signIn(visit);
    await checkTree(visit.page, 'account', { mask: [[/Only here\.|Here and at \d+ other places?\./g, '<where>'], [/\n.*button "Sign out everywhere else"/, ''], [/\n.*paragraph: This also signs you out.*/, '']] });
  }));

  test('keys alone sign in, change nothing by accident and sign out', pages.visit({}, async (visit) => {
    const { page } = visit;
    await visit.see('/login', SIGN_IN);
    assert.deepEqual((await tabStops(page)).map(({ label }) => label), ['Skip to the content', NETWORK, 'E-mail', 'Password', 'Sign in']);
    await page.getByLabel('E-mail').focus();
    await page.keyboard.type(EMAIL);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account');
    const stops = (await tabStops(page)).map(({ label }) => label);
    assert.deepEqual(stops.slice(0, 5), ['Skip to the content', NETWORK, `${EMAIL} · Admin`, 'Sign out', 'Current password']);
    assert.deepEqual(stops.slice(5, 7), ['New password', 'Change the password']);
    await page.getByRole('button', { name: 'Sign out', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/login**');
    await visit.see('/account', SIGN_IN);
    assert.equal(new URL(page.url()).pathname, '/login', 'the session is over');
  }));

  test('what is in an address is text', pages.visit({}, async (visit) => {
    await visit.see('/login', SIGN_IN);
    await pushThroughAddress(visit, (text) => `/login?next=${text}`);
    await pushThroughAddress(visit, (text) => `/login?${text}=1`);
  }));

  test('what is typed is text', pages.visit({}, async (visit) => {
    await pushThroughForm(visit, () => visit.see('/login', SIGN_IN), ['[name=email]', '[name=next]', '[name=password]']);
  }));

  test('the login leads to no other host', pages.visit({}, async (visit) => {
    for (const next of ['//evil.example/', 'https://evil.example/', '/\\evil.example/', 'javascript:alert(1)']) {
      await visit.page.context().clearCookies();
      await visit.see(`/login?next=${encodeURIComponent(next)}`, SIGN_IN);
      await fill(visit, { 'E-mail': EMAIL, Password: PASSWORD });
      await press(visit, 'Sign in');
      assert.equal(new URL(visit.page.url()).origin, pages.server.origin);
    }
  }));
});
