//! The schema goes up, all the way down, and up again to the same, on both databases, with clinics in it.

use sea_orm::{FromQueryResult, JsonValue, Statement};

use crate::support::{Backend, Program, TestDatabase, connect, on_each_database};

/// The sequence of keys is SQLite's own table, and stays once there was one to count.
const SQLITE_SCHEMA: &str = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name <> 'sqlite_sequence'";
/// Columns in their order (a column that was dropped leaves a hole in their numbers), indexes, and constraints with the checks' text.
const POSTGRES_SCHEMA: &str = "
    SELECT concat_ws(' ', table_name, row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position), column_name, data_type, is_nullable, is_identity, column_default) AS line
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace";

/// Every table, column, index and constraint, one a line.
async fn schema(database: &TestDatabase) -> Vec<String> {
    let db = connect(&database.url).await;
    let query = match database.backend {
        Backend::Sqlite => SQLITE_SCHEMA,
        Backend::Postgres => POSTGRES_SCHEMA,
    };
    let rows = JsonValue::find_by_statement(Statement::from_string(db.get_database_backend(), query));
    let mut lines: Vec<String> = rows.all(&db).await.expect("readable").iter().map(JsonValue::to_string).collect();
    db.close().await.expect("closes");
    lines.sort();
    lines
}

/// What `migrate` shows afterwards: whether each change is applied.
fn migrate(database: &TestDatabase, step: &str) -> Vec<bool> {
    let sure = (step == "down").then_some("--yes");
    let shown = Program::new(["migrate", step].into_iter().chain(sure)).on(database).run().success().stdout;
    shown.lines().map(|line| line.starts_with("applied ")).collect()
}

#[tokio::test]
async fn up_down_and_up_again_leave_the_same_schema() {
    on_each_database(async |database| {
        Program::new(["import", "data/clinics.csv"]).on(database).run().success();
        let first = schema(database).await;
        let changes = migrate(database, "status").len();
        for left in (0..changes).rev() {
            let applied = migrate(database, "down");
            assert_eq!(applied, (0..changes).map(|change| change < left).collect::<Vec<_>>(), "the newest first");
        }
        let nothing = schema(database).await;
        assert!(nothing.iter().all(|line| line.contains("seaql_migrations")), "{nothing:#?}");
        assert_eq!(migrate(database, "up"), vec![true; changes]);
        assert_eq!(schema(database).await, first);
        assert!(first.len() > nothing.len() + 8, "{first:#?}");
    })
    .await;
}

#[tokio::test]
async fn each_change_can_be_taken_back_and_made_again() {
    on_each_database(async |database| {
        let changes = migrate(database, "up").len();
        let first = schema(database).await;
        for back in 1..=changes {
            for _ in 0..back {
                migrate(database, "down");
            }
            migrate(database, "up");
            assert_eq!(schema(database).await, first, "{back} back");
        }
    })
    .await;
}
