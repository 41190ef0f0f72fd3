//! What clients send, and what of it is accepted. Members are optional here, so that every missing one is named at once.

mod block;
mod booking;
mod call;
mod caller;
mod fields;
mod hold;
mod reason;
mod rebooking;
mod staff;

pub use block::{BlockAsked, BlockIn};
pub use booking::{BookingIn, ConsentIn};
pub use call::{CallAsked, CallIn};
pub use caller::{CallerIn, SearchIn, Sought};
pub use hold::{HoldAsked, HoldIn, RescheduleIn, Wanted};
pub use reason::FieldReason;
pub use rebooking::RebookingQuery;
pub use staff::{BookingAsked, BookingPatch, Change, RescheduleAsked, StaffBookingIn, StaffHoldIn, StaffRescheduleIn};

/// The fields that a parser refused, in their order.
#[cfg(test)]
fn refused_fields<T>(outcome: Result<T, crate::error::FieldErrors>) -> String {
    let Err(errors) = outcome else { return String::new() };
    errors.iter().map(|error| error.field.clone()).collect::<Vec<_>>().join(",")
}
