//! What is stored, as text that two databases can be compared by.

use sea_orm::{DatabaseConnection, DbBackend, FromQueryResult, JsonValue, Statement};

use super::{TestDatabase, connect};

const TABLES: [&str; 4] = ["networks", "clinics", "special_hours", "slug_redirects"];
/// Keys are counted on by every attempt, and instants are those of the attempt.
const NOT_CONTENT: [&str; 4] = ["id", "clinic_id", "created_at", "updated_at"];

/// Every row of every table, whatever it says.
pub async fn contents(db: &DatabaseConnection) -> String {
    dump(db, &[]).await
}

/// What the records say, whatever version they are: equal before an import and after it was undone.
pub async fn records(db: &DatabaseConnection) -> String {
    let mut without = NOT_CONTENT.to_vec();
    without.push("data_version");
    dump(db, &without).await
}

/// Every row but for keys and instants: equal for two databases that say the same.
pub async fn contents_without_keys(database: &TestDatabase) -> String {
    let db = connect(&database.url).await;
    let text = dump(&db, &NOT_CONTENT).await;
    db.close().await.expect("closes");
    text
}

async fn names(db: &DatabaseConnection) -> Vec<String> {
    let query = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
        _ => "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
    };
    let rows = JsonValue::find_by_statement(Statement::from_string(db.get_database_backend(), query));
    let rows = rows.all(db).await.expect("there are tables");
    let names: Vec<String> = rows.iter().map(|row| row["name"].as_str().expect("a name").to_owned()).collect();
    assert!(names.len() > 10, "{names:?}");
    names
}

async fn dump(db: &DatabaseConnection, without: &[&str]) -> String {
    let mut text = String::new();
    for table in TABLES {
        let mut rows: Vec<String> = rows(db, table).await.into_iter().map(|row| line(row, without)).collect();
        rows.sort();
        text.push_str(&format!("{table}: {} rows\n{}\n", rows.len(), rows.join("\n")));
    }
    text
}

/// Every row of every table there is, but for these columns, one a line: whatever a change could have changed.
pub async fn everything(db: &DatabaseConnection, without: &[&str]) -> String {
    let mut lines = Vec::new();
    for table in &names(db).await {
        lines.extend(rows(db, table).await.into_iter().map(|row| format!("{table} {}", line(row, without))));
    }
    lines.sort();
    lines.join("\n")
}

/// Every row of one table.
pub async fn rows(db: &DatabaseConnection, table: &str) -> Vec<JsonValue> {
    let all = Statement::from_string(db.get_database_backend(), format!("SELECT * FROM {table}"));
    JsonValue::find_by_statement(all).all(db).await.expect("the tables are there")
}

fn line(mut row: JsonValue, without: &[&str]) -> String {
    if let Some(members) = row.as_object_mut() {
        members.retain(|name, _| !without.contains(&name.as_str()));
    }
    row.to_string()
}
