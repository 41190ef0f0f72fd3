//! The locations pages as a visitor, a search engine and a careless link find them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::records::patch;
use crate::support::{Client, TestApp, on_each_database};

const HOST: &str = "http://127.0.0.1:8080";
const BOSTON: &str = "/locations/massachusetts/boston";
const WATERFRONT: &str = "/locations/massachusetts/boston/stipplecrown-boston-waterfront";

async fn page(client: &Client, path: &str) -> String {
    let answer = client.get(path).await;
    assert_eq!(answer.status(), 200, "{path}: {}", answer.text());
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
    answer.text().clone()
}

async fn leads_to(client: &Client, path: &str) -> String {
    let answer = client.get(path).await;
    assert_eq!(answer.status(), 301, "{path}: {}", answer.text());
    answer.header("location").trim_start_matches(HOST).to_owned()
}

/// The blocks of linked data of a page.
fn linked_data(html: &str) -> Vec<Value> {
    let blocks = html.split("<script type=\"application/ld+json\">").skip(1);
    let block = |rest: &str| serde_json::from_str(rest.split("</script>").next().unwrap()).unwrap();
    blocks.map(block).collect()
}

/// Every address of this host that a page links to.
fn links(html: &str) -> BTreeSet<String> {
    let hrefs = html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"));
    let local = |href: String| href.trim_start_matches(HOST).split('#').next().unwrap().to_owned();
    hrefs.map(local).filter(|href| href.starts_with('/')).collect()
}

#[tokio::test]
async fn each_page_says_what_it_is_in_both_languages() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let anon = app.anon();
        for (path, english, spanish) in [
            ("/locations", "Find a clinic", "Encuentre una clínica"),
            ("/locations/texas", "Free consultations in Texas", "Consultas gratis en Texas"),
            (BOSTON, "Free consultations in Boston, MA", "Consultas gratis en Boston, MA"),
            (WATERFRONT, "Book a free consultation", "Reservar una consulta gratis"),
        ] {
            let (en, es) = (page(&anon, path).await, page(&anon, &format!("/es{path}")).await);
            assert!(en.contains("<html lang=\"en\">") && en.contains(english), "{path}");
            assert!(es.contains("<html lang=\"es\">") && es.contains(spanish), "/es{path}");
            assert!(en.contains(&format!("<link rel=\"canonical\" href=\"{HOST}{path}\">")), "{path}");
            assert!(es.contains(&format!("<link rel=\"canonical\" href=\"{HOST}/es{path}\">")), "{path}");
            for html in [&en, &es] {
                assert!(html.contains(&format!("hreflang=\"es\" href=\"{HOST}/es{path}\"")), "{path}");
                assert!(html.contains(&format!("hreflang=\"en\" href=\"{HOST}{path}\"")), "{path}");
                assert!(!html.contains("noindex") && !html.contains("style="), "{path}");
            }
        }
        let own = page(&anon, &format!("/es{BOSTON}/stipplecrown-boston-back-bay")).await;
        assert!(own.contains("<p class=\"lead\" lang=\"en\">A small studio"), "English text on a Spanish page says so");
    })
    .await;
}

#[tokio::test]
async fn a10_a11_pages_tell_the_clinics_own_time_and_lists_drop_the_networks_name() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        app.clock.set("2026-12-01T15:00:00Z");
        let anon = app.anon();
        for (path, told) in [
            (
                BOSTON.to_owned(),
                ["Open until 6 pm", ">Boston – Waterfront</a>", "Boston – Waterfront\"", "Next available"],
            ),
            (
                WATERFRONT.to_owned(),
                [
                    "<h1>Stipplecrown Boston – Waterfront</h1>",
                    "<td>9 am – 6 pm</td>",
                    "Thu, Dec 24: 9 am – noon",
                    "(EST)",
                ],
            ),
            (
                format!("/es{WATERFRONT}"),
                [
                    "Abierto hasta las 6:00 p. m.",
                    "<td>9:00 a. m. – 6:00 p. m.</td>",
                    "jue 24 dic: 9:00 a. m. – 12:00 p. m.",
                    "30 minutos, sin costo. Hora de Boston (EST).",
                ],
            ),
        ] {
            let html = page(&anon, &path).await.replace('\u{a0}', " ");
            for words in told {
                assert!(html.contains(words), "{path}: {words}: {html}");
            }
        }
        let list = linked_data(&page(&anon, BOSTON).await);
        let names: BTreeSet<&str> =
            list[0]["itemListElement"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
        assert!(names.contains("Stipplecrown Boston - Waterfront"), "machines get the name as it is: {names:?}");
    })
    .await;
}

