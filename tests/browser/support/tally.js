/** What the checkers looked at in a whole run, of whose files each is a process of its own. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { ARTIFACTS } from './paths.js';

const TALLY = path.join(ARTIFACTS, 'checked.jsonl');

/** What each tool calls what it finds. */
const TOOLS = { axe: 'violations', vnu: 'errors' };

/** Forgets an earlier run. */
export function startTally() {
  rmSync(TALLY, { force: true });
}

/** One look of a tool at a page. */
export function count(tool, page, findings) {
  mkdirSync(ARTIFACTS, { recursive: true });
  appendFileSync(TALLY, `${JSON.stringify({ tool, page, findings })}\n`);
}

/** `axe: 63 pages, 0 violations; vnu: 41 pages, 0 errors`. A page in another width or colour scheme is another page. */
export function tally() {
  const looks = existsSync(TALLY) ? readFileSync(TALLY, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line)) : [];
  return Object.entries(TOOLS).map(([tool, findings]) => oneLine(looks.filter((look) => look.tool === tool), tool, findings)).join('; ');
}

function oneLine(looks, tool, findings) {
  const pages = new Set(looks.map(({ page }) => page)).size;
  const found = looks.reduce((sum, look) => sum + look.findings, 0);
  return `${tool}: ${pages} pages, ${found} ${findings}`;
}
