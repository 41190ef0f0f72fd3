//! What pages say: words for whatever can be wrong with a form, or refused.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use clinic_directory::accounts::AccountError;
use clinic_directory::bookings::{BookingIn, FieldReason};
use clinic_directory::error::{AppError, FieldError, FieldErrors};
use clinic_directory::web::page::{Audience, Language, Mistake, ProblemPages, STAFF, problem_page, summary};
use serde_json::Map;

use crate::support::{TestApp, on_each_database};

fn told(language: Language, body: BookingIn) -> Vec<String> {
    let errors = body.parse().unwrap_err();
    let mistakes = errors.iter().map(|error| Mistake::new(language.words(), error).words);
    std::iter::once(summary(language.words(), &errors)).chain(mistakes).collect()
}

fn complete() -> BookingIn {
    let text = |text: &str| Some(text.to_owned());
    BookingIn { hold_token: text("t"), name: text("Ana"), phone: text("512 555 0134"), ..BookingIn::default() }
}

#[test]
fn every_reason_of_a_visitors_form_has_words_in_both_languages() {
    for language in Language::ALL {
        for reason in FieldReason::OF_VISITORS {
            assert!(language.has(&format!("error-{}", reason.as_str())), "{reason:?}");
            for field in ["name", "phone", "email", "note", "contact_by", "consents[0].wording_version"] {
                // What no words have a gap for does no harm.
                let error = reason.on(field, "").with("n", 7).with("max", 300);
                let words = Mistake::new(language.words(), &error).words;
                assert!(!words.starts_with("error-") && !words.contains(['{', '$']), "{words}");
            }
        }
    }
}

#[test]
fn a_mistake_is_told_in_the_words_of_the_design() {
    let text = |text: &str| Some(text.to_owned());
    let cases = [
        (BookingIn { name: None, ..complete() }, "Give your name", "Escriba su nombre"),
        (
            BookingIn { phone: None, ..complete() },
            "Give a phone number or an e-mail address",
            "Escriba un teléfono o un correo electrónico",
        ),
        (
            BookingIn { phone: text("555-0134"), ..complete() },
            "This phone number has 7 digits, ten are needed",
            "Este teléfono tiene 7 cifras; hacen falta diez",
        ),
        (
            BookingIn { email: text("ana.example.com"), ..complete() },
            "This e-mail address has no @",
            "A este correo le falta la @",
        ),
        (
            BookingIn { note: Some("x".repeat(301)), ..complete() },
            "Keep the note under 300 characters",
            "La nota puede tener 300 caracteres",
        ),
    ];
    for (body, english, spanish) in cases {
        assert_eq!(told(Language::English, body.clone())[1..], [english]);
        assert_eq!(told(Language::Spanish, body)[1..], [spanish]);
    }
}

#[test]
fn the_summary_counts() {
    let one = || BookingIn { name: None, ..complete() };
    let two = || BookingIn { email: Some("ana".to_owned()), ..one() };
    let wrong = BookingIn { email: Some("ana".to_owned()), ..complete() };
    assert_eq!(told(Language::English, one())[0], "One thing is missing");
    assert_eq!(told(Language::Spanish, one())[0], "Falta una cosa");
    assert_eq!(told(Language::English, wrong)[0], "One thing needs a look");
    assert_eq!(told(Language::English, two())[0], "2 things need a look");
    assert_eq!(told(Language::Spanish, two())[0], "Revise 2 cosas");
}

/// What the forms of `/login`, `/setup`, `/reset` and `/account` refuse.
#[test]
fn every_reason_of_the_forms_about_an_account_has_words() {
    let reasons = ["email_no_at", "email_invalid", "too_short", "too_long", "too_common"];
    let required = ["email", "password", "current"].map(|field| FieldError::new(field, "required", ""));
    let others = reasons.map(|reason| FieldError::new("password", "invalid", "").because(reason));
    for error in required.into_iter().chain(others) {
        let error = error.with("min", 12).with("max", 128);
        let Mistake { words, .. } = Mistake::new(&STAFF, &error);
        assert!(words != STAFF.say("error-other") && !words.contains(['{', '$']), "{error:?}: {words}");
    }
}

fn refused(status: StatusCode, code: &'static str) -> AppError {
    AppError::Refused { status, code, detail: "untranslated".to_owned(), extra: Map::new() }
}

fn not_found(code: &'static str) -> AppError {
    AppError::NotFound { code, detail: "untranslated".to_owned() }
}

/// What any page can be refused with.
fn of_all() -> Vec<AppError> {
    vec![
        AppError::BadRequest { code: "unreadable_body", detail: "untranslated".to_owned() },
        AppError::Invalid(FieldErrors::one("x", "required", "untranslated")),
        AppError::MethodNotAllowed,
        AppError::PayloadTooLarge { limit_bytes: 1 },
        AppError::UnsupportedMediaType("untranslated"),
        AppError::TooManyRequests { retry_after_secs: 7 },
        AppError::Unavailable { retry_after_secs: 7 },
        AppError::Internal(anyhow::anyhow!("untranslated")),
        not_found("not_found"),
        refused(StatusCode::FORBIDDEN, "cross_site"),
    ]
}

#[tokio::test]
async fn every_refusal_of_a_page_is_in_the_words_of_its_audience() {
    on_each_database(async |database| {
        let app = TestApp::demonstration(database).await;
        let visitors = || vec![not_found("clinic_unknown"), not_found("booking_unknown")];
        let staff = || {
            let forbidden = AppError::Forbidden { least_role: "admin" };
            let accounts = [AccountError::LinkGone, AccountError::SetupGone].map(AppError::from);
            let others = [AppError::Unauthorized, forbidden, refused(StatusCode::FORBIDDEN, "https_needed")];
            accounts.into_iter().chain(others).collect::<Vec<_>>()
        };
        for (audience, own, fallback) in [
            (Audience::Visitors(Language::English), visitors(), Language::English.say("problem-other")),
            (Audience::Visitors(Language::Spanish), visitors(), Language::Spanish.say("problem-other")),
            (Audience::Staff, staff(), STAFF.say("problem-other")),
        ] {
            let shown = ProblemPages { pages: app.state.pages.clone(), audience };
            for error in of_all().into_iter().chain(own) {
                let (status, asked) = (error.status(), format!("{audience:?}: {error:?}"));
                let page = problem_page(&shown, error.into_response());
                assert_eq!(page.status(), status, "{asked}");
                assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8", "{asked}");
                let bytes = axum::body::to_bytes(page.into_body(), usize::MAX).await.expect("a body");
                let html = String::from_utf8(bytes.into()).expect("text");
                assert!(!html.contains("untranslated") && !html.contains(&*fallback), "{asked}: {html}");
                let heading = html.split("<h1").nth(1).and_then(|rest| rest.split('>').nth(1)).expect("a heading");
                assert!(!heading.starts_with("problem-") && !html.contains("-lead<"), "{asked}: {html}");
            }
        }
    })
    .await;
}
