use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;

use super::Counter;
use crate::bookings::latest_of_visitor;
use crate::entities::booking;
use crate::error::AppError;
use crate::token::{TokenHash, new_token};
use crate::web::{ClientAddress, PublicUrl, cookie};

const COOKIE: &str = "visitor";

/// Who asks: known by the cookie of their first hold, if they have made one.
pub struct Visitor {
    token: Option<String>,
    pub client: Option<ClientAddress>,
}

/// A visitor who holds: the token that the database knows them by, and their cookie when it is a first one.
pub struct Known {
    pub token: TokenHash,
    pub cookie: Option<HeaderValue>,
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let token = cookie(&parts.headers, COOKIE).filter(|token| TokenHash::of_ours(token).is_some());
        Ok(Self { token: token.map(str::to_owned), client: parts.extensions.get().copied() })
    }
}

impl Visitor {
    /// What they held last, whatever has become of it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn latest(&self, counter: &Counter) -> Result<Option<booking::Model>, AppError> {
        let Some(token) = self.token.as_deref().and_then(TokenHash::of_ours) else { return Ok(None) };
        Ok(latest_of_visitor(&counter.bookings.db, &token).await?)
    }

    /// The visitor from their first hold on.
    #[must_use]
    pub fn known(&self, links: &PublicUrl) -> Known {
        if let Some(token) = &self.token {
            return Known { token: TokenHash::of(token), cookie: None };
        }
        let token = new_token();
        let is_tls = self.client.is_some_and(|client| client.is_tls);
        Known { token: TokenHash::of(&token), cookie: set(&token, links.prefix(), is_tls) }
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
