use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use fluent::FluentValue;

use super::{Frame, Language, Pages, PlaceField, STAFF, StaffFrame, Words};
use crate::error::{AppError, Told};

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// Who reads a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Visitors(Language),
    Staff,
}

/// How refusals are shown to an audience.
#[derive(Clone, Debug)]
pub struct ProblemPages {
    pub pages: Pages,
    pub audience: Audience,
}

/// The middleware that shows what was refused as a page with a way out.
pub async fn show_problems(State(shown): State<ProblemPages>, request: Request, next: Next) -> Response {
    problem_page(&shown, next.run(request).await)
}

/// A refusal as a page; any other answer as it is.
#[must_use]
pub fn problem_page(shown: &ProblemPages, response: Response) -> Response {
    let Some(told) = response.extensions().get::<Told>() else { return response };
    let Ok(html) = shown.render(told) else { return response };
    let (mut parts, _json) = response.into_parts();
    parts.headers.insert(header::CONTENT_TYPE, HTML);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, html.into())
}

/// Whether an answer is read by people: browsers name HTML, programs do not.
#[must_use]
pub fn is_for_people(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let is_html = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("text/html"));
        is_html && !parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)))
    })
}

/// A page as an answer.
///
/// # Errors
/// When it cannot be written, which would be a bug.
pub fn html(status: StatusCode, page: &impl Template) -> Result<Response, AppError> {
    let html = page.render().map_err(anyhow::Error::from)?;
    Ok((status, [(header::CONTENT_TYPE, HTML)], html).into_response())
}

#[derive(Template)]
#[template(path = "web/page/templates/visitor_problem.html")]
struct VisitorProblem<'a> {
    frame: Frame<'a>,
    lead: String,
    field: PlaceField,
}

#[derive(Template)]
#[template(path = "web/page/templates/staff_problem.html")]
struct StaffProblem<'a> {
    frame: StaffFrame<'a>,
    lead: String,
}

impl ProblemPages {
    fn render(&self, told: &Told) -> askama::Result<String> {
        let (pages, brand) = (&self.pages, self.pages.brand());
        let number = brand.phone.as_ref().map_or("none", |phone| &*phone.display).to_owned();
        match self.audience {
            Audience::Visitors(language) => {
                let (heading, lead) = words(language.words(), told, number);
                let frame = Frame::new(pages, brand, language, heading, "/locations".to_owned());
                VisitorProblem { frame, lead, field: PlaceField::default() }.render()
            }
            Audience::Staff => {
                let (heading, lead) = words(&STAFF, told, number);
                let frame = StaffFrame { heading, ..StaffFrame::new(pages, "", None) };
                StaffProblem { frame, lead }.render()
            }
        }
    }
}

/// What happened, and the way out.
fn words(words: &Words, Told { problem, retry_after_secs }: &Told, number: String) -> (String, String) {
    let id = format!("problem-{}", problem.code);
    let id = if words.has(&id) { id } else { "problem-other".to_owned() };
    let seconds = FluentValue::from(retry_after_secs.unwrap_or_default());
    let values = [("number", number.into()), ("seconds", seconds)];
    (words.tell(&id, &values), words.tell(&format!("{id}-lead"), &values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_name_html_and_programs_do_not() {
        let asks = |accept: &str| is_for_people(&HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]));
        for browser in
            ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Text/HTML", "a/b, text/html;q=0.1"]
        {
            assert!(asks(browser), "{browser}");
        }
        for program in ["*/*", "", "application/json", "text/html;q=0", "text/html; q=0.0, */*", "text/*"] {
            assert!(!asks(program), "{program}");
        }
        assert!(!is_for_people(&HeaderMap::new()));
    }
}
