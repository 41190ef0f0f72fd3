use std::net::TcpListener;

use anyhow::{Context, anyhow, bail};
use chrono::{DateTime, Utc};
use sea_orm::DatabaseConnection;

use crate::accounts::links::Link;
use crate::accounts::{Role, setup_state, store as accounts};
use crate::clinics::store;
use crate::config::{Cli, ServeArgs};
use crate::db;

/// A disk with less room than this is as good as full.
const LITTLE_ROOM: u64 = 256 * 1024 * 1024;

/// Judges what `serve` would be started with, one line each, and changes nothing; whether it would start, on a database that is
/// there and up to date.
///
/// # Errors
/// When the database cannot be opened: nothing more can be said.
pub async fn check(
    database_url: &str,
    args: &ServeArgs,
    now: DateTime<Utc>,
    mut tell: impl FnMut(&str),
) -> anyhow::Result<bool> {
    let mut is_fine = true;
    let mut found = |what: &str, finding: anyhow::Result<String>| match finding {
        Ok(found) => tell(&format!("{what}: {found}")),
        Err(error) => {
            is_fine = false;
            tell(&format!("{what}: WRONG: {error:#}"));
        }
    };
    for (what, finding) in settings(database_url, args) {
        found(what, finding);
    }
    db::check_url(database_url)?;
    if let Err(missing) = db::refuse_missing(database_url) {
        found("database", Err(anyhow!("{missing}: `serve`, `import` and `migrate up` make it")));
        return Ok(false);
    }
    let db = db::connect_there(database_url).await?;
    let outcome = database(&db, database_url, args, now, &mut found).await;
    db::close(&db).await;
    outcome.map(|()| is_fine)
}

type Finding = (&'static str, anyhow::Result<String>);

fn settings(database_url: &str, args: &ServeArgs) -> Vec<Finding> {
    let mut findings = vec![
        ("public URL", Ok(public_url(args))),
        ("listen", listen(args.listen)),
        ("secret key", secret(database_url, args)),
        ("erasure log", erasures(database_url, args)),
        ("pages", pages(args)),
        ("trusted proxies", Ok(args.trusted_proxies.to_string())),
    ];
    if let Some(file) = &args.load {
        let read = args.try_load();
        findings.push(("first clinics", read.map(|()| format!("{}, when the directory is empty", file.display()))));
    }
    if let Some(address) = args.metrics_listen {
        findings.push(("metrics", listen(address)));
    }
    if let Some(file) = db::sqlite_file(database_url) {
        findings.push(("disk", room(&file)));
    }
    let slips = Cli::unknown_variables();
    if !slips.is_empty() {
        findings.push(("environment", Ok(format!("UNKNOWN, and without effect: {}", slips.join(", ")))));
    }
    findings
}

fn pages(args: &ServeArgs) -> anyhow::Result<String> {
    let appearance = args.pages.appearance()?;
    let tiles = appearance.tiles.as_ref().map_or("without street tiles", |tiles| tiles.url.origin());
    let logo = if appearance.logo.is_some() { "with a logo" } else { "without a logo" };
    Ok(format!("{}, maps {tiles}, {logo}", appearance.clinic_type))
}

fn public_url(args: &ServeArgs) -> String {
    let Some(url) = &args.links.public_url else {
        return format!("http://{}, from --listen: give --public-url when visitors see another one", args.listen);
    };
    let is_far = url::Url::parse(&url.to_string()).is_ok_and(|url| url.scheme() == "http" && !is_loopback(&url));
    let plain = if is_far { " (plain http: browsers will not keep a login there)" } else { "" };
    format!("{url}{plain}")
}

fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn listen(address: std::net::SocketAddr) -> anyhow::Result<String> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Ok(format!("{address} is in use: fine if by the service itself"))
        }
        Err(error) => bail!("{address}: {error}"),
    }
}

