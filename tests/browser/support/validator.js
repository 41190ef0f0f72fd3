/** The HTML validator of the W3C, as a service on the loopback: starting it takes longer than checking a page. */
import { createRequire } from 'node:module';

import { freePort, startProcess, untilAnswers } from './process.js';

const BIND = '-Dnu.validator.servlet.bind-address=127.0.0.1';
const HTML = { 'Content-Type': 'text/html; charset=utf-8' };

/** Starts the validator; `VALIDATOR_URL` is how tests find it. */
export async function startValidator() {
  const jar = createRequire(import.meta.url)('vnu-jar');
  const port = await freePort();
  const started = startProcess('java', [BIND, '-Xmx256m', '-cp', jar, 'nu.validator.servlet.Main', String(port)], {});
  const url = `http://127.0.0.1:${port}/`;
  try {
    await untilAnswers(url, started, 60_000);
  } catch (error) {
    throw new Error(`${error.message}; it printed:\n${started.output}`);
  }
  return { url, started };
}

/** What is wrong with a page's HTML as it was sent, one line each. */
export async function htmlErrors(html) {
  const answer = await fetch(`${process.env.VALIDATOR_URL}?out=json`, { method: 'POST', headers: HTML, body: html });
  const { messages } = await answer.json();
  return messages.filter(({ type }) => type !== 'info').map(({ lastLine, message, extract }) => `line ${lastLine}: ${message} (${extract})`);
}
