/** Where things are. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** `tests/browser`. */
export const HERE = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const ROOT = path.resolve(HERE, '../..');
const TARGET = path.resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target');

/** The product by a clock that tests move (service.rs), as `run` built it; `PROGRAM` names another build. */
export const PROGRAM = process.env.PROGRAM ?? path.join(TARGET, 'debug/examples/browser_service');

/** What a run leaves behind: screenshots, accessibility trees, the program's log. */
export const ARTIFACTS = path.join(TARGET, 'browser');

/** Accessibility trees that pages have to have. */
export const SNAPSHOTS = path.join(HERE, 'snapshots');

/** The path of an artifact whose name is made from any text. */
export function artifact(name, extension) {
  mkdirSync(ARTIFACTS, { recursive: true });
  return path.join(ARTIFACTS, `${fileName(name)}.${extension}`);
}

/** Any text as a file name. */
export function fileName(text) {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

/** The browser to drive. */
export function chromium() {
  const name = process.env.CHROMIUM ?? 'chromium';
  return execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim();
}
