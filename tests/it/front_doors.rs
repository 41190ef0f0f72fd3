//! Where no page is: the root leads people on, and an unknown address tells people and programs so, each in their way.

use crate::support::{Client, Response, TestApp, on_each_database};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn look(anon: &Client, path: &str) -> Response {
    anon.get(path).header("accept", BROWSER).await
}

#[tokio::test]
async fn the_root_leads_people_to_the_clinics() {
    on_each_database(async |database| {
        for (public_url, prefix) in [("http://127.0.0.1:8080", ""), ("http://127.0.0.1:8080/find", "/find")] {
            let anon = TestApp::builder(database).public_url(public_url).start().await.anon();
            for (root, language) in [("/", ""), ("/es", "/es")] {
                let path = format!("{prefix}{root}");
                let path = if prefix.is_empty() { root } else { path.trim_end_matches('/') };
                let led = look(&anon, path).await;
                assert_eq!((led.status(), led.header("location")), (302, &*format!("{prefix}{language}/locations")));
                assert_eq!(led.header("vary"), "accept");
                let program = anon.get(path).await;
                program.problem(404, "not_found");
                assert_eq!(program.header("vary"), "accept");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_without_a_page_says_so_and_offers_a_way_on() {
    on_each_database(async |database| {
        let anon = TestApp::demonstration(database).await.anon();
        for (path, lang, words, way) in [
            ("/nothing", "en", "There is no such page", "action=\"/locations\""),
            ("/es/nada", "es", "Esta página no existe", "action=\"/es/locations\""),
            ("/admin/nothing", "en", "There is no such page", "action=\"/locations\""),
        ] {
            let page = look(&anon, path).await;
            let text = page.text();
            assert_eq!((page.status(), page.header("content-type")), (404, "text/html; charset=utf-8"), "{path}");
            assert_eq!(page.header("vary"), "accept");
            assert!(page.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
            assert!(text.contains(&format!("<html lang=\"{lang}\">")) && text.contains(words), "{path}: {text}");
            assert!(text.contains(way), "{path}: the field for a place: {text}");
            let program = anon.get(path).await;
            program.problem(404, "not_found");
            assert_eq!(program.header("vary"), "accept");
        }
        // What belongs to programs stays theirs.
        look(&anon, "/api/v1/clinics/nothing").await.problem(404, "clinic_unknown");
        look(&anon, "/assets/nothing-1.js").await.problem(404, "not_found");
    })
    .await;
}
