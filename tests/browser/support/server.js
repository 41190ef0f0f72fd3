/** The program under test, with a database of its own. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ARTIFACTS, HERE, PROGRAM } from './paths.js';
import { freePort, startProcess, stopProcess, untilAnswers } from './process.js';

/**
 * Starts the program on a free port, with the demonstration network unless `flags` say otherwise.
 *
 * @param {object} options
 * @param {string[]} [options.flags]
 * @param {Record<string, string>} [options.environment]
 * @param {string} [options.prefix] the path of the public URL
 * @param {string} [options.at] the moment that the program takes for the present, in RFC 3339
 */
export async function startServer({ flags = [], environment = {}, prefix = '', at } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'clinic-directory-browser-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const aheadSecs = at ? BigInt(Math.round((Date.parse(at) - Date.now()) / 1000)) : 0n;
  const own = ['serve', '--listen', `127.0.0.1:${port}`, '--public-url', origin + prefix];
  const started = startProcess(PROGRAM, [...own, ...flags], { cwd: folder, env: { ...ownEnvironment(folder, aheadSecs), ...environment } });
  try {
    await untilAnswers(`${origin}/readyz`, started);
  } catch (error) {
    throw new Error(`${error.message}; it printed:\n${started.output}`);
  }
  return new Server(origin, prefix, folder, started, aheadSecs);
}

/** Nothing of the machine's own settings reaches the program. */
function plainEnvironment() {
  // One visitor holds more in a run than people do in a day.
  const limits = { CLINIC_DIRECTORY_HOLDS_PER_VISITOR: '100000' };
  return { PATH: process.env.PATH, DATABASE_URL: 'sqlite://clinics.db', CLINIC_DIRECTORY_LOG: 'warn', ...limits };
}

/** As a program sees it whose clock `advance` moves. */
function ownEnvironment(folder, aheadSecs) {
  const clock = path.join(folder, 'clock');
  writeFileSync(clock, new BigInt64Array([aheadSecs]));
  return { ...plainEnvironment(), LD_PRELOAD: clockLibrary(), TEST_CLOCK: clock };
}

/** The library behind `advance`, built when it is missing or older than its source. */
function clockLibrary() {
  const source = path.join(HERE, 'support/clock.c');
  const library = path.join(ARTIFACTS, `clock-${process.arch}.so`);
  if (existsSync(library) && statSync(library).mtimeMs > statSync(source).mtimeMs) return library;
  mkdirSync(ARTIFACTS, { recursive: true });
  // Rust links with this compiler too, so it is there. Test files run side by side: the name is given to a whole file.
  const unfinished = `${library}.${process.pid}`;
  execFileSync('cc', ['-O2', '-shared', '-fPIC', '-o', unfinished, source]);
  execFileSync('mv', [unfinished, library]);
  return library;
}

class Server {
  #folder;
  #started;
  #aheadSecs;

  constructor(origin, prefix, folder, started, aheadSecs) {
    this.origin = origin;
    /** The public URL. */
    this.url = origin + prefix;
    this.#folder = folder;
    this.#started = started;
    this.#aheadSecs = aheadSecs;
  }

  /** What the program printed so far. */
  get output() {
    return this.#started.output;
  }

  /** The one-time link for the first admin. */
  get setupLink() {
    return this.output.match(/http\S+\/setup\?token=\S+/)[0];
  }

  /** Puts the program's clock ahead by this many seconds more. */
  advance(secs) {
    this.#aheadSecs += BigInt(secs);
    writeFileSync(path.join(this.#folder, 'clock'), new BigInt64Array([this.#aheadSecs]), { flag: 'r+' });
  }

  /** Runs another command of the program on the same database, and answers what it printed on stdout. */
  command(args, input) {
    const stdio = ['pipe', 'pipe', 'pipe'];
    return execFileSync(PROGRAM, args, { cwd: this.#folder, env: plainEnvironment(), encoding: 'utf8', input, stdio });
  }

  async stop() {
    await stopProcess(this.#started);
    if (this.output) appendFileSync(path.join(ARTIFACTS, 'program.log'), this.output);
    rmSync(this.#folder, { recursive: true });
  }
}
