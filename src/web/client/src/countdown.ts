import { all, fill, liveRegion } from "./dom";

const TICK_MS = 1_000;
const WARN_AT_SECS = 120;

/** `9:05`; never below zero. */
export function clockTime(seconds: number): string {
  const left = Math.max(0, Math.ceil(seconds));
  return `${String(Math.floor(left / 60))}:${String(left % 60).padStart(2, "0")}`;
}

/** The time that a hold has left: seen every second, spoken twice. */
export function countDown(page: Document): void {
  for (const shown of all(page, "[data-countdown]", HTMLElement)) {
    const ends = Date.parse(shown.dataset["countdown"] ?? "");
    if (!Number.isNaN(ends)) start(page, shown, ends);
  }
}

function start(page: Document, shown: HTMLElement, ends: number): void {
  const { countdownTemplate = "{time}", countdownWarn = "", countdownOver = "", warnAt } = shown.dataset;
  const warnAtSecs = Number(warnAt) || WARN_AT_SECS;
  const speak = liveRegion(shown);
  // What changes each second is not for ears.
  shown.removeAttribute("role");
  shown.setAttribute("aria-live", "off");
  let hasWarned = false;

  // The clock is read each time, and whenever the page is seen again: timers stop while a phone sleeps.
  const tick = (): void => {
    const left = (ends - Date.now()) / 1_000;
    const time = clockTime(left);
    if (left <= 0) {
      stop();
      shown.textContent = countdownOver;
      speak(countdownOver);
      expire(page);
      return;
    }
    shown.textContent = fill(countdownTemplate, "time", time);
    if (left <= warnAtSecs && !hasWarned) {
      hasWarned = true;
      speak(fill(countdownWarn, "time", time));
    }
  };
  const timer = setInterval(tick, TICK_MS);
  const stop = (): void => {
    clearInterval(timer);
    page.removeEventListener("visibilitychange", tick);
    window.removeEventListener("pageshow", tick);
  };
  page.addEventListener("visibilitychange", tick);
  window.addEventListener("pageshow", tick);
  tick();
}

function expire(page: Document): void {
  for (const element of all(page, "[data-when-expired]", HTMLElement)) element.hidden = false;
  for (const element of all(page, "[data-while-held]", HTMLElement)) element.hidden = true;
}
