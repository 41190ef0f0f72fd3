/** The clock of the pages: as a visitor's is who lives at the time of the service. */

/**
 * Puts the page's clock ahead of the machine's by this many milliseconds, from where it runs on. Run within the page; run again
 * it goes by the farthest of all, because a browser runs the scripts of a context in any order.
 *
 * Playwright has a clock too, but that one replaces timers and `performance` as well, and what was measured is lost.
 */
export function putAhead(milliseconds) {
  const { clock } = globalThis;
  if (clock) {
    clock.ahead = Math.max(clock.ahead, milliseconds);
    return;
  }
  const Machine = Date;
  const own = { ahead: milliseconds };
  Object.defineProperty(globalThis, 'clock', { value: own });
  const now = () => Machine.now() + own.ahead;
  globalThis.Date = class Date extends Machine {
    constructor(...given) {
      super(...(given.length > 0 ? given : [now()]));
    }
    static now() {
      return now();
    }
  };
}
