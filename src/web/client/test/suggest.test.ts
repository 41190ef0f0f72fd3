import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { labelsOf, suggestPlaces } from "../src/suggest";
import { FakeTime, one, page, settle } from "./page";

const SEARCH = `
  <form action="/locations"><label for="near">Where?</label>
    <input id="near" name="near" data-suggest="/find/api/v1/places/suggest" data-suggest-none="none" data-suggest-count="{n} places">
  </form>`;
const XSS = "<img src=x onerror=alert(1)>";

let time: FakeTime;
let asked: { address: string; signal: AbortSignal; answer: (labels: string[]) => void }[] = [];

beforeEach(() => {
  time = new FakeTime("2026-11-23T10:00:00Z");
  asked = [];
  globalThis.fetch = (address, options) =>
    new Promise((resolve, reject) => {
      const signal = options?.signal as AbortSignal;
      signal.addEventListener("abort", () => reject(new Error("aborted")));
      const answer = (labels: string[]): void =>
        resolve({ ok: true, json: () => Promise.resolve({ data: labels.map((label) => ({ label })) }) } as Response);
      asked.push({ address: String(address), signal, answer });
    });
  suggestPlaces(page(SEARCH));
});

afterEach(() => time.end());

const input = (): HTMLInputElement => one("#near");
const list = (): HTMLElement => one("[role=listbox]");
const options = (): HTMLElement[] => [...list().children] as HTMLElement[];
const announced = (): string | null => one(".visually-hidden[role=status]").textContent;
const active = (): string | null => input().getAttribute("aria-activedescendant");

function type(text: string): void {
  input().focus();
  input().value = text;
  input().dispatchEvent(new Event("input"));
}

function press(key: string): boolean {
  const event = new KeyboardEvent("keydown", { key, cancelable: true, bubbles: true });
  input().dispatchEvent(event);
  return event.defaultPrevented;
}

async function offered(text: string, labels: string[]): Promise<void> {
  type(text);
  time.tick(200);
  asked.at(-1)?.answer(labels);
  await settle();
}

test("the field is a combobox of a named list", () => {
  const { role, controls } = { role: input().getAttribute("role"), controls: input().getAttribute("aria-controls") };
  assert.deepEqual([role, controls, input().getAttribute("aria-expanded")], ["combobox", list().id, "false"]);
  assert.deepEqual([list().hidden, list().getAttribute("aria-label"), input().autocomplete], [true, "Where?", "off"]);
});

test("one question for one pause, and an earlier one is taken back", async () => {
  for (const text of ["a", "au", "aus"]) type(text);
  time.tick(200);
  assert.deepEqual(asked.map(({ address }) => address), ["https://clinics.example/find/api/v1/places/suggest?q=aus"]);
  type("aust & co");
  assert.equal(asked[0]?.signal.aborted, true);
  time.tick(200);
  assert.match(asked[1]?.address ?? "", /q=aust\+%26\+co$/);
  asked[0]?.answer(["late"]);
  await settle();
  assert.equal(list().hidden, true);
});

test("options are text, counted politely once", async () => {
  await offered("aus", ["Austin, TX", XSS]);
  assert.deepEqual(options().map((option) => option.textContent), ["Austin, TX", XSS]);
  assert.equal(document.querySelector("img"), null);
  assert.deepEqual([input().getAttribute("aria-expanded"), announced(), active()], ["true", "2 places", null]);
});

test("none is said, and nothing opens", async () => {
  await offered("zzz", []);
  assert.deepEqual([list().hidden, announced()], [true, "none"]);
});

test("the arrows go round through the field, Home and End to the ends", async () => {
  await offered("aus", ["A", "B", "C"]);
  assert.equal(press("Home"), false, "in the field, Home moves the caret");
  const seen = ["ArrowDown", "ArrowDown", "End", "ArrowDown", "ArrowUp", "Home", "ArrowUp"].map((key) => {
    assert.equal(press(key), true, key);
    return options().findIndex((option) => option.id === active());
  });
  assert.deepEqual(seen, [0, 1, 2, -1, 2, 0, -1]);
  press("ArrowDown");
  assert.deepEqual(options().map((option) => option.getAttribute("aria-selected")), ["true", "false", "false"]);
});

test("Enter chooses the active option and sends the form, and without one leaves it to the form", async () => {
  let sent = 0;
  one<HTMLFormElement>("form").requestSubmit = () => {
    sent += 1;
  };
  await offered("aus", ["Austin, TX"]);
  assert.equal(press("Enter"), false);
  press("ArrowDown");
  assert.equal(press("Enter"), true);
  assert.deepEqual([input().value, sent, list().hidden], ["Austin, TX", 1, true]);
});

test("a click chooses, and the press before it keeps the focus", async () => {
  let sent = 0;
  one<HTMLFormElement>("form").requestSubmit = () => {
    sent += 1;
  };
  await offered("aus", ["Austin, TX", "Austin, MN"]);
  const down = new MouseEvent("mousedown", { cancelable: true, bubbles: true });
  options()[1]?.dispatchEvent(down);
  options()[1]?.click();
  assert.deepEqual([down.defaultPrevented, input().value, sent], [true, "Austin, MN", 1]);
});

test("Escape closes the list first and keeps the text; an arrow opens it again", async () => {
  await offered("aus", ["Austin, TX"]);
  press("ArrowDown");
  assert.equal(press("Escape"), true);
  assert.deepEqual([list().hidden, active(), input().value, announced()], [true, null, "aus", ""]);
  assert.equal(press("Escape"), false, "the second is the browser's");
  press("ArrowDown");
  assert.equal(list().hidden, false);
});

test("an answer after the field was left opens nothing", async () => {
  type("aus");
  time.tick(200);
  input().blur();
  asked[0]?.answer(["Austin, TX"]);
  await settle();
  assert.equal(list().hidden, true);
});

test("an answer of another shape has no labels", () => {
  for (const answer of [null, 1, "x", [], {}, { data: 1 }, { data: [null, 1, {}, { label: 2 }] }]) assert.deepEqual(labelsOf(answer), []);
});
