//! Edits come with the version that was seen, and of those who saw the same one, one wins (rule I8).

use axum::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::records::patch;
use crate::support::{Response, TestApp, on_each_database};

const BOSTON: &str = "/api/v1/admin/clinics/BOS-01";

#[tokio::test]
async fn i8_an_edit_without_the_version_it_saw_is_refused() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let (edit, hours) = (json!({ "status_note": "x" }), json!({ "hours": null }));
        for (method, path, body) in [
            (Method::PATCH, BOSTON.to_owned(), &edit),
            (Method::DELETE, BOSTON.to_owned(), &edit),
            (Method::PUT, format!("{BOSTON}/hours"), &hours),
        ] {
            editor.send(method.clone(), &path, body).await.problem(428, "precondition_required");
            let wrong = editor.send(method, &path, body).header("if-match", "7").await;
            wrong.problem(400, "if_match_invalid");
        }
        assert_eq!(editor.get(BOSTON).await.ok()["status_note"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn i8_a_lost_race_is_told_with_the_record_as_it_is_by_now() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let editor = app.editor().await;
        let seen = editor.get(BOSTON).await;
        let first = editor.send(Method::PATCH, BOSTON, &json!({ "status_note": "first" }));
        let first = first.header("if-match", seen.header("etag")).await;
        assert_eq!(first.status(), 200);
        assert_ne!(first.header("etag"), seen.header("etag"));
        let second = editor.send(Method::PATCH, BOSTON, &json!({ "status_note": "second" }));
        let second = second.header("if-match", seen.header("etag")).await;
        assert_eq!((second.status(), second.header("etag")), (412, first.header("etag")));
        let told = second.json();
        assert_eq!((&told["code"], &told["version"]), (&json!("version_mismatch"), &first.ok()["version"]));
        assert_eq!(told["current"], editor.get(BOSTON).await.ok());
        assert_eq!(told["current"]["status_note"], "first");
        let whatever =
            editor.send(Method::PATCH, BOSTON, &json!({ "status_note": "third" })).header("if-match", "*").await;
        assert_eq!(whatever.ok()["status_note"], "third");
    })
    .await;
}

/// The version is the data version of the row: nothing but a change of the row may touch it.
#[tokio::test]
async fn i8_a_version_changes_exactly_when_its_own_record_does() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let (editor, admin) = (app.editor().await, app.admin().await);
        let tag = async || editor.get(BOSTON).await.header("etag").to_owned();
        let first = tag().await;
        assert_eq!(patch(&editor, "BOS-02", &json!({ "status_note": "x" })).await.status(), 200);
        app.edit("NYC-01").with("status_note", "x").create().await;
        let network = admin.send(Method::PATCH, "/api/v1/admin/network", &json!({ "policy": { "step_min": 15 } }));
        assert_eq!(network.header("if-match", "*").await.status(), 200);
        app.edit("BOS-01").with("city", "Boston").create().await;
        assert_eq!(tag().await, first, "others changed, and an import repeated what is");
        app.edit("BOS-01").with("status_note", "x").create().await;
        let second = tag().await;
        assert_ne!(second, first, "an import is an edit");
        let hours = editor.send(Method::PUT, &format!("{BOSTON}/hours"), &json!({ "hours": "Mo 09:00-10:00" }));
        let hours = hours.header("if-match", &second).await;
        assert_eq!((hours.status(), hours.header("etag")), (200, &*tag().await));
        assert_ne!(tag().await, second);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i8_of_32_editors_at_once_exactly_one_wins_each_version() {
    const EDITORS: usize = 32;
    const ROUNDS: usize = 3;
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let mut editors = Vec::new();
        for _ in 0..EDITORS {
            editors.push(app.editor().await);
        }
        for round in 0..ROUNDS {
            let seen = editors[0].get(BOSTON).await.header("etag").to_owned();
            let edits = editors.iter().enumerate().map(|(i, editor)| {
                let edit = json!({ "status_note": format!("round {round}, editor {i}") });
                tokio::spawn(editor.send(Method::PATCH, BOSTON, &edit).header("if-match", &seen).into_future())
            });
            let answers: Vec<_> = join_all(edits).await.into_iter().map(|answer| answer.expect("answered")).collect();
            let won: Vec<_> = answers.iter().filter(|answer| answer.status() == 200).collect();
            assert_eq!(won.len(), 1, "{:?}", answers.iter().map(Response::status).collect::<Vec<_>>());
            let record = editors[0].get(BOSTON).await.ok();
            assert_eq!(record, won[0].ok());
            for lost in answers.iter().filter(|answer| answer.status() != 200) {
                assert_eq!((lost.status(), &lost.json()["current"]), (412, &record));
            }
        }
        let history = editors[0].get("/api/v1/admin/audit?clinic=BOS-01&limit=100").await.ok();
        assert_eq!(history["data"].as_array().unwrap().len(), ROUNDS);
    })
    .await;
}
