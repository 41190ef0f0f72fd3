/** The product under test, with a database and a clock of its own. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { ARTIFACTS, PROGRAM } from './paths.js';
import { freePort, startProcess, stopProcess, untilAnswers } from './process.js';

/** A Tuesday, ten in the morning in Boston, as in tests/it: what pages say about times is the same on every day. */
const START = '2026-12-01T15:00:00Z';

/**
 * Starts the product on a free port, with the demonstration network unless `flags` say otherwise.
 *
 * @param {object} options
 * @param {string[]} [options.flags] of `serve`
 * @param {Record<string, string>} [options.environment]
 * @param {string} [options.prefix] the path of the public URL
 * @param {string} [options.at] the moment, in RFC 3339, at which its clock stands
 */
export async function startServer({ flags = [], environment = {}, prefix = '', at = START } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'clinic-directory-browser-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const own = ['serve', '--listen', `127.0.0.1:${port}`, '--public-url', origin + prefix];
  const started = startProcess(PROGRAM, [at, ...own, ...flags], { cwd: folder, env: { ...plainEnvironment(), ...environment } });
  try {
    await untilAnswers(`${origin}/readyz`, started);
  } catch (error) {
    throw new Error(`${error.message}; it printed:\n${started.output}`);
  }
  return new Server(origin, prefix, folder, started, new Date(at));
}

/** Nothing of the machine's own settings reaches the product. */
function plainEnvironment() {
  // One visitor holds more in a run than people do in a day.
  const limits = { CLINIC_DIRECTORY_HOLDS_PER_VISITOR: '100000' };
  return { PATH: process.env.PATH, DATABASE_URL: 'sqlite://clinics.db', CLINIC_DIRECTORY_LOG: 'warn', ...limits };
}

class Server {
  #folder;
  #started;
  #answers;
  #now;

  constructor(origin, prefix, folder, started, now) {
    this.origin = origin;
    /** The public URL. */
    this.url = origin + prefix;
    this.#folder = folder;
    this.#started = started;
    // On standard output are its answers, on standard error its log.
    this.#answers = createInterface({ input: started.child.stdout })[Symbol.asyncIterator]();
    this.#now = now;
  }

  /** What it printed so far. */
  get output() {
    return this.#started.output;
  }

  /** The one-time link for the first admin. */
  get setupLink() {
    return this.output.match(/http\S+\/setup\?token=\S+/)[0];
  }

  /** The instant at which its clock stands. */
  get now() {
    return this.#now;
  }

  /** Puts its clock ahead; every request from here on is later by this much. */
  async advance(secs) {
    this.#started.child.stdin.write(`advance ${secs}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`the service has ended; it printed:\n${this.output}`);
    this.#now = new Date(value);
  }

  /** Runs another command of the product on the same database and at the same time, and answers what it printed on stdout. */
  command(args, input) {
    const options = { cwd: this.#folder, env: plainEnvironment(), encoding: 'utf8', input, stdio: 'pipe' };
    return execFileSync(PROGRAM, [this.now.toISOString(), ...args], options);
  }

  async stop() {
    await stopProcess(this.#started);
    mkdirSync(ARTIFACTS, { recursive: true });
    if (this.output) appendFileSync(path.join(ARTIFACTS, 'program.log'), this.output);
    rmSync(this.#folder, { recursive: true });
  }
}
