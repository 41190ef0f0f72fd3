//! Makes the files that pages link to: stylesheets and pictures, and what browsers run, which needs Node and npm.
//!
//! Everything is made below `OUT_DIR`, so a read-only source tree builds. Without Node the service is built without
//! scripts: its pages work without them. `REQUIRE_CLIENT=1` makes that an error.

use std::fmt::Write;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

const CLIENT: &str = "src/web/client";
/// What the bundle is made from; `node_modules` of whoever works on it is not.
const CLIENT_SOURCES: [&str; 6] = [".npmrc", "build.mjs", "package-lock.json", "package.json", "src", "tsconfig.json"];
const STYLES: &str = "src/web/client/styles";
/// One for each audience; they import the others.
const STYLESHEETS: [&str; 2] = ["staff.css", "visitor.css"];
/// Icons and pictures, by the names of their files.
const PICTURES: &str = "src/web/client/pictures";
const REQUIRE: &str = "REQUIRE_CLIENT";

/// A file to embed.
struct Asset {
    /// As pages ask for it, such as `client.js`.
    name: String,
    /// With the fingerprint, such as `client-1A2B.js`.
    file: String,
    path: PathBuf,
}

fn main() -> Result<()> {
    watch();
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut assets = vec![];
    let minify = match bundle(&out.join("client")) {
        Ok(bundle) => {
            assets = bundled(&bundle)?;
            true
        }
        Err(error) if std::env::var(REQUIRE).is_ok_and(|value| value == "1") => return Err(error),
        Err(error) => {
            watch_for_node();
            println!("cargo::warning=the pages are built without scripts: {error:#}; `touch build.rs` to try again");
            false
        }
    };
    for name in STYLESHEETS {
        let whole = out.join(name);
        fs::write(&whole, stylesheet(&Path::new(STYLES).join(name))?)?;
        let path = if minify { minified(&out.join("client"), &whole, name)? } else { whole };
        assets.push(fingerprinted(name, path)?);
    }
    for entry in fs::read_dir(PICTURES).into_iter().flatten() {
        let entry = entry?;
        assets.push(fingerprinted(&entry.file_name().to_string_lossy(), entry.path())?);
    }
    assets.sort_by(|a, b| a.name.cmp(&b.name));
    fs::write(out.join("assets.rs"), embed(&assets, &out)?)?;
    Ok(())
}