#[tokio::test]
async fn i9_each_page_has_one_address_and_the_slug_decides() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let (editor, anon) = (app.editor().await, app.anon());
        for (asked, there) in [
            ("/locations/", "/locations"),
            ("/locations/TX", "/locations/texas"),
            ("/locations/Texas/", "/locations/Texas"),
            ("/locations/TEXAS?x=1", "/locations/texas?x=1"),
            ("/es/locations/tx", "/es/locations/texas"),
            ("/locations/ma/boston", BOSTON),
            ("/locations/massachusetts/Boston", BOSTON),
            ("/locations/texas/austin/stipplecrown-boston-waterfront", WATERFRONT),
            ("/locations/nowhere/at-all/Stipplecrown-Boston-Waterfront", WATERFRONT),
        ] {
            assert_eq!(leads_to(&anon, asked).await, there, "{asked}");
        }
        assert_eq!(patch(&editor, "BOS-01", &json!({ "slug": "harbor" })).await.status(), 200);
        assert_eq!(leads_to(&anon, WATERFRONT).await, format!("{BOSTON}/harbor"));
        assert_eq!(
            patch(&editor, "BOS-02", &json!({ "closed_on": "2020-01-01", "moved_to": "BOS-01" })).await.status(),
            200
        );
        assert_eq!(
            leads_to(&anon, &format!("{BOSTON}/stipplecrown-boston-back-bay")).await,
            format!("{BOSTON}/harbor")
        );
        assert_eq!(patch(&editor, "BOS-01", &json!({ "closed_on": "2020-01-01" })).await.status(), 200);
        let gone = anon.get(&format!("{BOSTON}/harbor")).await;
        assert_eq!(gone.status(), 410);
        assert!(gone.text().contains("has closed for good") && gone.text().contains("Providence"), "{}", gone.text());
        // Without a clinic there is no page.
        assert_eq!(anon.get(BOSTON).await.status(), 404);
        assert_eq!(anon.get("/locations/massachusetts").await.status(), 404);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_says_what_is() {
    on_each_database(async |database| {
        let anon = TestApp::network(database).await.anon();
        for (path, offered) in [
            ("/locations/wyoming", "/locations/texas"),
            ("/locations/atlantis", "/locations/texas"),
            ("/locations/texas/atlantis", "/locations/texas/austin"),
            ("/locations/texas/austin/atlantis", "/locations/texas/austin"),
        ] {
            let answer = anon.get(path).await;
            assert_eq!(
                (answer.status(), answer.text().contains(&format!("href=\"{offered}\""))),
                (404, true),
                "{path}"
            );
            assert!(answer.text().contains("noindex") && answer.text().contains("name=\"near\""), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn n3_n4_results_say_why_it_is_these() {
    on_each_database(async |database| {
        let anon = TestApp::network(database).await.anon();
        let austin = page(&anon, "/locations?near=78701&utm_source=letter").await;
        assert!(austin.contains("Clinics near Austin, TX 78701") && austin.contains("about 0.2\u{a0}mi"), "{austin}");
        assert!(
            austin.contains("2 clinics within 25 miles. Distances are straight lines") && austin.contains("noindex")
        );
        let [nearest, soonest] = ["Nearest first", "Soonest first"].map(|label| {
            let choice = austin.split(&format!("<strong>{label}</strong> <span>")).nth(1).expect("a way to sort");
            choice.split('<').next().expect("split").replace('\u{a0}', " ")
        });
        assert_eq!((&*nearest, &*soonest), ("0.2 mi, tomorrow 9:15 am", "the same clinic"), "what each order gives");
        let far = page(&anon, "/locations?near=Casper%2C+WY").await;
        assert!(far.contains("No clinic lies within 25 miles of Casper, WY"), "{far}");
        let springfield = page(&anon, "/locations?near=Springfield&language=es").await;
        assert!(springfield.contains("/locations?near=Springfield%2C+MA&#38;language=es"), "{springfield}");
        let misspelt = page(&anon, "/locations?near=Pheonix%2C+AZ").await;
        assert!(misspelt.contains("Showing results for Phoenix, AZ"), "{misspelt}");
        let point = page(&anon, "/locations?lat=30.27&lon=-97.74").await;
        assert!(point.contains("Clinics near your location"), "{point}");
        let soonest = page(&anon, "/es/locations?near=Texas&sort=soonest").await;
        assert!(soonest.contains("aria-current=\"true\"><strong>Primera hora disponible"), "{soonest}");
    })
    .await;
}

#[tokio::test]
async fn p3_p6_a_place_that_is_none_keeps_what_was_typed_and_offers_what_could_be_meant() {
    on_each_database(async |database| {
        let anon = TestApp::network(database).await.anon();
        for (near, status, words) in [
            ("2110", 422, "near=02110"),
            ("09123", 422, "Military mail"),
            ("Scobie, NJX", 404, "value=\"Scobie, NJX\""),
            ("91,200", 422, "not coordinates on Earth"),
        ] {
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("near", near).finish();
            let answer = anon.get(&format!("/locations?{query}")).await;
            assert_eq!(answer.status(), status, "{near}");
            assert!(answer.text().contains(words), "{near}: {}", answer.text());
        }
        let wrong = anon.get("/locations?near=78701&radius=lots").await;
        assert_eq!(wrong.status(), 422);
        assert!(wrong.text().contains("radius") && wrong.text().contains("value=\"78701\""));
    })
    .await;
}

#[tokio::test]
async fn searched_text_is_text_on_the_page() {
    on_each_database(async |database| {
        let anon = TestApp::network(database).await.anon();
        for evil in [
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "'-alert(1)-'",
            "</script><svg/onload=alert(1)>",
        ] {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("near", evil)
                .append_pair("service", evil)
                .append_pair("sort", evil)
                .finish();
            let answer = anon.get(&format!("/locations?{query}")).await;
            for tag in ["<script>alert", "<img src=x", "<svg/onload"] {
                assert!(!answer.text().contains(tag), "{evil}: {}", answer.text());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn pages_are_guarded_kept_for_their_minute_and_set_no_cookie() {
    on_each_database(async |database| {
        let anon = TestApp::network(database).await.anon();
        for path in ["/locations", "/locations/texas", BOSTON, WATERFRONT, "/locations?near=78701", "/es/locations"] {
            let answer = anon.get(path).await;
            let policy = answer.header("content-security-policy").to_owned();
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("cross-origin-opener-policy", "same-origin"),
                ("permissions-policy", "geolocation=(self)"),
                ("referrer-policy", "strict-origin-when-cross-origin"),
                ("cache-control", "public, max-age=30"),
            ] {
                assert_eq!(answer.header(name), value, "{path}");
            }
            assert!(answer.header("set-cookie").is_empty(), "{path}");
            let again = anon.get(path).header("if-none-match", answer.header("etag")).await;
            assert_eq!((again.status(), &*again.text()), (304, ""), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_clinic_is_linked_data_with_all_that_its_type_asks_for() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let (editor, anon) = (app.editor().await, app.anon());
        let evil = json!({ "name": "</script><script>alert(1)</script>" });
        assert_eq!(patch(&editor, "BOS-02", &evil).await.status(), 200);
        let html = page(&anon, WATERFRONT).await;
        let [clinic, crumbs] = linked_data(&html).try_into().unwrap();
        assert_eq!(clinic["@id"], format!("{HOST}{WATERFRONT}#clinic"));
        assert_eq!(clinic["@type"], "HealthAndBeautyBusiness");
        assert_eq!(clinic["address"]["addressRegion"], "MA");
        assert_eq!(clinic["geo"]["latitude"], 42.36094);
        assert_eq!(clinic["openingHoursSpecification"][0]["opens"], "09:00");
        assert_eq!(clinic["potentialAction"]["@type"], "ReserveAction");
        assert_eq!(crumbs["itemListElement"].as_array().unwrap().len(), 4);
        let spanish = linked_data(&page(&anon, &format!("/es{WATERFRONT}")).await);
        assert_eq!(spanish[0]["@id"], clinic["@id"], "the clinic is the same in both languages");
        let list = linked_data(&page(&anon, BOSTON).await);
        assert_eq!((&list[0]["@type"], &list[0]["numberOfItems"]), (&json!("ItemList"), &json!(2)));
    })
    .await;
}

#[tokio::test]
async fn i13_the_demonstration_says_so_and_is_not_listed() {
    on_each_database(async |database| {
        let anon = TestApp::demonstration(database).await.anon();
        for path in ["/locations", "/locations/texas", BOSTON, WATERFRONT] {
            let html = page(&anon, path).await;
            assert!(html.contains("Demonstration: these clinics are invented.") && html.contains("noindex"), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn t22_every_address_of_the_sitemap_and_every_link_is_there() {
    on_each_database(async |database| {
        let anon = TestApp::network(database).await.anon();
        let sitemap = anon.get("/sitemap.xml").await.text();
        let located = sitemap.split("<loc>").skip(1).map(|rest| rest.split('<').next().unwrap());
        let located: BTreeSet<String> = located.map(|url| url.trim_start_matches(HOST).to_owned()).collect();
        assert!(located.contains(WATERFRONT) && located.contains(&format!("/es{BOSTON}")), "{located:?}");
        let mut seen = BTreeSet::from(["/locations".to_owned()]);
        let mut ahead: Vec<String> = seen.iter().cloned().collect();
        while let Some(path) = ahead.pop() {
            // Signing in over plain HTTP is for this machine alone.
            let answer = anon.get(&path).header("host", "localhost").await;
            assert!(matches!(answer.status(), 200 | 301), "{path}: {}", answer.status());
            if answer.header("content-type").starts_with("text/html") {
                ahead.extend(links(&answer.text()).into_iter().filter(|link| seen.insert(link.clone())));
            }
        }
        assert!(located.is_subset(&seen), "{:?}", located.difference(&seen).next());
        let robots = anon.get("/robots.txt").await;
        assert!(robots.text().contains(&format!("Sitemap: {HOST}/sitemap.xml")), "{}", robots.text());
    })
    .await;
}
