//! Files that are none, are too large, or are made to hurt: refused early, in one sentence (rule I5).

use axum::body::{Body, Bytes};
use futures_util::{StreamExt as _, stream};

use crate::import_plan::planned;
use crate::support::xlsx::{Cell, archive, workbook};
use crate::support::{TestApp, TestDatabase, on_each_database};

const IMPORTS: &str = "/api/v1/admin/imports";

#[tokio::test]
async fn i5_what_is_no_file_of_clinics_is_refused_by_its_bytes() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        let editor = app.editor().await;
        let ods = archive(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<x/>")]);
        for (file, word) in [
            (Vec::new(), "empty"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00".to_vec(), ".xls"),
            (ods, ".ods"),
            (archive(&[("readme.txt", "hello")]), "zip archive without a workbook"),
            (archive(&[("xl/workbook.xml", "<workbook/>")]), "cannot be read"),
            (archive(&[("xl/workbook.bin", "")]), ".xlsb"),
            (b"%PDF-1.7 ...".to_vec(), "PDF"),
            (b"\x7fELF\x02\x01\x01\x00\x00\xff\xfe".to_vec(), "neither CSV nor"),
            (b"PK\x03\x04 cut".to_vec(), "cannot be unpacked"),
            (workbook(&[]), "empty"),
            ("c,".repeat(10_000).into_bytes(), "10001 columns"),
        ] {
            let problem = editor.upload(&format!("{IMPORTS}?filename=clinics.csv"), file).await.problem(422, "invalid");
            let error = &problem["errors"][0];
            assert_eq!((error["field"].as_str(), error["code"].as_str()), (Some("file"), Some("unreadable_file")));
            assert!(error["detail"].as_str().expect("text").contains(word), "{word}: {error}");
        }
        for (query, field) in [("raw=maybe", "raw"), ("filename=a%00b", "filename"), ("name=x", "name")] {
            let problem = editor.upload(&format!("{IMPORTS}?{query}"), "code\n").await.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["field"], field);
        }
        let form = editor.upload(IMPORTS, "--x").header("content-encoding", "gzip");
        form.await.problem(415, "unsupported_media_type");
        let form =
            editor.request(axum::http::Method::POST, IMPORTS).header("content-type", "multipart/form-data; boundary=x");
        form.await.problem(415, "unsupported_media_type");
    })
    .await;
}

#[tokio::test]
async fn i5_a_workbook_that_unpacks_without_end_is_refused() {
    let database = TestDatabase::sqlite();
    let app = TestApp::empty(&database).await;
    // Half a megabyte that becomes 300.
    let endless = " ".repeat(300 * 1024 * 1024);
    let bomb = archive(&[("xl/workbook.xml", &endless)]);
    assert!(bomb.len() < 1_000_000);
    let problem = app.editor().await.upload(IMPORTS, bomb).await.problem(422, "invalid");
    assert!(problem["detail"].as_str().expect("text").contains("too large"), "{problem}");
}

#[tokio::test]
async fn i5_a_stray_cell_at_the_far_corner_costs_nothing() {
    let database = TestDatabase::sqlite();
    let app = TestApp::empty(&database).await;
    let editor = app.editor().await;
    let header: Vec<Cell> = ["code", "name", "city", "state", "zip"].map(Cell::from).to_vec();
    let mut rows = vec![header];
    rows.resize(200_000, Vec::new());
    rows.push(["A", "A", "Austin", "TX", "78701"].map(Cell::from).to_vec());
    let plan = planned(&editor, workbook(&rows)).await;
    assert_eq!((&plan["summary"]["create"], &plan["rows"][0]["row"]), (&1.into(), &200_001.into()));
    let mut far = vec![Cell::from("code")];
    far.resize(16_384, Cell::Blank);
    far[16_383] = Cell::from("far");
    let problem = editor.upload(IMPORTS, workbook(&[far])).await.problem(422, "invalid");
    assert!(problem["detail"].as_str().expect("text").contains("column 16384"), "{problem}");
}

/// A body of so many pieces of a megabyte, made as it is read; how many were read.
fn endless(pieces: usize) -> (Body, std::sync::Arc<std::sync::atomic::AtomicUsize>) {
    let read = std::sync::Arc::<std::sync::atomic::AtomicUsize>::default();
    let counted = std::sync::Arc::clone(&read);
    let piece = Bytes::from(vec![b'x'; 1024 * 1024]);
    let pieces = stream::iter(0..pieces).map(move |_| {
        counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok::<_, std::io::Error>(piece.clone())
    });
    (Body::from_stream(pieces), read)
}

#[tokio::test]
async fn i5_a_gigabyte_is_refused_while_it_is_read() {
    let database = TestDatabase::sqlite();
    let app = TestApp::empty(&database).await;
    let editor = app.editor().await;
    let (body, read) = endless(1_024);
    editor.upload(IMPORTS, "").body(body).await.problem(413, "payload_too_large");
    assert_eq!(read.load(std::sync::atomic::Ordering::Relaxed), 65, "no more than the limit and what told");
    let (body, read) = endless(1_024);
    let told = editor.upload(IMPORTS, "").body(body).header("content-length", "1073741824");
    told.await.problem(413, "payload_too_large");
    assert_eq!(read.load(std::sync::atomic::Ordering::Relaxed), 0, "its length says it");
    // A cell without end is refused before it is one.
    let (body, _) = endless(60);
    let problem = editor.upload(IMPORTS, "").body(body).await.problem(422, "invalid");
    assert!(problem["detail"].as_str().expect("text").contains("longer than 131072 bytes"), "{problem}");
}