fn secret(database_url: &str, args: &ServeArgs) -> anyhow::Result<String> {
    let there = args.secret.try_key(database_url)?.is_some();
    Ok(match args.secret.file(database_url).filter(|_| args.secret.secret_key.is_none()) {
        None => "given, and long enough".to_owned(),
        Some(file) if there => {
            format!("in {}, for its owner alone; no backup holds it: keep a copy elsewhere", file.display())
        }
        Some(file) => format!("will be made in {}", file.display()),
    })
}

fn erasures(database_url: &str, args: &ServeArgs) -> anyhow::Result<String> {
    let log = args.erasures.log(database_url);
    let lines = log.read()?;
    let shown = log.path().display();
    if !lines.unreadable.is_empty() {
        bail!("{shown}: lines that cannot be read: {:?}", lines.unreadable);
    }
    log.try_append().with_context(|| format!("{shown} cannot be written, so nobody can be erased"))?;
    Ok(format!("{shown}, {} erasures, can be written", lines.erasures.len()))
}

fn room(file: &std::path::Path) -> anyhow::Result<String> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    let stat = rustix::fs::statvfs(folder).with_context(|| format!("cannot look at {}", folder.display()))?;
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let megabytes = free / (1024 * 1024);
    if free < LITTLE_ROOM {
        return Ok(format!("LOW: only {megabytes} MB are left beside the database"));
    }
    Ok(format!("{megabytes} MB are left beside the database"))
}

/// Takes a line's heading, and what is to be said or is wrong.
type Tell<'t> = dyn FnMut(&str, anyhow::Result<String>) + 't;

async fn database(
    db: &DatabaseConnection,
    database_url: &str,
    args: &ServeArgs,
    now: DateTime<Utc>,
    tell: &mut Tell<'_>,
) -> anyhow::Result<()> {
    let version = db::version(db).await?;
    tell("database", Ok(format!("{} is reachable, {version}", db::without_password(database_url))));
    if db::status(db).await?.iter().any(|(_, is_applied)| !is_applied) {
        tell("schema", db::refuse_behind(db).await.map(|()| "up to date".to_owned()));
        return Ok(());
    }
    tell("schema", Ok("up to date".to_owned()));
    db::refuse_read_only(db).await?;
    tell("directory", Ok(directory(db).await?));
    tell("users", Ok(users(db).await?));
    if let Some(way) = first_admin(db, database_url, args, now).await? {
        tell("first admin", Ok(way));
    }
    Ok(())
}

async fn directory(db: &DatabaseConnection) -> anyhow::Result<String> {
    let network = store::stored_network(db).await?;
    let (is_demo, version) = network.map_or((false, 0), |network| (network.is_demo, network.data_version));
    let kind = if is_demo { "INVENTED clinics of the demonstration" } else { "clinics" };
    Ok(format!("{} {kind}, data version {version}", store::count(db).await?))
}

async fn users(db: &DatabaseConnection) -> anyhow::Result<String> {
    let roles = accounts::roles(db).await?;
    let admins = roles.iter().filter(|role| **role == Role::Admin.as_str()).count();
    Ok(match roles.len() {
        0 => "none".to_owned(),
        users => format!("{users}, of them {admins} admins"),
    })
}

/// How the first admin gets in; `None` when there is one.
async fn first_admin(
    db: &DatabaseConnection,
    database_url: &str,
    args: &ServeArgs,
    now: DateTime<Utc>,
) -> anyhow::Result<Option<String>> {
    if accounts::count_admins_of_all(db).await? > 0 {
        return Ok(None);
    }
    // A key that is wrong was told above, and one that is not there yet has made no link.
    let link = match args.secret.key_there(database_url) {
        Ok(Some(secret)) => setup_state(db, &secret, &args.public_url()?, now).await?.link(),
        _ => None,
    };
    let due = || "none yet: `serve` prints a link to set one up".to_owned();
    let open = |link: Link| format!("none yet: {} until {}", link.url, link.expires_at.format("%Y-%m-%d %H:%M UTC"));
    Ok(Some(link.map_or_else(due, open)))
}
