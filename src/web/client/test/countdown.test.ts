import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { clockTime, countDown } from "../src/countdown";
import { FakeTime, one, page } from "./page";

const HELD = `
  <p data-countdown="2026-11-23T10:10:00Z" data-countdown-template="{time} left" data-countdown-warn="Only {time} left"
     data-countdown-over="Expired" data-warn-at="120" role="status">until 10:10</p>
  <div data-while-held>form</div><div data-when-expired hidden>again</div>`;

const shown = (): string | null => one("[data-countdown]").textContent;
const spoken = (): string | null => one(".visually-hidden[role=status]").textContent;

let time: FakeTime;

beforeEach(() => {
  time = new FakeTime("2026-11-23T10:00:00Z");
});

afterEach(() => time.end());

test("a time is minutes and seconds and never below zero", () => {
  assert.deepEqual([600, 119.2, 59, 0.4, -7].map(clockTime), ["10:00", "2:00", "0:59", "0:01", "0:00"]);
});

test("what is left is seen each second and spoken at the warning and the end only", () => {
  countDown(page(HELD));
  const heard: (string | null)[] = [];
  for (let second = 0; second < 610; second += 1) {
    if (spoken() && heard.at(-1) !== spoken()) heard.push(spoken());
    if (second === 61) assert.equal(shown(), "8:59 left");
    time.tick(1_000);
  }
  assert.deepEqual(heard, ["Only 2:00 left", "Expired"]);
  assert.equal(one("[data-countdown]").getAttribute("role"), null);
});

test("when it is over the way on takes the place of the form", () => {
  countDown(page(HELD));
  time.tick(598_000);
  assert.equal(one("[data-when-expired]").hidden, true);
  time.tick(2_000);
  assert.equal(shown(), "Expired");
  assert.equal(one("[data-when-expired]").hidden, false);
  assert.equal(one("[data-while-held]").hidden, true);
});

test("a sleep is no time that is left", () => {
  const held = page(HELD);
  countDown(held);
  time.sleep(3_600_000);
  held.dispatchEvent(new Event("visibilitychange"));
  assert.equal(shown(), "Expired");
});

test("a time that cannot be read leaves the page as it is", () => {
  countDown(page(`<p data-countdown="soon">until soon</p>`));
  assert.equal(shown(), "until soon");
});
