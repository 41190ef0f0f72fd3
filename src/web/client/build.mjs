// Bundles what browsers get: `node build.mjs [FOLDER]`, called by the crate's build script in a copy of this folder.
// `node build.mjs --tests FOLDER` bundles the unit tests for node's own test runner.
import { readdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { build } from "esbuild";

const TESTS = "--tests";
const common = { bundle: true, target: "es2020", charset: "utf8", format: "esm", logLevel: "warning" };

const [first = "dist", second = ".tests"] = process.argv.slice(2);
rmSync(first === TESTS ? second : first, { recursive: true, force: true });
await (first === TESTS ? tests(second) : client(first));

/** The map comes in files of its own, which share nothing with the script of each page: that one is a single request. */
async function client(outdir) {
  const map = await fingerprinted(outdir, ["src/map/map.ts", "src/map/map.css"]);
  const named = (extension) => JSON.stringify(`./${map.find((name) => name.endsWith(extension))}`);
  await fingerprinted(outdir, ["src/client.ts"], { MAP_SCRIPT: named(".js"), MAP_STYLE: named(".css") });
}

/** Names change with the content, so that a browser may keep a file for good. Returns them. */
async function fingerprinted(outdir, entryPoints, define = {}) {
  const { metafile } = await build({
    ...common,
    entryPoints,
    define,
    outdir,
    entryNames: "[name]-[hash]",
    // Pictures of controls and markers that the map does not have.
    loader: { ".png": "empty" },
    minify: true,
    legalComments: "none",
    metafile: true,
  });
  return Object.keys(metafile.outputs).map((path) => basename(path));
}

async function tests(outdir) {
  const entryPoints = readdirSync("test").filter((name) => name.endsWith(".test.ts")).map((name) => `test/${name}`);
  await build({ ...common, entryPoints, outdir, platform: "node", packages: "external" });
}
