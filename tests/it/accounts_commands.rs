//! `user`, `token`, and the link that `serve` logs and `check` prints while there is no admin of all clinics.

use std::io::Write;
use std::process::Stdio;

use crate::support::{Program, Running, TestDatabase, on_each_database, socket};

const PASSWORD: &str = "gravel otter lantern";
const KEY: &str = "a key of the tests, long enough to be one";

fn run(database: &TestDatabase, line: &str) -> crate::support::Finished {
    Program::new(line.split(' ')).on(database).run()
}

fn serve(database: &TestDatabase) -> Running {
    Program::new(["serve", "--empty"]).on(database).env("CLINIC_DIRECTORY_SECRET_KEY", KEY).serve()
}

fn check(database: &TestDatabase) -> crate::support::Finished {
    let check = Program::new(["check", "--listen", "127.0.0.1:0"]).folder(database.folder.path());
    check.on(database).env("CLINIC_DIRECTORY_SECRET_KEY", KEY).run()
}

fn link(text: &str, page: &str) -> String {
    let start = text.find(&format!("/{page}?token=")).unwrap_or_else(|| panic!("a link: {text}"));
    text[start..].split_whitespace().next().expect("the first").to_owned()
}

fn post(service: &Running, path: &str, form: &str) -> String {
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    socket::exchange(service.address, request.as_bytes())
}

fn status(answer: &str) -> &str {
    &answer["HTTP/1.1 ".len()..][..3]
}

/// One way of using the link in a token's header.
fn asks(service: &Running, token: &str) -> String {
    let answer = socket::get(service.address, "/api/v1/admin/users", &format!("Authorization: Bearer {token}\r\n"));
    status(&answer).to_owned()
}

#[tokio::test]
async fn people_are_added_listed_disabled_and_enabled() {
    on_each_database(async |database| {
        let added = run(database, "user add --email Ana@Example.com --role admin").success();
        assert!(added.stdout.starts_with("http://127.0.0.1:8080/reset?token=") && added.stdout.lines().count() == 1);
        let elsewhere = "user add --email bo@example.com --role agent --scope region:South clinic:BOS-01 --public-url https://c.example/find";
        assert!(run(database, elsewhere).success().stdout.starts_with("https://c.example/find/reset?token="));
        assert_eq!(
            run(database, "user list").success().stdout,
            "ana@example.com\tadmin\tall\tno password yet\nbo@example.com\tagent\tregion:South, clinic:BOS-01\tno password yet\n"
        );
        assert_eq!(run(database, "user disable --email bo@example.com").success().stdout, "");
        assert!(run(database, "user list").success().stdout.contains("bo@example.com\tagent\tregion:South, clinic:BOS-01\tdisabled"));
        for (line, told) in [
            ("user disable --email ana@example.com", "the last admin of all clinics"),
            ("user disable --email no@example.com", "no user with this e-mail"),
            ("user reset-password --email bo@example.com", "this user is disabled"),
            ("token create --email bo@example.com --name t", "this user is disabled"),
            ("user add --email ana@example.com --role clinic", "a user with this e-mail already"),
            ("user add --email ana --role clinic", "give an e-mail address"),
            ("user add --email c@example.com --role clinic --scope everywhere", "\"everywhere\" is no scope"),
        ] {
            let refused = run(database, line);
            assert!(refused.one_line_error().contains(told), "{line}: {}", refused.stderr);
            assert_eq!(refused.stdout, "");
        }
        for line in ["user enable --email bo@example.com", "user reset-password --email bo@example.com"] {
            assert!(run(database, line).success().stdout.starts_with("http://127.0.0.1:8080/reset?token="), "{line}");
        }
        let wrong = run(database, "user add --email c@example.com --role owner");
        assert!(wrong.code == Some(2) && wrong.stderr.contains("clinic, agent, editor or admin"), "{}", wrong.stderr);
    })
    .await;
}

fn add_with_password(database: &TestDatabase, email: &str, typed: &str) -> crate::support::Finished {
    let arguments = ["user", "add", "--email", email, "--role", "admin", "--password-stdin"];
    let mut child = Program::new(arguments).on(database).stdin(Stdio::piped()).start();
    // Refused before it is read is fine too.
    let _refused = child.stdin.take().expect("piped").write_all(typed.as_bytes());
    child.wait_with_output().expect("our own child").into()
}

#[tokio::test]
async fn a_password_from_standard_input_lets_in_and_a_token_is_alone_on_stdout() {
    on_each_database(async |database| {
        for (typed, told) in [
            ("short\n", "at least 12 characters"),
            ("password1234\n", "first that others would try"),
            ("two lines\nof password\n", "on one line"),
            ("", "at least 12 characters"),
        ] {
            let refused = add_with_password(database, "ana@example.com", typed);
            assert!(refused.one_line_error().contains(told), "{}", refused.stderr);
            assert!(!refused.stderr.contains("of password"));
        }
        assert_eq!(add_with_password(database, "ana@example.com", &format!("{PASSWORD}\r\n")).success().stdout, "");
        let made = run(database, "token create --email ana@example.com --name test").success();
        let token = made.stdout.strip_suffix('\n').expect("a line");
        assert!(token.starts_with("cd_") && !token.contains(char::is_whitespace) && !made.stderr.contains(token));
        let service = serve(database);
        assert!(!service.said.contains("/setup"), "there is an admin");
        assert_eq!(asks(&service, token), "200");
        let form = format!("email=ana%40example.com&password={}", PASSWORD.replace(' ', "+"));
        let login = post(&service, "/login", &form);
        assert_eq!(status(&login), "303", "{login}");
        assert!(login.contains("set-cookie: __Host-session="), "{login}");
        run(database, "user add --email bo@example.com --role admin").success();
        run(database, "user disable --email ana@example.com").success();
        assert_eq!(asks(&service, token), "401", "a command takes effect in the running service");
        let cookie = login.split("set-cookie: ").nth(1).expect("a cookie").split(';').next().expect("split");
        let answer = socket::get(service.address, "/api/v1/admin/users", &format!("Cookie: {cookie}\r\n"));
        assert_eq!(status(&answer), "401");
        service.terminate();
        service.wait();
    })
    .await;
}

