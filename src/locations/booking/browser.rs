use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;

use crate::bookings::Visitor;
use crate::token::{TokenHash, new_token};
use crate::web::{PublicUrl, cookie};

const COOKIE: &str = "visitor";

/// Whose browser asks: known by the cookie of their first hold, if they have made one.
pub struct Browser(pub Visitor);

impl<S: Sync> FromRequestParts<S> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let token = cookie(&parts.headers, COOKIE).and_then(TokenHash::of_ours);
        Ok(Self(Visitor { token, client: parts.extensions.get().copied() }))
    }
}

impl Browser {
    /// The visitor from their first hold on, and the cookie to set when this is it.
    #[must_use]
    pub fn known(self, links: &PublicUrl) -> (Visitor, Option<HeaderValue>) {
        if self.0.token.is_some() {
            return (self.0, None);
        }
        let token = new_token();
        let is_tls = self.0.client.is_some_and(|client| client.is_tls);
        let visitor = Visitor { token: Some(TokenHash::of(&token)), ..self.0 };
        (visitor, set(&token, links.prefix(), is_tls))
    }
}

/// Until the browser is closed, for these pages alone.
fn set(token: &str, prefix: &str, is_tls: bool) -> Option<HeaderValue> {
    let path = if prefix.is_empty() { "/" } else { prefix };
    let secure = if is_tls { "; Secure" } else { "" };
    HeaderValue::try_from(format!("{COOKIE}={token}; Path={path}; HttpOnly; SameSite=Lax{secure}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_for_this_service_and_no_script() {
        assert_eq!(set("t", "", true).unwrap(), "visitor=t; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(set("t", "/clinics", false).unwrap(), "visitor=t; Path=/clinics; HttpOnly; SameSite=Lax");
    }
}
