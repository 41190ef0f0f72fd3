use super::closures::{ShownClosure, closure as shown, own};
use crate::accounts::Actor;
use crate::bookings::alternatives::{Replacements, replacements};
use crate::bookings::amend::{self, ClosureChange, Seen};
use crate::bookings::close::{self, CloseRequest};
use crate::bookings::error::BookingError;
use crate::bookings::find;
use crate::bookings::idempotency::RequestKey;
use crate::bookings::refusal::Refusal;
use crate::bookings::see::see;
use crate::bookings::state::BookingState;
use crate::bookings::visit::Visit;
use crate::bookings::work::Over;
use crate::clinics::closures::{Closure, Scope};
use crate::error::FieldErrors;

/// So many of the visits in the way are shown; all are counted.
const MOST_SHOWN: usize = 100;

/// What a closure would do to visits that nobody has looked at yet (rule B16).
#[derive(Debug)]
pub struct InTheWay {
    /// The first of them, each with what it can have instead.
    pub visits: Vec<(Visit, Option<Replacements>)>,
    /// How many would lose their time.
    pub visitors: usize,
    /// How many clinics it is about.
    pub clinics: usize,
}

/// Closes clinics. Visits in the way come with the refusal until the account confirms that it has seen them.
///
/// # Errors
/// It lies in the past, names clinics that are not there, or has visits in the way.
pub async fn close(
    state: &BookingState,
    actor: &Actor,
    closure: &Closure,
    confirm: bool,
    key: Option<&RequestKey>,
) -> Result<ShownClosure, Refusal> {
    state.directory.catch_up().await?;
    if closure.is_over(state.now()) {
        return Err(FieldErrors::one("to", "invalid_value", "lies in the past").into());
    }
    known_codes(state, closure, actor)?;
    let request = CloseRequest { closure, over: over(confirm), actor };
    match close::close(state, &request, key).await {
        Ok(closed) => shown(state, actor, closed.id).await,
        Err(error) => Err(with_visits(state, actor, closure, error).await?),
    }
}

/// Changes a closure, with visits that it newly hits as in [`close()`].
///
/// # Errors
/// It is no business of the account, lifted or was changed since it was seen, or has visits in the way.
pub async fn amend_closure(
    state: &BookingState,
    seen: Seen<'_>,
    change: &ClosureChange,
    confirm: bool,
) -> Result<ShownClosure, Refusal> {
    let standing = own(state, seen.actor, seen.id).await?.record.closure;
    match amend::amend_closure(state, seen, change, over(confirm)).await {
        Ok(closed) => shown(state, seen.actor, closed.id).await,
        Err(error) => Err(with_visits(state, seen.actor, &change.applied_to(&standing), error).await?),
    }
}

/// Lifts a closure: every time that it took is offered again.
///
/// # Errors
/// It is no business of the account, lifted already, or was changed since it was seen.
pub async fn lift_closure(state: &BookingState, seen: Seen<'_>) -> Result<(), Refusal> {
    own(state, seen.actor, seen.id).await?;
    Ok(amend::lift_closure(state, seen).await?)
}

async fn with_visits(
    state: &BookingState,
    actor: &Actor,
    closure: &Closure,
    error: BookingError,
) -> Result<Refusal, BookingError> {
    let BookingError::NeedsConfirm(ids) = &error else { return Ok(error.into()) };
    let rows = find::some(&state.db, &actor.scope, ids, MOST_SHOWN).await?;
    see(state, actor, &rows.iter().collect::<Vec<_>>())?;
    let (snapshot, now) = (state.directory.snapshot(), state.now());
    let shown = rows.into_iter().filter_map(|row| {
        let instead = replacements(&snapshot, &row, Some(closure), now);
        Some((Visit::of(state, row).ok()?, instead))
    });
    let found = InTheWay {
        visits: shown.collect(),
        visitors: ids.len(),
        clinics: close::covered(&snapshot, closure, &actor.scope).map_or(0, |covered| covered.len()),
    };
    Ok(Refusal { in_the_way: Some(found), ..error.into() })
}

/// Each code names a clinic of the scope.
fn known_codes(state: &BookingState, closure: &Closure, actor: &Actor) -> Result<(), FieldErrors> {
    let Scope::Clinics(codes) = &closure.scope else { return Ok(()) };
    let (snapshot, mut errors) = (state.directory.snapshot(), FieldErrors::default());
    for (i, code) in codes.iter().enumerate() {
        if snapshot.by_code(code).is_none_or(|entry| !entry.is_in(&actor.scope)) {
            let detail = "there is no clinic with this code in the scope of this account";
            errors.push(&format!("scope.clinics[{i}]"), "clinic_unknown", detail);
        }
    }
    errors.or(())
}

fn over(confirm: bool) -> Over<'static> {
    if confirm { Over::All } else { Over::NONE }
}