#[tokio::test]
async fn serve_prints_the_link_for_the_first_admin_until_there_is_one_and_logs_no_token() {
    on_each_database(async |database| {
        let first = serve(database);
        let earlier = link(&first.said, "setup");
        first.terminate();
        first.wait();
        let service = Program::new(["serve", "--empty", "--log", "trace", "--public-url", "http://localhost:9/find"]);
        let service = service.on(database).env("CLINIC_DIRECTORY_SECRET_KEY", KEY).serve();
        assert!(service.said.contains("http://localhost:9/find/setup?token="), "{}", service.said);
        let open = link(&service.said, "setup");
        let get = |path: &str| socket::get(service.address, &format!("/find{path}"), "").replace("Host: test", "");
        let local = |path: &str| {
            let request = format!("GET /find{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            socket::exchange(service.address, request.as_bytes())
        };
        assert_eq!(status(&get(&open)), "403", "another host, without TLS");
        assert_eq!(open, earlier, "each start prints the same");
        assert_eq!(status(&local(&open)), "200");
        let token = open.split_once('=').expect("a token").1.to_owned();
        let words = PASSWORD.replace(' ', "+");
        for (form, expected) in [
            (format!("token={token}&email=ana%40example.com&password=short"), "422"),
            (format!("token={token}&email=ana%40example.com&password={words}"), "303"),
            (format!("token={token}&email=bo%40example.com&password={words}"), "410"),
        ] {
            assert_eq!(status(&post(&service, "/find/setup", &form)), expected);
        }
        let login = post(&service, "/find/login", &format!("email=ana%40example.com&password={words}"));
        let session =
            login.split("__Host-session=").nth(1).expect("a session").split(';').next().expect("split").to_owned();
        let failed = post(&service, "/find/login", "email=ana%40example.com&password=canary+canary");
        assert_eq!(status(&failed), "401");
        assert!(!failed.contains("canary"));
        service.terminate();
        let said = service.wait().1.stderr;
        assert!(said.contains("/setup") && said.contains("/login"), "the routes are logged");
        let printed = said.matches(&token).count();
        assert_eq!(printed, 1, "told once, and in no line of a request");
        for secret in [&*session, "canary", "gravel", "otter", "ana@example.com", "ana%40"] {
            let line = said.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret}");
        }
        assert!(!serve(database).said.contains("/setup"), "there is an admin");
    })
    .await;
}

#[tokio::test]
async fn the_first_link_opens_after_another_start_and_an_editor_and_check_prints_it() {
    on_each_database(async |database| {
        Program::new(["migrate", "up"]).on(database).run().success();
        let told = check(database).success().stdout;
        assert!(told.contains("first admin: none yet: `serve` prints a link"), "a look makes none: {told}");
        let first = serve(database);
        let open = link(&first.said, "setup");
        first.terminate();
        first.wait();
        run(database, "user add --email ed@example.com --role editor").success();
        run(database, "user disable --email ed@example.com").success();
        let second = Program::new(["serve", "--empty", "--log-format", "json"]).on(database);
        let second = second.env("CLINIC_DIRECTORY_SECRET_KEY", KEY).serve();
        let line = second.said.lines().find(|line| line.contains("/setup?token=")).expect("a line of the log");
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON like every other");
        assert_eq!(line["level"], "WARN");
        assert_eq!(link(line["message"].as_str().expect("a message"), "setup"), open);
        assert_eq!(status(&socket::get(second.address, &open, "")), "403", "another host, without TLS");
        let request = format!("GET {open} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assert_eq!(status(&socket::exchange(second.address, request.as_bytes())), "200");
        assert_eq!(link(&check(database).success().stdout, "setup"), open);
        run(database, "user add --email ana@example.com --role admin").success();
        let gone = socket::exchange(second.address, request.as_bytes());
        assert!(status(&gone) == "410" && gone.contains("clinic-directory user add --role admin"), "{gone}");
        assert!(!check(database).success().stdout.contains("first admin"));
    })
    .await;
}

#[tokio::test]
async fn a_restart_of_the_service_forgets_no_failed_login() {
    on_each_database(async |database| {
        add_with_password(database, "ana@example.com", PASSWORD).success();
        let right = format!("email=ana%40example.com&password={}", PASSWORD.replace(' ', "+"));
        let service = serve(database);
        for _ in 0..5 {
            assert_eq!(status(&post(&service, "/login", "email=ana%40example.com&password=wrong")), "401");
        }
        service.terminate();
        service.wait();
        let answer = post(&serve(database), "/login", &right);
        assert_eq!(status(&answer), "429");
        assert!(answer.to_lowercase().contains("\r\nretry-after: "), "{answer}");
    })
    .await;
}
