/** The page as a screen reader has it, compared with how it was when somebody last looked. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { SNAPSHOTS, artifact, fileName } from './paths.js';

/**
 * Compares the accessibility tree of the page, or of the part that `selector` names, with `snapshots/NAME.yml`.
 * UPDATE_SNAPSHOTS=1 writes the file instead.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {{selector?: string, mask?: [RegExp, string][]}} options `mask` replaces what differs from day to day
 */
export async function checkTree(page, name, { selector = 'body', mask = [] } = {}) {
  const whole = await page.locator(selector).ariaSnapshot();
  const tree = `${mask.reduce((text, [what, by]) => text.replace(what, by), whole)}\n`;
  writeFileSync(artifact(name, 'yml'), tree);
  const file = path.join(SNAPSHOTS, `${fileName(name)}.yml`);
  if (process.env.UPDATE_SNAPSHOTS) {
    mkdirSync(SNAPSHOTS, { recursive: true });
    writeFileSync(file, tree);
  }
  assert.ok(existsSync(file), `${file} is missing; UPDATE_SNAPSHOTS=1 writes it`);
  assert.equal(tree, readFileSync(file, 'utf8'), `the accessibility tree of ${name}`);
}

/** Days and times of day as our pages write them in English and Spanish. */
const WEEKDAY = '(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?|lunes|martes|miércoles|jueves|viernes|sábado|domingo';
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*|enero|febrero|marzo|abril|mayo|junio|julio|agosto|(?:sept|nov|dic)iembre|octubre';
export const MASK_TIMES = [
  [/\b\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?/g, '<date>'],
  [/\b\d{1,2}:\d\d(?:\s?[AaPp]\.?\s?[Mm]\.?)?/g, '<time>'],
  [new RegExp(`\\b(?:${WEEKDAY})\\b`, 'gi'), '<weekday>'],
  [new RegExp(`\\b(?:${MONTH})\\.? \\d{1,2}\\b|\\b\\d{1,2} (?:de )?(?:${MONTH})\\b`, 'gi'), '<day>'],
  [/\b[ECMPA][SD]T\b/g, '<zone>'],
  [/(?<=\/(?:booking|hold)\/)[\w-]{20,}/g, '<token>'],
];
