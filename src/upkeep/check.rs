use std::net::TcpListener;

use anyhow::{Context, bail};
use sea_orm::DatabaseConnection;

use crate::accounts::{Role, store as accounts};
use crate::clinics::store;
use crate::clock::Clock;
use crate::config::ServeArgs;
use crate::db;

/// A disk with less room than this is as good as full.
const LITTLE_ROOM: u64 = 256 * 1024 * 1024;

/// Judges what `serve` would be started with, one line each; whether it would start.
///
/// # Errors
/// When the database cannot be opened: nothing more can be said.
pub async fn check(database_url: &str, args: &ServeArgs, mut tell: impl FnMut(&str)) -> anyhow::Result<bool> {
    let mut is_fine = true;
    for (what, finding) in settings(database_url, args) {
        is_fine &= finding.is_ok();
        match finding {
            Ok(found) => tell(&format!("{what}: {found}")),
            Err(error) => tell(&format!("{what}: WRONG: {error:#}")),
        }
    }
    let db = db::connect(database_url).await?;
    let found = database(&db, database_url, &mut tell).await;
    db::close(&db).await;
    found.map(|()| is_fine)
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
        let read = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()));
        findings.push(("first clinics", read.map(|_| format!("{}, when the directory is empty", file.display()))));
    }
    if let Some(address) = args.metrics_listen {
        findings.push(("metrics", listen(address)));
    }
    if let Some(file) = db::sqlite_file(database_url) {
        findings.push(("disk", room(&file)));
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
    let there = args.secret.key_there(database_url)?.is_some();
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

async fn database(db: &DatabaseConnection, database_url: &str, tell: &mut impl FnMut(&str)) -> anyhow::Result<()> {
    tell(&format!("database: {} is reachable, {}", db::without_password(database_url), db::version(db).await?));
    let pending = db::status(db).await?.iter().filter(|(_, is_applied)| !is_applied).count();
    // As every command does that opens the database.
    db::migrate(db, db::Direction::Up).await?;
    tell(&match pending {
        0 => "schema: up to date".to_owned(),
        _ => format!("schema: up to date, after {pending} changes that were pending"),
    });
    db::refuse_read_only(db).await?;
    let network = store::network(db, Clock::system().now()).await?;
    let kind = if network.is_demo { "INVENTED clinics of the demonstration" } else { "clinics" };
    let (clinics, version) = (store::count(db).await?, network.data_version);
    tell(&format!("directory: {clinics} {kind}, data version {version}"));
    tell(&users(db).await?);
    Ok(())
}

async fn users(db: &DatabaseConnection) -> anyhow::Result<String> {
    let roles = accounts::roles(db).await?;
    let admins = roles.iter().filter(|role| **role == Role::Admin.as_str()).count();
    Ok(match roles.len() {
        0 => "users: none".to_owned(),
        users => format!("users: {users}, of them {admins} admins"),
    })
}
