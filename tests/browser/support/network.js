/** A network of its own, as an operator would have it: listed by search engines, with a clinic that has closed for good. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { HERE, artifact } from './paths.js';
import { startServer } from './server.js';

const DEMONSTRATION = path.resolve(HERE, '../../data/clinics.csv');

/** Where the closed clinic was; nobody took its place. */
export const GONE = '/locations/colorado/denver/stipplecrown-denver-old-town';

/** Like `startServer`, with that network. */
export function startNetwork(options = {}) {
  const clinics = readFileSync(DEMONSTRATION, 'utf8').trimEnd();
  const file = artifact(`network ${process.pid}`, 'csv');
  writeFileSync(file, `${clinics}\n${closedClinic(clinics.split(/\r?\n/, 1)[0].split(','))}\n`);
  return startServer({ ...options, flags: ['--load', file, ...(options.flags ?? [])] });
}

function closedClinic(columns) {
  const facts = { code: 'DEN-09', name: 'Stipplecrown Denver - Old Town', status: 'closed', closed_on: '2026-08-31', city: 'Denver', state: 'CO', zip: '80205' };
  return columns.map((column) => facts[column] ?? '').join(',');
}
