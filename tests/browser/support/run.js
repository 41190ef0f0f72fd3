/** Runs the test files beside one validator, and passes on how they ended. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { ARTIFACTS, HERE } from './paths.js';
import { stopProcess } from './process.js';
import { startTally, tally } from './tally.js';
import { startValidator } from './validator.js';

/** For a whole file; what waits for a page gives up long before. */
const TIMEOUT_MS = 300_000;

const isFile = (argument) => argument.endsWith('.test.js');
const given = process.argv.slice(2);
const named = given.filter(isFile).map((name) => path.resolve(existsSync(name) ? '.' : HERE, name));
const all = readdirSync(HERE).filter(isFile).map((name) => path.join(HERE, name));
const flags = [`--test-timeout=${TIMEOUT_MS}`, ...given.filter((argument) => !isFile(argument))];

// Pictures of an earlier run would be taken for this one's.
if (named.length === 0) rmSync(ARTIFACTS, { recursive: true, force: true });
startTally();

const { url, started } = await startValidator();
const tests = spawn(process.execPath, ['--test', ...flags, ...(named.length > 0 ? named : all)], {
  stdio: 'inherit',
  env: { ...process.env, VALIDATOR_URL: url },
});
const status = await new Promise((resolve) => tests.once('exit', (code) => resolve(code ?? 1)));
await stopProcess(started);
console.log(`${tally()}; pictures and logs are in ${ARTIFACTS}`);
process.exit(status);
