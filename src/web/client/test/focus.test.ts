import assert from "node:assert/strict";
import { test } from "node:test";
import { focusStep } from "../src/focus";
import { one, page } from "./page";

const STEP = `<h1 data-focus>Your details</h1><p id="hours">hours</p>`;

test("the heading of a step has the focus", () => {
  focusStep(page(STEP));
  assert.equal(document.activeElement, one("h1"));
  assert.equal(one("h1").getAttribute("tabindex"), "-1");
});

test("an address with a place on the page leads there", () => {
  focusStep(page(STEP, "https://clinics.example/locations#hours"));
  assert.notEqual(document.activeElement, one("h1"));
});
