use std::sync::Mutex;

use axum::http::Method;
use url::form_urlencoded::Serializer;

use super::http::Ask;
use super::{Client, Response};

/// A browser at this machine: keeps its session's cookie and says where its forms come from.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    cookie: Mutex<Option<String>>,
}

impl Browser {
    pub fn new(client: Client) -> Self {
        let client = client.with_header("host", "localhost:8080").with_header("sec-fetch-site", "same-origin");
        Self { client, cookie: Mutex::default() }
    }

    /// The value of the session's cookie.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().expect("no test panics here").clone()
    }

    /// As if somebody had put it there.
    pub fn set_cookie(&self, token: &str) {
        *self.cookie.lock().expect("see above") = Some(token.to_owned());
    }

    pub fn request(&self, method: Method, path: &str) -> Ask {
        let request = self.client.request(method, path);
        match self.cookie() {
            Some(token) => request.header("cookie", &format!("__Host-session={token}")),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).await
    }

    /// A form to be sent by `submit`.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Ask {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded").body(body)
    }

    /// Sends a form, and keeps the cookie that comes back.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let response = self.form(path, fields).await;
        self.keep(&response);
        response
    }

    /// As a browser does with the answer's cookie.
    pub fn keep(&self, response: &Response) {
        let Some(value) = response.headers.get("set-cookie") else { return };
        let value = value.to_str().expect("ASCII");
        let (pair, attributes) = value.split_once("; ").expect("attributes");
        let token = pair.strip_prefix("__Host-session=").expect("the session's cookie");
        assert!(attributes.starts_with("Path=/; Secure; HttpOnly; SameSite=Lax"), "{value}");
        *self.cookie.lock().expect("see above") = (!token.is_empty()).then(|| token.to_owned());
    }

    /// Logs in, which must succeed.
    pub async fn log_in(&self, email: &str, password: &str) {
        let response = self.submit("/login", &[("email", email), ("password", password)]).await;
        assert_eq!(response.status(), 303, "{}", response.text());
        assert!(self.cookie().is_some(), "a session");
    }
}