/// Where this build has scripts, neither setting could change a byte of it, and the tests, which have a Node of their own in
/// front of PATH, would build all of the service anew after each build of a developer's, and the other way round. Only one
/// without them is tried again.
fn watch_for_node() {
    for variable in [REQUIRE, "PATH"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
}

/// A path that is missing would count as changed each time.
fn watch() {
    let sources = CLIENT_SOURCES.map(|source| format!("{CLIENT}/{source}"));
    for path in sources.iter().map(String::as_str).chain(["build.rs", STYLES, PICTURES]) {
        if Path::new(path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
}

/// Runs npm and esbuild in a copy of the client's folder; returns where the bundle is.
fn bundle(work: &Path) -> Result<PathBuf> {
    let lock = Path::new(CLIENT).join("package-lock.json");
    let installed = work.join("installed-lock.json");
    fs::create_dir_all(work)?;
    // Packages are fetched when the lock file changes, not with each change of ours.
    let is_installed = fs::read(&installed).is_ok_and(|done| fs::read(&lock).is_ok_and(|wanted| done == wanted));
    _ = fs::remove_dir_all(work.join("src"));
    for source in CLIENT_SOURCES {
        copy(&Path::new(CLIENT).join(source), &work.join(source))?;
    }
    if !is_installed {
        _ = fs::remove_file(&installed);
        run(work, "npm", &["ci", "--omit=dev", "--prefer-offline", "--no-progress"])?;
        fs::copy(&lock, &installed)?;
    }
    run(work, "node", &["build.mjs", "dist"])?;
    Ok(work.join("dist"))
}

/// A stylesheet with those that it imports in their places.
fn stylesheet(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut whole = String::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("@import \"./").and_then(|rest| rest.strip_suffix("\";")) {
            whole.push_str(&stylesheet(&path.with_file_name(name))?);
        } else {
            whole.push_str(line);
            whole.push('\n');
        }
    }
    Ok(whole)
}

/// A stylesheet made smaller by the bundler.
fn minified(work: &Path, source: &Path, name: &str) -> Result<PathBuf> {
    let made = work.join(name);
    let out = format!("--outfile={}", made.display());
    run(work, "node", &["node_modules/esbuild/bin/esbuild", "--minify", &out, &source.display().to_string()])?;
    Ok(made)
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> Result<()> {
    let missing = || format!("{program} is not there (Node 18 or newer, with npm)");
    let output = Command::new(program).args(arguments).current_dir(folder).output().with_context(missing)?;
    if !output.status.success() {
        // A warning is one line.
        let said = String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        bail!("{program} {} failed: {said}", arguments.join(" "));
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        let bytes = fs::read(from).with_context(|| format!("{} cannot be read", from.display()))?;
        // Written, not copied: the permissions of a read-only tree would stop the next build.
        return Ok(fs::write(to, bytes)?);
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// The bundle's files have their fingerprints from esbuild, because they name each other.
fn bundled(bundle: &Path) -> Result<Vec<Asset>> {
    let mut assets = vec![];
    for entry in fs::read_dir(bundle)? {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (stem, extension) = file.rsplit_once('.').context("a bundled file has an extension")?;
        let (name, _fingerprint) = stem.rsplit_once('-').context("a bundled file has a fingerprint")?;
        assets.push(Asset { name: format!("{name}.{extension}"), file, path });
    }
    Ok(assets)
}

fn fingerprinted(name: &str, path: PathBuf) -> Result<Asset> {
    let bytes = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let digest = Sha256::digest(&bytes);
    let fingerprint = digest.iter().take(5).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let (stem, extension) = name.rsplit_once('.').with_context(|| format!("{name} has no extension"))?;
    Ok(Asset { name: name.to_owned(), file: format!("{stem}-{fingerprint}.{extension}"), path })
}

/// The assets as Rust, text also compressed.
fn embed(assets: &[Asset], out: &Path) -> Result<String> {
    let folder = out.join("embedded");
    _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let mut code = "&[\n".to_owned();
    for Asset { name, file, path } in assets {
        let (content_type, is_text) = content_type(name)?;
        let bytes = fs::read(path)?;
        let write = |suffix: &str, bytes: &[u8]| -> Result<String> {
            fs::write(folder.join(format!("{file}{suffix}")), bytes)?;
            Ok(format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/embedded/{file}{suffix}\"))"))
        };
        let plain = write("", &bytes)?;
        let compressed =
            |suffix: &str, bytes: Vec<u8>| Ok::<_, anyhow::Error>(format!("Some({})", write(suffix, &bytes)?));
        let none = || "None".to_owned();
        let brotli = if is_text { compressed(".br", brotli(&bytes)?)? } else { none() };
        let gzip = if is_text { compressed(".gz", gzip(&bytes)?)? } else { none() };
        writeln!(
            code,
            "Asset {{ name: {name:?}, path: \"/assets/{file}\", content_type: {content_type:?}, \
             plain: {plain}, brotli: {brotli}, gzip: {gzip} }},"
        )?;
    }
    Ok(code + "]\n")
}

/// Its media type, and whether it is text that shrinks.
fn content_type(name: &str) -> Result<(&'static str, bool)> {
    let (_, extension) = name.rsplit_once('.').unwrap_or_default();
    Ok(match extension {
        "js" => ("text/javascript; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "svg" => ("image/svg+xml", true),
        "webmanifest" => ("application/manifest+json", true),
        "ico" => ("image/x-icon", true),
        "png" => ("image/png", false),
        "webp" => ("image/webp", false),
        "woff2" => ("font/woff2", false),
        other => bail!("{name}: no media type is known for .{other}"),
    })
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = vec![];
    let best = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &best)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = vec![];
    flate2::read::GzEncoder::new(bytes, flate2::Compression::best()).read_to_end(&mut compressed)?;
    Ok(compressed)
}
