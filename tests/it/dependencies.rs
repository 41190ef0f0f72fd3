//! Which way dependencies point, read from the sources. What a feature shows to others is what its `mod.rs` makes public: its
//! modules are private, so the compiler holds that, as long as nothing is `pub(crate)`.

use std::path::{Path, PathBuf};

/// The rules of the domain: plain inputs, plain outputs.
const PURE: [&str; 14] = [
    "geo/",
    "places/",
    "availability/",
    "clinics/hours/",
    "directory/nearest.rs",
    "directory/snapshot.rs",
    "locations/map/albers.rs",
    "locations/map/dots.rs",
    "locations/map/frame.rs",
    "locations/map/outline.rs",
    "locations/map/path.rs",
    "locations/map/svg.rs",
    "web/page/colors/",
    "web/page/format/",
];
/// What only those may name who speak to the world.
const WORLD: [&str; 6] = ["axum", "sea_orm", "tokio", "crate::db", "crate::web", "crate::clock"];

/// A file of `src`, without its comments.
struct Source {
    /// Below `src`.
    path: String,
    code: String,
}

impl Source {
    fn read(root: &Path, file: &Path) -> Self {
        let text = std::fs::read_to_string(file).expect("a readable file");
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        Self { path: file.strip_prefix(root).expect("below the root").display().to_string(), code }
    }

    /// The file's module below the crate.
    fn module(&self) -> &str {
        let first = self.path.split('/').next().expect("split");
        first.strip_suffix(".rs").unwrap_or(first)
    }

    fn file_name(&self) -> &str {
        self.path.rsplit('/').next().expect("split")
    }

    /// Whether it holds handlers that answer JSON.
    fn is_api(&self) -> bool {
        self.file_name() == "api.rs" || self.file_name().ends_with("_api.rs")
    }

    /// The handlers of the API, each from its `fn` to its closing brace.
    fn handlers(&self) -> Vec<&str> {
        self.code.split("#[utoipa::path(").skip(1).map(first_function).collect()
    }

    /// Modules that follow `crate::`, one by one or between braces.
    fn names(&self) -> Vec<&str> {
        self.code.split("crate::").skip(1).flat_map(first_names).collect()
    }
}

