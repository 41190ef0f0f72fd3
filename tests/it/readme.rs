//! The README says what is: the commands, every flag with its variable and default, the map, and the answer it promises.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::support::{Program, TestApp, on_each_database};

const README: &str = include_str!("../../README.md");

/// The rows of the first table below a heading, cell by cell, without the header's.
fn table(heading: &str) -> Vec<Vec<String>> {
    let rows = section(heading).lines().skip_while(|line| !line.starts_with('|'));
    let cells = |row: &str| {
        // A bar within a cell is written `\|`.
        let row = row.replace("\\|", "/").replace('`', "");
        row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    rows.take_while(|line| line.starts_with('|')).skip(2).map(cells).collect()
}

fn section(heading: &str) -> &'static str {
    README.split_once(&format!("\n## {heading}\n")).expect("the section").1
}

/// The first fenced block of this kind after a heading.
fn block(heading: &str, kind: &str) -> &'static str {
    let (_, block) = section(heading).split_once(&format!("```{kind}\n")).expect("a block");
    block.split("```").next().expect("split").trim()
}

fn help(command: Option<&str>) -> String {
    Program::new(command.into_iter().chain(["--help"])).run().success().stdout
}

/// The flags of a command as `--help` tells them: name, environment variable (some have none) and default.
fn flags(command: &str) -> BTreeMap<String, [String; 2]> {
    let help = help(Some(command));
    let (_, options) = help.split_once("\nOptions:\n").expect("every command has options");
    // Lines are wrapped anywhere.
    let options = options.split_whitespace().collect::<Vec<_>>().join(" ");
    let described = options.split("--").filter_map(|text| {
        let env = between(text, "[env: ").unwrap_or_default().trim_end_matches('=').to_owned();
        let (name, rest) = text.split_once(' ').filter(|(name, _)| *name != "help")?;
        // What takes no value is off unless given.
        let default = between(text, "[default: ").unwrap_or(if rest.starts_with('<') { "" } else { "false" });
        Some((format!("--{name}"), [env, default.to_owned()]))
    });
    described.collect()
}

/// What stands between `start` and the next `]`.
fn between<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    text.split_once(start)?.1.split(']').next()
}

#[test]
fn the_configuration_table_is_what_serve_understands() {
    let told: BTreeMap<_, _> = table("Configuration")
        .into_iter()
        .map(|row| {
            let [flag, env, default, meaning] = <[String; 4]>::try_from(row).expect("four cells");
            assert!(!meaning.is_empty(), "{flag}");
            (flag, [env, default])
        })
        .collect();
    assert_eq!(told, flags("serve"));
}

#[test]
fn the_commands_table_is_what_the_program_understands() {
    let help = help(None);
    let (_, commands) = help.split_once("\nCommands:\n").expect("there are commands");
    let known = commands.lines().map_while(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    let rows = table("Commands");
    let name = |row: &[String]| row[0].split(' ').next().expect("split").to_owned();
    assert_eq!(rows.iter().map(|row| name(row)).collect::<BTreeSet<_>>(), known.map(str::to_owned).collect());
    let of_every_command = flags("serve");
    for row in &rows {
        let own = flags(&name(row)).into_keys().filter(|flag| !of_every_command.contains_key(flag));
        let told = row[0].split([' ', '[', ']']).filter(|word| word.starts_with("--")).map(str::to_owned);
        assert_eq!(told.collect::<BTreeSet<_>>(), own.collect(), "{}", row[0]);
    }
}

#[test]
fn the_two_commands_are_there() {
    assert_eq!(block("Start", "sh"), "cargo run --release");
    assert_eq!(block("Tests", "sh"), "tests/run");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/run");
    assert_ne!(script.metadata().expect("tests/run is there").permissions().mode() & 0o100, 0, "it can be run");
}

#[test]
fn the_map_shows_every_room() {
    let map = block("Map of the code", "");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_shown = |name: &str| map.split_whitespace().any(|word| word.trim_end_matches('/') == name);
    for entry in root.join("src").read_dir().expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        assert!(is_shown(&name) || name == "lib.rs", "the map leaves out src/{name}");
    }
    // The other way round: every line but the root of `src` names something that is there.
    for line in map.lines().filter(|line| *line != "src/") {
        let folder = if line.starts_with("  ") { root.join("src") } else { root.to_owned() };
        let there =
            line.split_whitespace().take_while(|word| word.strip_suffix(".rs").is_some() || word.ends_with('/'));
        for name in there {
            assert!(folder.join(name).exists(), "{name} is not there");
        }
    }
}

/// Its clock stands at the moment of the README's answer.
#[tokio::test]
async fn the_first_question_has_the_answer_that_is_printed() {
    on_each_database(async |database| {
        let told: Value = serde_json::from_str(block("Start", "json")).expect("JSON");
        let asked = README.split_once("curl '127.0.0.1:8080").expect("an example").1.split('\'').next().expect("split");
        let app = TestApp::demonstration(database).await;
        app.clock.set(told["as_of"].as_str().expect("an instant"));
        assert_eq!(app.anon().get(asked).await.ok(), told);
    })
    .await;
}
