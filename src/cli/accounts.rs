//! `user` and `token`: whoever has the machine has the directory, so these ask for no password.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::{print, say};
use crate::accounts::links::Link;
use crate::accounts::{self, AccountError, Accounts, Actor, NewUser, Scope, UserChange, store};
use crate::clock::Clock;
use crate::config::{Global, LinksArgs, TokenCommand, UserCommand};
use crate::db;
use crate::entities::user;

pub async fn user(global: &Global, command: UserCommand, clock: &Clock) -> anyhow::Result<ExitCode> {
    match command {
        UserCommand::Add { email, role, scope, password_stdin, links } => {
            let scope = Scope::from_parts(scope.iter().map(String::as_str))?;
            let password = password_stdin.then(read_password).transpose()?;
            with(global, &links, clock, async |accounts| {
                let new = NewUser { email: &email, role, scope, password: password.as_deref() };
                let (user, link) = accounts::add_user(accounts, &Actor::command(), new).await?;
                say(&format!("{} is added as {}", user.email, user.role));
                show(link)
            })
            .await
        }
        UserCommand::List => list(global).await,
        UserCommand::Disable { email } => {
            with(global, &LinksArgs { public_url: None }, clock, async |accounts| enable(accounts, &email, false).await)
                .await
        }
        UserCommand::Enable { email, links } => {
            with(global, &links, clock, async |accounts| enable(accounts, &email, true).await).await
        }
        UserCommand::ResetPassword { email, links } => {
            with(global, &links, clock, async |accounts| {
                let user = find(accounts, &email).await?;
                let link = accounts::reset_password(accounts, &Actor::command(), user.id).await?;
                show(Some(link))
            })
            .await
        }
    }
}

pub async fn token(global: &Global, command: TokenCommand, clock: &Clock) -> anyhow::Result<ExitCode> {
    let TokenCommand::Create { email, name } = command;
    with(global, &LinksArgs { public_url: None }, clock, async |accounts| {
        let user = find(accounts, &email).await?;
        let made = accounts::create_token(accounts, &Actor::command(), user.id, &name, None).await?;
        say(&format!("the token of {} ({}); it is not shown again:", user.email, user.role));
        print(format!("{}\n", made.token).as_bytes())
    })
    .await
}

/// Opens the database, and leaves one whole file.
async fn with(
    global: &Global,
    links: &LinksArgs,
    clock: &Clock,
    work: impl AsyncFnOnce(&Accounts) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    let db = db::open(&global.database_url).await?;
    let links = links.public_url.clone().map_or_else(super::local_links, Ok)?;
    let accounts = Accounts::new(db, clock.clone(), links);
    let outcome = work(&accounts).await;
    db::close(&accounts.db).await;
    outcome
}

async fn find(accounts: &Accounts, email: &str) -> anyhow::Result<user::Model> {
    let found = store::by_email(&accounts.db, &email.trim().to_lowercase()).await?;
    Ok(found.ok_or(AccountError::UserUnknown("e-mail"))?)
}

async fn enable(accounts: &Accounts, email: &str, is_enabled: bool) -> anyhow::Result<ExitCode> {
    let user = find(accounts, email).await?;
    let change = UserChange { is_disabled: Some(!is_enabled), ..UserChange::default() };
    let (user, link) = accounts::change_user(accounts, &Actor::command(), user.id, change).await?;
    say(&format!("{} is {}", user.email, if user.is_disabled { "disabled" } else { "enabled" }));
    show(link)
}

/// The link alone on standard output.
fn show(link: Option<Link>) -> anyhow::Result<ExitCode> {
    let Some(link) = link else { return Ok(ExitCode::SUCCESS) };
    say("give them this link to set a password; it works once, within 24 hours:");
    print(format!("{}\n", link.url).as_bytes())
}

async fn list(global: &Global) -> anyhow::Result<ExitCode> {
    let db = db::look(&global.database_url).await?;
    let users = store::users(&db, 0, u64::from(u32::MAX)).await;
    db::close(&db).await;
    for user in users? {
        let state = match (user.is_disabled, user.password_hash.is_some()) {
            (true, _) => "disabled",
            (false, false) => "no password yet",
            (false, true) => "enabled",
        };
        let scope = user.scope.lines().collect::<Vec<_>>().join(", ");
        print(format!("{}\t{}\t{scope}\t{state}\n", user.email, user.role).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// One line; what ends it is not part of the password.
fn read_password() -> anyhow::Result<String> {
    const LONGEST: u64 = 4_096;
    let mut text = String::new();
    std::io::stdin().take(LONGEST).read_to_string(&mut text).context("cannot read a password from standard input")?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.contains('\n') {
        bail!("standard input must hold the password alone, on one line");
    }
    Ok(line.to_owned())
}
