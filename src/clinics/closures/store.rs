use anyhow::Context;
use chrono::{DateTime, Days, Utc};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{Closure, Record, Scope};
use crate::clinics::hours::Window;
use crate::entities::closure;
use crate::geo::{Metres, Point};

/// Closures that are not lifted and not over anywhere on earth, the oldest first.
///
/// # Errors
/// When the database cannot be read, or holds a closure that this program does not understand.
pub async fn current(db: &impl ConnectionTrait, now: DateTime<Utc>) -> anyhow::Result<Vec<Record>> {
    let yesterday = now.date_naive() - Days::new(1);
    let rows = closure::Entity::find()
        .filter(closure::Column::LiftedAt.is_null())
        .filter(closure::Column::EndsOn.gte(yesterday))
        .order_by_asc(closure::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(record).collect()
}

/// Stores a closure; its id. The caller raises the data version in the same transaction.
///
/// # Errors
/// When the database refuses.
pub async fn insert(db: &impl ConnectionTrait, closure: &Closure, now: DateTime<Utc>) -> Result<i64, DbErr> {
    let (scope, target, circle) = match &closure.scope {
        Scope::Clinics(codes) => ("clinics", Some(codes.join("\n")), None),
        Scope::Region(region) => ("region", Some(region.clone()), None),
        Scope::State(state) => ("state", Some(state.clone()), None),
        Scope::All => ("all", None, None),
        Scope::Circle { centre, radius } => ("circle", None, Some((centre, radius))),
    };
    let row = closure::ActiveModel {
        id: NotSet,
        scope: Set(scope.to_owned()),
        target: Set(target),
        lat: Set(circle.map(|(centre, _)| centre.lat())),
        lon: Set(circle.map(|(centre, _)| centre.lon())),
        radius_m: Set(circle.map(|(_, radius)| radius.0)),
        starts_on: Set(closure.from),
        ends_on: Set(closure.to),
        windows: Set(windows(closure)),
        note: Set(closure.note.clone()),
        note_es: Set(closure.note_es.clone()),
        created_at: Set(now),
        updated_at: Set(now),
        lifted_at: Set(None),
    };
    Ok(row.insert(db).await?.id)
}

/// Writes a closure's dates, windows and notes; `at` becomes its version. The caller raises the data version in the same
/// transaction.
///
/// # Errors
/// When the database refuses.
pub async fn update(db: &impl ConnectionTrait, id: i64, closure: &Closure, at: DateTime<Utc>) -> Result<(), DbErr> {
    let change = closure::ActiveModel {
        starts_on: Set(closure.from),
        ends_on: Set(closure.to),
        windows: Set(windows(closure)),
        note: Set(closure.note.clone()),
        note_es: Set(closure.note_es.clone()),
        updated_at: Set(at),
        ..Default::default()
    };
    closure::Entity::update_many().set(change).filter(closure::Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Lifts a closure. The caller raises the data version in the same transaction.
///
/// # Errors
/// When the database refuses.
pub async fn lift(db: &impl ConnectionTrait, id: i64, at: DateTime<Utc>) -> Result<(), DbErr> {
    let change = closure::ActiveModel { lifted_at: Set(Some(at)), updated_at: Set(at), ..Default::default() };
    closure::Entity::update_many().set(change).filter(closure::Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// A closure by its key, lifted ones included.
///
/// # Errors
/// When the database cannot be read, or holds a closure that this program does not understand.
pub async fn find(db: &impl ConnectionTrait, id: i64) -> anyhow::Result<Option<Record>> {
    closure::Entity::find_by_id(id).one(db).await?.map(record).transpose()
}

/// Closures from the newest on, lifted ones and those that are over included; `before` is the key of the last one seen.
///
/// # Errors
/// As [`find`].
pub async fn page(db: &impl ConnectionTrait, before: Option<i64>, limit: u64) -> anyhow::Result<Vec<Record>> {
    let mut rows = closure::Entity::find().order_by_desc(closure::Column::Id).limit(limit);
    if let Some(id) = before {
        rows = rows.filter(closure::Column::Id.lt(id));
    }
    rows.all(db).await?.into_iter().map(record).collect()
}

/// Closures by their keys.
///
/// # Errors
/// As [`find`].
pub async fn some(db: &impl ConnectionTrait, ids: &[i64]) -> anyhow::Result<Vec<Record>> {
    let rows = closure::Entity::find().filter(closure::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    rows.into_iter().map(record).collect()
}

fn windows(closure: &Closure) -> String {
    let windows: Vec<String> = closure.windows.iter().map(ToString::to_string).collect();
    windows.join(",")
}

fn record(row: closure::Model) -> anyhow::Result<Record> {
    let (id, updated_at, created_at, lifted_at) = (row.id, row.updated_at, row.created_at, row.lifted_at);
    Ok(Record { id, closure: from_row(row)?, created_at, updated_at, lifted_at })
}

fn from_row(row: closure::Model) -> anyhow::Result<Closure> {
    let unreadable = || format!("closure {} is not readable", row.id);
    let target = || row.target.clone().with_context(unreadable);
    let scope = match &*row.scope {
        "clinics" => Scope::Clinics(target()?.split('\n').map(str::to_owned).collect()),
        "region" => Scope::Region(target()?),
        "state" => Scope::State(target()?),
        "circle" => {
            let at = row.lat.zip(row.lon).and_then(|(lat, lon)| Point::new(lat, lon).ok());
            let (centre, radius) = at.zip(row.radius_m).with_context(unreadable)?;
            Scope::Circle { centre, radius: Metres(radius) }
        }
        "all" => Scope::All,
        unknown => anyhow::bail!("closure {} is for \"{unknown}\", which this program does not know", row.id),
    };
    let windows = row.windows.split(',').filter(|text| !text.is_empty()).map(Window::parse).collect::<Result<_, _>>();
    Ok(Closure {
        scope,
        from: row.starts_on,
        to: row.ends_on,
        windows: windows.with_context(unreadable)?,
        note: row.note,
        note_es: row.note_es,
    })
}
