//! What the operator chose for the pages: street tiles, the logo, colours, what search engines are told that a clinic is.

use axum::http::Method;
use clinic_directory::web::{Appearance, Logo, Tiles};
use serde_json::{Value, json};

use crate::support::{Program, TestApp, TestDatabase, on_each_database};

const CLINIC: &str = "/locations/massachusetts/boston/stipplecrown-boston-waterfront";
const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 30 10\"><script>alert(1)</script></svg>";

async fn start(database: &TestDatabase, appearance: Appearance) -> TestApp {
    let builder = TestApp::builder(database).public_url("https://example.com/find").demonstration();
    builder.appearance(appearance).start().await
}

/// The sources of pictures that a page's policy allows.
fn pictures(policy: &str) -> &str {
    policy.split("; ").find_map(|part| part.strip_prefix("img-src ")).expect("pictures have a rule")
}

#[tokio::test]
async fn street_tiles_are_of_the_operators_choice_and_the_policy_follows() {
    on_each_database(async |database| {
        let outlines = start(database, Appearance::default()).await.anon().get("/find/locations").await;
        assert_eq!(pictures(outlines.header("content-security-policy")), "'self' data:");
        assert!(outlines.text().contains("data-tiles=\"\" data-attribution=\"\""));

        let tiles = Tiles {
            url: "https://tiles.example.org/{z}/{x}/{y}.png?a=1&b=2".parse().expect("tiles"),
            attribution: "© \"Streets\" & others".parse().expect("a line of text"),
        };
        let app = start(database, Appearance { tiles: Some(tiles), ..Appearance::default() }).await;
        for path in ["/find/locations", "/find/es/locations/texas", "/find/locations?near=02110"] {
            let page = app.anon().get(path).await;
            let policy = page.header("content-security-policy").to_owned();
            assert_eq!(pictures(&policy), "'self' data: https://tiles.example.org", "{path}");
            assert_eq!(policy.matches("example.org").count(), 1, "pictures and nothing else: {policy}");
            let html = page.text().replace("&#38;", "&").replace("&#34;", "\"");
            assert!(
                html.contains("data-tiles=\"https://tiles.example.org/{z}/{x}/{y}.png?a=1&b=2\""),
                "{path}: {html}"
            );
            assert!(html.contains("data-attribution=\"© \"Streets\" & others\""), "{path}: {html}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_logo_is_a_file_of_ours_and_no_script() {
    on_each_database(async |database| {
        let logo = Logo::new(SVG.into()).expect("a logo");
        let path = format!("/find{}", logo.path());
        let app = start(database, Appearance { logo: Some(logo), ..Appearance::default() }).await;
        let html = app.anon().get(&format!("/find{CLINIC}")).await.text().clone();
        assert!(
            html.contains(&format!("src=\"{path}\" width=\"120\" height=\"40\" alt=\"Stipplecrown (demonstration)\"")),
            "{html}"
        );
        assert!(!html.contains("og:image"), "no preview can show SVG");
        let block = html.split("<script type=\"application/ld+json\">").nth(1).and_then(|rest| rest.split('<').next());
        let clinic: Value = serde_json::from_str(block.expect("linked data")).expect("JSON");
        assert_eq!(clinic["logo"], format!("https://example.com{path}"));

        let file = app.anon().get(&path).await;
        assert_eq!((file.status(), &*file.text()), (200, SVG));
        for (name, value) in [
            ("content-type", "image/svg+xml"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cache-control", "public, max-age=31536000, immutable"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(file.header(name), value);
        }
        assert_eq!(app.anon().request(Method::HEAD, &path).await.status(), 200);
        app.anon().get("/find/assets/logo-0000000000.svg").await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_png_is_in_previews_of_links() {
    on_each_database(async |database| {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend([0, 0, 0, 64, 0, 0, 0, 64, 8, 6, 0, 0, 0]);
        let logo = Logo::new(png).expect("a logo");
        let preview = format!("<meta property=\"og:image\" content=\"https://example.com/find{}\">", logo.path());
        let app = start(database, Appearance { logo: Some(logo), ..Appearance::default() }).await;
        let page = app.anon().get("/find/locations").await;
        assert!(page.text().contains(&preview), "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn a_clinic_is_of_the_type_that_the_operator_says() {
    on_each_database(async |database| {
        let clinic_type = "MedicalClinic".parse().expect("a type");
        let app = start(database, Appearance { clinic_type, ..Appearance::default() }).await;
        let page = app.anon().get(&format!("/find{CLINIC}")).await;
        assert!(page.text().contains("\"@type\":\"MedicalClinic\""), "{}", page.text());
        assert!(!page.text().contains("HealthAndBeautyBusiness"));
    })
    .await;
}

/// The address of the colours that a page names, below the prefix.
async fn colors_of(app: &TestApp, page: &str) -> Option<String> {
    let html = app.anon().get(page).await.text();
    let (_, rest) = html.split_once("href=\"/find/assets/colors-")?;
    rest.split('"').next().map(|file| format!("/find/assets/colors-{file}"))
}

async fn set_colors(app: &TestApp, colors: &Value) {
    let admin = app.admin().await;
    let network = "/find/api/v1/admin/network";
    let seen = admin.get(network).await.header("etag").to_owned();
    admin.send(Method::PATCH, network, &json!({ "colors": colors })).header("if-match", &seen).await.ok();
}

#[tokio::test]
async fn the_networks_colours_are_a_file_that_is_kept_until_they_change() {
    on_each_database(async |database| {
        let app = start(database, Appearance::default()).await;
        assert_eq!(colors_of(&app, "/find/locations").await, None, "ours are in the style sheet");
        set_colors(&app, &json!({ "primary": "#7a1f5c" })).await;
        let first = colors_of(&app, "/find/locations").await.expect("a stylesheet");
        assert_eq!(colors_of(&app, &format!("/find/es{CLINIC}")).await.as_ref(), Some(&first));
        let file = app.anon().get(&first).await;
        assert_eq!((file.status(), file.header("content-type")), (200, "text/css; charset=utf-8"));
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
        let css = file.text();
        assert!(css.starts_with(":root{--primary:#7a1f5c;}@media (prefers-color-scheme:dark){:root{"), "{css}");
        assert_eq!(app.anon().request(Method::HEAD, &first).await.status(), 200);

        set_colors(&app, &json!({ "primary": "#1d4ed8" })).await;
        let second = colors_of(&app, "/find/locations").await.expect("a stylesheet");
        assert_ne!(first, second);
        let current = app.anon().get(&second).await.text();
        let outlived = app.anon().get(&first).await;
        assert_eq!((outlived.header("cache-control"), outlived.text()), ("no-cache", current));

        set_colors(&app, &Value::Null).await;
        assert_eq!(colors_of(&app, "/find/locations").await, None);
        let gone = app.anon().get(&second).await;
        assert_eq!((gone.status(), gone.header("cache-control"), gone.body.len()), (200, "no-cache", 0));
        app.anon().get("/find/assets/colours-0000000000.css").await.problem(404, "not_found");
    })
    .await;
}

#[test]
fn a_setting_that_cannot_be_is_named_and_nothing_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = folder.path().join("logo.svg");
    std::fs::write(&picture, "<svg/>").expect("written");
    let url = "https://tiles.example.org/{z}/{x}/{y}.png";
    let http = url.replace("https", "http");
    for (arguments, words) in [
        (vec!["--tile-url", url], "--tile-attribution"),
        (vec!["--tile-attribution", "Streets"], "--tile-url"),
        (vec!["--tile-url", &http, "--tile-attribution", "Streets"], "--tile-url <URL>': the scheme must be https"),
        (
            vec!["--tile-url", url, "--tile-attribution", "<b>Streets</b>"],
            "--tile-attribution <TEXT>': expected plain text",
        ),
        (vec!["--clinic-type", "clinic"], "--clinic-type <TYPE>': expected the name of a type"),
        (vec!["--logo", "/nowhere/logo.svg"], "--logo: cannot read /nowhere/logo.svg"),
        (vec!["--logo", picture.to_str().expect("UTF-8")], "needs a viewBox"),
    ] {
        let database = format!("sqlite://{}", folder.path().join("clinics.db").display());
        let serve = Program::new(["serve"].into_iter().chain(arguments.iter().copied()));
        let finished = serve.env("DATABASE_URL", &database).folder(folder.path()).run();
        assert_ne!(finished.code, Some(0), "{arguments:?}");
        let said = finished.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
}
