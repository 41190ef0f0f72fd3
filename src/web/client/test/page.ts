import { Window } from "happy-dom";

const NAMES = [
  "document", "location", "navigator", "sessionStorage", "matchMedia", "FormData", "Element", "HTMLElement", "HTMLInputElement",
  "HTMLTextAreaElement", "HTMLFormElement", "HTMLButtonElement", "Event", "KeyboardEvent", "MouseEvent",
] as const;

/** A page of its own for one test, with what the modules expect of a browser. */
export function page(html: string, address = "https://clinics.example/locations"): Document {
  const window = new Window({ url: address });
  window.document.body.innerHTML = html;
  const own = window as unknown as Record<string, unknown>;
  for (const name of NAMES) Object.defineProperty(globalThis, name, { value: own[name], configurable: true, writable: true });
  Object.defineProperty(globalThis, "window", { value: window, configurable: true, writable: true });
  return document;
}

export function one<E extends HTMLElement>(selector: string): E {
  const element = document.querySelector<E>(selector);
  if (!element) throw new Error(`${selector} is not on the page`);
  return element;
}

/** Lets what was promised happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

/** A clock that stands still until it is moved, for timers too. Node has one since version 20; this runs on 18. */
export class FakeTime {
  private readonly real = { setTimeout, clearTimeout, setInterval, clearInterval, now: Date.now };
  private timers = new Map<number, { at: number; every?: number; call: () => void }>();
  private last = 0;
  private time: number;

  constructor(now: string) {
    this.time = Date.parse(now);
    const add = (every: boolean) => (call: () => void, wait = 0) => {
      this.last += 1;
      this.timers.set(this.last, { at: this.time + wait, call, ...(every ? { every: wait } : {}) });
      return this.last;
    };
    const remove = (id: number): void => void this.timers.delete(id);
    Object.assign(globalThis, { setTimeout: add(false), setInterval: add(true), clearTimeout: remove, clearInterval: remove });
    Date.now = () => this.time;
  }

  /** As time passes: whatever is due is called. */
  tick(ms: number): void {
    const until = this.time + ms;
    for (;;) {
      const [due] = [...this.timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at);
      if (!due) break;
      const [id, timer] = due;
      this.time = timer.at;
      if (timer.every === undefined) this.timers.delete(id);
      else timer.at += timer.every;
      timer.call();
    }
    this.time = until;
  }

  /** As a device sleeps: nothing is called. */
  sleep(ms: number): void {
    this.time = this.time + ms;
  }

  end(): void {
    const { now, ...timers } = this.real;
    Object.assign(globalThis, timers);
    Date.now = now;
  }
}
