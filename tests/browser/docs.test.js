/** The documentation of the API, which is Swagger's page: its inside is theirs, what it asks for is ours to know. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { site } from './support/site.js';

const pages = site();

test('the documentation shows every group of calls and asks nobody else', pages.visit({}, async (visit) => {
  // Their own heading has the version beside it.
  await visit.see('/api/docs', { h1: /^Clinic Directory/, item: /^directory$/ });
  const groups = await visit.page.locator('.opblock-tag').evaluateAll((tags) => tags.map(({ dataset }) => dataset.tag));
  assert.deepEqual(groups.sort(), ['admin', 'bookings', 'directory', 'operation', 'places', 'staff']);
}));
