import assert from "node:assert/strict";
import { test } from "node:test";
import { keepForms } from "../src/keep";
import { one, page } from "./page";

const FORM = `
  <form data-keep="details">
    <input type="hidden" name="hold_token" value="t1"><input name="name"><input type="tel" name="phone"><textarea name="note"></textarea>
    <input type="checkbox" name="consent" value="yes">
  </form>`;

/** The next page of the same tab. */
function next(html: string, stored: Storage): Document {
  const document = page(html);
  Object.defineProperty(globalThis, "sessionStorage", { value: stored, configurable: true });
  keepForms(document);
  return document;
}

function type(name: string, value: string): void {
  const field = one<HTMLInputElement>(`[name=${name}]`);
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function typed(): Storage {
  keepForms(page(FORM));
  type("name", "Ana <b>Example</b>");
  type("phone", "(617) 555-0123");
  type("note", "ring twice");
  one<HTMLInputElement>("[name=consent]").checked = true;
  type("consent", "yes");
  return sessionStorage;
}

const value = (name: string): string => one<HTMLInputElement>(`[name=${name}]`).value;

test("typed details come back after the hold expired, consents and tokens do not", () => {
  const stored = typed();
  next(FORM.replace("t1", "t2"), stored);
  assert.deepEqual(["name", "phone", "note", "hold_token"].map(value), ["Ana <b>Example</b>", "(617) 555-0123", "ring twice", "t2"]);
  assert.equal(one<HTMLInputElement>("[name=consent]").checked, false);
  assert.doesNotMatch(stored.getItem("keep:details") ?? "", /consent|t1/);
});

test("what the server wrote stays", () => {
  const stored = typed();
  next(FORM.replace(`name="name"`, `name="name" value="Bo"`), stored);
  assert.equal(value("name"), "Bo");
});

test("the confirmation forgets them", () => {
  const stored = typed();
  next(`<h1 data-keep-clear="details">Booked</h1>`, stored);
  assert.equal(stored.getItem("keep:details"), null);
});

test("a storage that is refused or spoilt leaves a plain form", () => {
  page(FORM);
  sessionStorage.setItem("keep:details", `[["name",1],"x",{}`);
  keepForms(document);
  sessionStorage.setItem("keep:details", `[["name",1],"x",["phone","5"]]`);
  keepForms(document);
  assert.deepEqual(["name", "phone"].map(value), ["", "5"]);
  page(FORM);
  Object.defineProperty(globalThis, "sessionStorage", { get: () => { throw new Error("refused"); }, configurable: true });
  keepForms(document);
  type("name", "Ana");
  assert.equal(value("name"), "Ana");
});
