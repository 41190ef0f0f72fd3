//! Who may call what: strangers, lesser roles, and accounts outside their scope.

use clinic_directory::accounts::{Role, Scope};

use crate::support::{TestApp, on_each_database};

#[tokio::test]
async fn a_stranger_is_asked_for_credentials_and_a_lesser_role_is_refused() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let staff = "/api/v1/staff/clinics/stipplecrown-boston-waterfront";
        let stranger = app.anon().get(staff).await;
        assert_eq!((stranger.status(), stranger.header("www-authenticate")), (401, "Bearer"));
        for wrong in ["Bearer cd_unknown", "Bearer", "Basic YTpi"] {
            assert_eq!(app.anon().get(staff).header("authorization", wrong).await.status(), 401, "{wrong}");
        }
        assert_eq!(app.clinic_staff(&["BOS-01"]).await.get(staff).await.status(), 403);
        assert_eq!(app.agent().await.get(staff).await.ok()["code"], "BOS-01");
        assert_eq!(app.agent().await.get("/api/v1/admin/audit").await.status(), 403);
        assert_eq!(app.editor().await.get("/api/v1/admin/audit").await.ok()["data"], serde_json::json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_lies_outside_the_scope_is_not_there() {
    on_each_database(async |database| {
        let app = TestApp::network(database).await;
        let scope = Scope::from_parts(["clinic:BOS-02"]).expect("a scope");
        let agent = app.user(Role::Agent, &scope).await;
        let answer = agent.get("/api/v1/staff/clinics/stipplecrown-boston-waterfront").await;
        assert_eq!(answer.status(), 404);
        let editor = app.user(Role::Editor, &scope).await;
        assert_eq!(editor.get("/api/v1/admin/audit?clinic=BOS-01").await.status(), 422);
        assert_eq!(editor.get("/api/v1/admin/audit?clinic=BOS-02").await.status(), 200);
    })
    .await;
}
