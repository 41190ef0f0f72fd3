import assert from "node:assert/strict";
import { test } from "node:test";
import { offerLocation } from "../src/locate";
import { twoDecimals } from "../src/search_form";
import { one, page } from "./page";

const SEARCH = `
  <form action="/find/locations">
    <input name="near" value="Austin">
    <input name="speaks" value="es"><input name="empty" value=""><input type="checkbox" name="free" value="1">
    <select name="radius"><option value="50" selected>50</option></select>
    <button type="button" data-locate hidden data-locate-denied="denied" data-locate-unavailable="unavailable"
            data-locate-busy="busy">here</button>
    <p data-locate-status role="status"></p>
  </form>`;

type Ask = (found: PositionCallback, failed: PositionErrorCallback) => void;

function located(ask: Ask, isSecure = true): { asked: () => number; gone: string[]; press: () => void } {
  const search = page(SEARCH);
  let asked = 0;
  const gone: string[] = [];
  const geolocation = {
    getCurrentPosition: (found: PositionCallback, failed: PositionErrorCallback) => {
      asked += 1;
      ask(found, failed);
    },
  };
  Object.defineProperty(navigator, "geolocation", { value: geolocation, configurable: true });
  Object.defineProperty(window, "isSecureContext", { value: isSecure, configurable: true });
  offerLocation(search, (address) => gone.push(address));
  return { asked: () => asked, gone, press: () => one("[data-locate]").click() };
}

const at = (latitude: number, longitude: number): Ask => (found) => found({ coords: { latitude, longitude } } as GeolocationPosition);
const refusal = (code: number): Ask => (_, failed) => failed({ code, PERMISSION_DENIED: 1 } as GeolocationPositionError);

test("nothing is asked before the click", () => {
  const { asked } = located(at(1, 2));
  assert.equal(one("[data-locate]").hidden, false);
  assert.equal(asked(), 0);
});

test("two decimals leave the browser, the filters stay and the typed place goes", () => {
  const { gone, press } = located(at(30.267_153, -97.743_057));
  press();
  assert.deepEqual(gone, ["https://clinics.example/find/locations?speaks=es&radius=50&lat=30.27&lon=-97.74"]);
});

test("decimals are rounded, and a minus zero is none", () => {
  assert.deepEqual([30.265_1, -0.001, 180, -97.999].map(twoDecimals), ["30.27", "0.00", "180.00", "-98.00"]);
});

test("a denial is explained and the button can be pressed again", () => {
  const { asked, gone, press } = located(refusal(1));
  press();
  assert.equal(one("[data-locate-status]").textContent, "denied");
  press();
  assert.equal(asked(), 2);
  assert.deepEqual(gone, []);
});

test("a position that cannot be had is another matter", () => {
  located(refusal(2)).press();
  assert.equal(one("[data-locate-status]").textContent, "unavailable");
});

test("while one question is open there is no second", () => {
  const { asked, press } = located(() => undefined);
  press();
  press();
  assert.equal(asked(), 1);
  assert.equal(one("[data-locate-status]").textContent, "busy");
});

test("where browsers refuse positions, nothing is offered", () => {
  located(at(1, 2), false);
  assert.equal(one("[data-locate]").hidden, true);
});
