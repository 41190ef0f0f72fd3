//! A state is listed; one without such clinics is searched around, and says so (rule P8).

use serde_json::{Value, json};

use crate::support::{TestApp, codes, on_each_database};

async fn nearest(app: &TestApp, question: &str) -> Value {
    app.anon().get(&format!("/api/v1/nearest?{question}")).await.ok()
}

#[tokio::test]
async fn p8_a_state_without_clinics_says_so_even_where_one_lies_just_across_its_border() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        // Nine miles from Newark, the most populous city of New Jersey.
        app.clinic("NYC").at(40.7128, -74.006).city("New York", "NY").create().await;
        let answer = nearest(&app, "near=New+Jersey").await;
        let search = &answer["search"];
        assert_eq!((codes(&answer), &search["used_radius_m"]), (vec!["NYC"], &json!(40_234)));
        assert_eq!((&search["expanded"], answer["warnings"].as_array().unwrap().len()), (&json!(true), 1));
        let listed = nearest(&app, "near=NY+State").await;
        let search = &listed["search"];
        assert_eq!((codes(&listed), &search["used_radius_m"]), (vec!["NYC"], &Value::Null));
        assert_eq!((&search["expanded"], &listed["warnings"]), (&json!(false), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn p8_n3_a_state_whose_clinics_fail_the_filter_is_searched_around_with_the_filter() {
    on_each_database(async |database| {
        let app = TestApp::empty(database).await;
        app.clinic("NYC").at(40.7128, -74.006).city("New York", "NY").with("services", "smp").create().await;
        app.clinic("NEWARK").at(40.7357, -74.1724).city("Newark", "NJ").with("services", "density").create().await;
        let answer = nearest(&app, "near=New+Jersey&service=smp").await;
        assert_eq!((codes(&answer), &answer["search"]["filters"]), (vec!["NYC"], &json!(["service"])));
        assert_eq!(
            (&answer["excluded"][0]["slug"], &answer["excluded"][0]["filter"]),
            (&json!("clinic-newark"), &json!("service"))
        );
        let none = nearest(&app, "near=New+Jersey&service=haircut").await;
        assert_eq!((&none["data"], &none["search"]["expanded"]), (&json!([]), &json!(true)));
        assert_eq!(none["warnings"].as_array().unwrap().len(), 1);
    })
    .await;
}
