use anyhow::Context;
use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
};

use super::{Closure, Scope};
use crate::clinics::hours::Window;
use crate::entities::closure;
use crate::geo::{Metres, Point};

/// Closures that are not lifted and not over anywhere on earth, the oldest first.
///
/// # Errors
/// When the database cannot be read, or holds a closure that this program does not understand.
pub async fn current(db: &impl ConnectionTrait, now: DateTime<Utc>) -> anyhow::Result<Vec<Closure>> {
    let yesterday = now.date_naive() - Days::new(1);
    let rows = closure::Entity::find()
        .filter(closure::Column::LiftedAt.is_null())
        .filter(closure::Column::EndsOn.gte(yesterday))
        .order_by_asc(closure::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(from_row).collect()
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
    let windows: Vec<String> = closure.windows.iter().map(ToString::to_string).collect();
    let row = closure::ActiveModel {
        id: NotSet,
        scope: Set(scope.to_owned()),
        target: Set(target),
        lat: Set(circle.map(|(centre, _)| centre.lat())),
        lon: Set(circle.map(|(centre, _)| centre.lon())),
        radius_m: Set(circle.map(|(_, radius)| radius.0)),
        starts_on: Set(closure.from),
        ends_on: Set(closure.to),
        windows: Set(windows.join(",")),
        note: Set(closure.note.clone()),
        note_es: Set(closure.note_es.clone()),
        created_at: Set(now),
        updated_at: Set(now),
        lifted_at: Set(None),
    };
    Ok(row.insert(db).await?.id)
}

/// Ends a closure after `last`, or lifts it altogether; false when there is none, or it is lifted already. The caller
/// raises the data version in the same transaction.
///
/// # Errors
/// When the database refuses.
pub async fn end(
    db: &impl ConnectionTrait,
    id: i64,
    last: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let mut change = closure::ActiveModel { updated_at: Set(now), ..Default::default() };
    match last {
        Some(last) => change.ends_on = Set(last),
        None => change.lifted_at = Set(Some(now)),
    }
    let mut update = closure::Entity::update_many()
        .set(change)
        .filter(closure::Column::Id.eq(id))
        .filter(closure::Column::LiftedAt.is_null());
    if let Some(last) = last {
        update = update.filter(closure::Column::StartsOn.lte(last)).filter(closure::Column::EndsOn.gte(last));
    }
    Ok(update.exec(db).await?.rows_affected == 1)
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
