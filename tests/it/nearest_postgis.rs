//! The engine against PostGIS: its own geodesic on the spheroid, over the clinics as PostgreSQL stores them (rules N1 to N3).

use std::fmt::Write;

use clinic_directory::directory::{Question, Sort};
use clinic_directory::geo::Metres;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::nearest_engine::{any_question, codes, expected_of, network};
use crate::support::{Backend, Random, TestApp, connect, on_each_database};

const QUESTIONS: usize = 5_000;
const CLINICS: usize = 400;
/// PostGIS rounds its distances to 10 nanometres, and some radii end exactly at a clinic.
const ROUNDING: f64 = 1e-6;
/// As many as an answer can hold.
const RANKS: usize = 100;

/// One line a question: the ranked clinics as `distance code`, in the order of rule N2.
const RANKING: &str = "
    SELECT (SELECT string_agg(ranked.line, ',' ORDER BY ranked.place)
            FROM (SELECT d.metres || ' ' || code AS line, row_number() OVER (ORDER BY metres, priority DESC, code COLLATE \"C\") AS place
                  FROM clinics, ST_Distance(ST_MakePoint(lon, lat)::geography, questions.origin, true) AS d (metres)
                  WHERE status = 'open' AND (service IS NULL OR service = ANY (string_to_array(services, ';')))
                        AND (language IS NULL OR language = ANY (string_to_array(languages, ';')))) AS ranked
            WHERE ranked.place <= $1)
    FROM questions ORDER BY number";

/// The questions without what a stored row cannot tell: whether a clinic is open or free at a moment.
fn questions(app: &TestApp) -> Vec<Question> {
    let snapshot = app.state.directory.snapshot();
    let mut random = Random::new(17);
    let mut ask = || any_question(&mut random, snapshot.entries(), app.clock.now());
    (0..QUESTIONS)
        .map(|_| {
            let mut question = ask();
            question.filter.open_now = false;
            question.filter.times = None;
            question.sort = Sort::Distance;
            question
        })
        .collect()
}

async fn rankings(db: &DatabaseConnection, questions: &[Question]) -> Vec<Vec<(f64, String)>> {
    let mut values = String::new();
    for (number, Question { from, filter, .. }) in questions.iter().enumerate() {
        let text = |value: &Option<String>| value.as_ref().map_or("NULL".to_owned(), |value| format!("'{value}'"));
        let (service, language) = (text(&filter.service), text(&filter.language));
        let comma = if number == 0 { "" } else { ", " };
        write!(
            values,
            "{comma}({number}, ST_MakePoint({}, {})::geography, {service}, {language})",
            from.lon(),
            from.lat()
        )
        .unwrap();
    }
    db.execute_unprepared("CREATE EXTENSION postgis").await.expect("PostGIS is there");
    let table = "CREATE TEMPORARY TABLE questions (number int, origin geography, service text, language text)";
    db.execute_unprepared(table).await.expect("created");
    db.execute_unprepared(&format!("INSERT INTO questions VALUES {values}")).await.expect("written");
    let ranking =
        Statement::from_sql_and_values(db.get_database_backend(), RANKING, [RANKS.try_into().map(i64::into).unwrap()]);
    let rows = db.query_all_raw(ranking).await.expect("PostGIS answers");
    rows.iter().map(|row| ranked(row.try_get_by_index::<Option<String>>(0).expect("text").as_deref())).collect()
}

fn ranked(lines: Option<&str>) -> Vec<(f64, String)> {
    let line = |line: &str| {
        let (metres, code) = line.split_once(' ').expect("a distance and a code");
        (metres.parse().expect("metres"), code.to_owned())
    };
    lines.into_iter().flat_map(|lines| lines.split(',')).map(line).collect()
}

#[tokio::test]
async fn n1_n2_n3_the_engine_equals_postgis_on_the_spheroid() {
    on_each_database(async |database| {
        if database.backend == Backend::Sqlite {
            return;
        }
        let app = TestApp::empty(database).await;
        app.import(network(CLINICS)).await;
        let snapshot = app.state.directory.snapshot();
        let db = connect(&database.url).await;
        let questions = questions(&app);
        let rankings = rankings(&db, &questions).await;
        db.close().await.expect("closes");
        assert_eq!(rankings.len(), QUESTIONS);
        for (number, (question, ranking)) in questions.iter().zip(rankings).enumerate() {
            let wider = Question { radius: Metres(question.radius.0 + ROUNDING), ..question.clone() };
            let expected = expected_of(ranking, &wider);
            assert_eq!(codes(&snapshot, question), expected.codes, "question {number}: {question:?}");
        }
    })
    .await;
}
