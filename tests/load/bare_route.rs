//! The yardstick of `tests/load/run`: an axum server that does nothing but return one fixed body.
//!
//! `bare_route --listen ADDRESS --bytes N` answers every path with N bytes of JSON, so that the service is measured
//! against what axum, tokio and the socket cost by themselves.

use std::{env, net::SocketAddr};

use anyhow::Context;
use axum::{Router, body::Bytes, http::header::CONTENT_TYPE};
use tokio::net::TcpListener;

const JSON: [(axum::http::HeaderName, &str); 1] = [(CONTENT_TYPE, "application/json")];
/// The quotation marks of the one JSON string that is the body.
const QUOTES: usize = 2;

fn main() -> anyhow::Result<()> {
    let listen: SocketAddr = flag("--listen")?.parse().context("--listen takes an address like 127.0.0.1:8080")?;
    let bytes: usize = flag("--bytes")?.parse().context("--bytes takes a number")?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(listen, json_of(bytes)))
}

async fn serve(listen: SocketAddr, body: Bytes) -> anyhow::Result<()> {
    let answer = move || std::future::ready((JSON, body.clone()));
    axum::serve(TcpListener::bind(listen).await?, Router::new().fallback(answer)).await?;
    Ok(())
}

/// A JSON string of `bytes` bytes, its quotation marks included.
fn json_of(bytes: usize) -> Bytes {
    format!("\"{}\"", "x".repeat(bytes.saturating_sub(QUOTES))).into()
}

fn flag(name: &str) -> anyhow::Result<String> {
    env::args().skip_while(|argument| argument != name).nth(1).with_context(|| format!("{name} is missing"))
}
