/** A slow line between a program and its visitors. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** Long enough for a browser to show what it has. */
const PAUSE_MS = 600;
/** What holds for the whole answer as it came over the other line. */
const OF_THE_LINE = ['connection', 'content-encoding', 'content-length', 'keep-alive', 'transfer-encoding'];

/**
 * Passes on what a server answers, its pages in two pieces.
 *
 * @param {{origin: string, stop: () => Promise<void>}} server
 */
export async function inPieces(server) {
  /** How much of a page the first piece holds; the tests set it. */
  const line = { cut: 0.5 };
  const proxy = createServer(async (request, response) => {
    const answer = await fetch(server.origin + request.url, { headers: { accept: request.headers.accept ?? '*/*' }, redirect: 'manual' });
    const body = Buffer.from(await answer.arrayBuffer());
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !OF_THE_LINE.includes(name)));
    if (answer.headers.get('content-type')?.startsWith('text/html')) {
      // Each time over the line, not from the browser's cache.
      response.writeHead(answer.status, { ...headers, 'cache-control': 'no-store' });
      response.write(body.subarray(0, Math.floor(body.length * line.cut)));
      await pause(PAUSE_MS);
      response.end(body.subarray(Math.floor(body.length * line.cut)));
    } else {
      response.writeHead(answer.status, headers);
      response.end(body);
    }
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${proxy.address().port}`;
  const stop = async () => {
    proxy.close();
    proxy.closeAllConnections();
    await server.stop();
  };
  return Object.assign(line, { origin, url: origin, stop });
}
