/** Programs that a test runs beside itself: started, waited for, and ended by their id. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What has to end when this process does, however it ends. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/** A port of the loopback that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Starts a program and collects what it prints. Its standard input stays open for as long as this process lives. */
export function startProcess(command, args, options) {
  const child = spawn(command, args, { stdio: 'pipe', ...options });
  running.add(child);
  const started = { child, output: '', failure: null };
  child.once('error', (error) => (started.failure = error));
  child.once('exit', () => running.delete(child));
  // Whoever writes to one that has ended hears of it by other means.
  child.stdin.on('error', () => {});
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (started.output += bytes));
  return started;
}

/** Waits until `url` answers, or fails with what the program printed. */
export async function untilAnswers(url, { child, ...started }, deadlineMs = 30_000) {
  for (const end = Date.now() + deadlineMs; Date.now() < end; await sleep(50)) {
    if (started.failure || child.exitCode !== null || child.signalCode !== null) break;
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
  }
  throw new Error(`${child.spawnfile} does not answer at ${url}`);
}

/** Asks a program to stop, and insists after five seconds. */
export async function stopProcess({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(insist);
}
