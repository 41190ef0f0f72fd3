import assert from "node:assert/strict";
import { test } from "node:test";
import { pageOf, spotsOf } from "../src/map/clusters";

const ROOT = "https://clinics.example/find/es/locations/";

test("rows are clinics, and what is none is left out", () => {
  const rows = [[30.2672, -97.7431, "tx/austin/a-one", "A <One>"], null, 7, [1, 2, "x"], ["1", 2, "x", "y"], {}];
  assert.deepEqual(spotsOf({ c: rows }), [{ lat: 30.2672, lon: -97.7431, path: "tx/austin/a-one", slug: "a-one", name: "A <One>" }]);
  for (const file of [undefined, null, [], { c: 1 }, "x"]) assert.deepEqual(spotsOf(file), []);
});

test("a clinic's page is below the root in the page's language, whatever the path", () => {
  const of = (path: string): string => pageOf({ lat: 0, lon: 0, path, slug: "", name: "" }, ROOT);
  assert.equal(of("tx/austin/a-one"), `${ROOT}tx/austin/a-one`);
  for (const path of ["//evil.example/x", "/x", "javascript:alert(1)", "https://evil.example/"]) {
    assert.ok(of(path).startsWith(ROOT), of(path));
  }
});