/// The first name of each path in `a::b` or in `{a::{b, c}, d}`.
fn first_names(path: &str) -> Vec<&str> {
    let Some(list) = path.strip_prefix('{') else { return vec![first_name(path)] };
    let (mut names, mut depth, mut starts) = (Vec::new(), 1, true);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => starts = true,
            _ if starts && c.is_alphanumeric() => {
                names.push(first_name(&list[at..]));
                starts = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn first_name(path: &str) -> &str {
    path.split(|c: char| !c.is_alphanumeric() && c != '_').next().expect("split")
}

/// What rustfmt has laid out: a function at the margin ends with a brace at the margin.
fn first_function(code: &str) -> &str {
    let is_head = |line: &&str| !line.starts_with([' ', '#', ')']) && line.contains("fn ");
    let head = code.lines().find(is_head).expect("a function");
    let start = code.find(head).expect("its line");
    let end = code[start..].find("\n}").expect("its end") + "\n}".len();
    &code[start..start + end]
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources() -> Vec<Source> {
    let (root, mut folders, mut sources) = (root(), vec![root()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push(Source::read(&root, &path));
            }
        }
    }
    assert!(sources.len() > 100, "this is the whole of src");
    sources
}

/// The groups of modules as `lib.rs` lists them, from the bottom up.
fn groups() -> Vec<Vec<String>> {
    let code = Source::read(&root(), &root().join("lib.rs")).code;
    let modules = |group: &str| -> Vec<String> {
        group.lines().filter_map(|line| Some(line.strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned())).collect()
    };
    code.split("\n\n").map(modules).filter(|group| !group.is_empty()).collect()
}

#[test]
fn lists_of_paths_are_read_whole() {
    assert_eq!(first_names("geo::{Point, Metres};"), ["geo"]);
    assert_eq!(first_names("{bookings, db::{self, open},\n    places::State};"), ["bookings", "db", "places"]);
}

#[test]
fn a_module_names_only_those_above_it_in_lib_rs() {
    let groups = groups();
    let height = |module: &str| groups.iter().position(|group| group.iter().any(|listed| listed == module));
    for source in sources().iter().filter(|source| !["main", "lib"].contains(&source.module())) {
        let own = height(source.module()).unwrap_or_else(|| panic!("lib.rs does not list {}", source.path));
        for name in source.names().into_iter().filter(|name| *name != source.module()) {
            let other = height(name).unwrap_or_else(|| panic!("{}: crate::{name} is no module", source.path));
            assert!(other < own, "{} names {name}, which lib.rs does not list above it", source.path);
        }
    }
}

#[test]
fn pure_rules_neither_speak_http_nor_ask_a_database_or_a_clock() {
    for source in sources() {
        let is_pure = source.file_name() == "model.rs" || PURE.iter().any(|pure| source.path.starts_with(pure));
        for world in WORLD.iter().filter(|_| is_pure) {
            assert!(!source.code.contains(world), "{} is pure and names {world}", source.path);
        }
    }
}

#[test]
fn queries_are_no_business_of_http_and_http_none_of_theirs() {
    for source in sources() {
        let forbidden: &[&str] = match source.file_name() {
            "store.rs" => &["axum", "crate::web"],
            _ if source.is_api() => &["sea_orm", "Entity::", "ActiveModel"],
            _ => &[],
        };
        for word in forbidden {
            assert!(!source.code.contains(word), "{} names {word}", source.path);
        }
    }
}

#[test]
fn nothing_is_shown_to_the_crate_past_its_mod_rs() {
    for Source { path, code } in sources() {
        assert!(!code.contains("pub(crate)") && !code.contains("pub(in crate"), "{path}");
        // A file's ancestors are its own feature; the crate's other modules are reached by `crate::`.
        assert!(!code.contains("super::super::super::"), "{path}");
    }
}

fn is_step(path: &str) -> bool {
    path == "bookings/visitor.rs" || path.starts_with("bookings/desk/")
}

/// Only what a step has audited leaves it, as a visit.
#[test]
fn the_steps_of_visitors_and_staff_give_no_row_away() {
    let mut count = 0;
    for Source { path, code } in sources().into_iter().filter(|source| is_step(&source.path)) {
        for signature in code.split("\npub async fn ").skip(1).filter_map(|rest| rest.split(" {\n").next()) {
            assert!(!signature.contains("Model"), "{path}: {signature}");
            count += 1;
        }
    }
    assert!(count >= 20, "these are the steps: {count}");
}

/// What belongs to a step as a whole is in none of the handlers that call it, JSON or HTML.
#[test]
fn only_the_steps_of_visitors_and_staff_count_attempts_and_catch_up() {
    let other = |path: &str| match path {
        // Where it is defined, and a verb of its own.
        "directory/follow.rs" | "directory/export.rs" => ".catch_up()",
        // Tidies the counters.
        "bookings/reaper.rs" => ".limits.",
        _ => "",
    };
    let mut callers = 0;
    for Source { path, code } in sources() {
        for call in [".catch_up()", ".limits."] {
            let calls = code.contains(call);
            assert!(!calls || is_step(&path) || other(&path) == call, "{path} calls {call}");
            callers += usize::from(calls && is_step(&path));
        }
    }
    assert!(callers >= 2, "the steps do it");
}

/// A handler parses, calls and renders. One that grows does something else besides.
#[test]
fn handlers_are_short() {
    const LONGEST: usize = 20;
    let sources = sources();
    let handlers: Vec<(&str, &str)> = sources
        .iter()
        .flat_map(|source| source.handlers().into_iter().map(|handler| (&*source.path, handler)))
        .collect();
    assert!(handlers.len() > 50, "these are the handlers of the API: {}", handlers.len());
    for (path, handler) in handlers {
        let (head, lines) = (handler.lines().next().expect("a line"), handler.lines().count());
        assert!(lines <= LONGEST, "{path}: {head} has {lines} lines");
    }
}

#[test]
fn a_handler_is_read_from_its_head_to_its_brace() {
    let code = "#[utoipa::path(\n    get,\n    params((\"fn \")),\n)]\npub async fn one(\n) {\n    if a {\n    }\n}\n\nfn two() {}\n";
    let source = Source { path: "a/b_api.rs".to_owned(), code: code.to_owned() };
    assert_eq!(source.handlers(), ["pub async fn one(\n) {\n    if a {\n    }\n}"]);
    assert!(source.is_api());
}

/// Staff are shown visits by the steps of `bookings/desk`, which audit it; nobody else is given the means.
#[test]
fn visits_are_shown_to_staff_by_the_steps_alone() {
    const MEANS: [&str; 4] = [".catch_up()", "bookings::store", "bookings::find", "bookings::see"];
    const ENTITIES: [&str; 4] = ["booking", "block", "call", "rebooking"];
    let mut callers = 0;
    for source in sources().into_iter().filter(|source| ["admin", "console"].contains(&source.module())) {
        for means in MEANS {
            assert!(!source.code.contains(means), "{} names {means}", source.path);
        }
        // What is held about a person is answered as it is stored; its own verb records that.
        let is_export = source.path == "admin/subjects_api.rs";
        for entity in source.code.split("entities::").skip(1).flat_map(first_names).filter(|_| !is_export) {
            assert!(!ENTITIES.contains(&entity), "{} names the entity {entity}", source.path);
        }
        callers += usize::from(source.is_api() && source.code.contains("desk::"));
    }
    assert!(callers >= 8, "they call the steps");
    let shown = Source::read(&root(), &root().join("bookings/mod.rs")).code;
    for means in
        ["pub mod find", "pub mod store", "pub mod see", "pub use find", "pub use see", "blocks_of", "because_of"]
    {
        assert!(!shown.contains(means), "bookings shows others {means}");
    }
}

/// The verbs that change records make the change public by committing it ([`clinic_directory::clinics::Records`]).
#[test]
fn clinics_commit_what_the_directory_shows_in_one_place() {
    for Source { path, code } in sources().into_iter().filter(|source| source.module() == "clinics") {
        assert!(!code.contains(".commit().await") || path == "clinics/records.rs", "{path} commits by itself");
    }
}
