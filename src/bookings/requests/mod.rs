//! What clients send, and what of it is accepted. Members are optional here, so that every missing one is named at once.

mod booking;
mod fields;
mod hold;
mod staff;

pub use booking::BookingIn;
pub use hold::{HoldIn, RescheduleIn, Wanted};
pub use staff::{
    BlockIn, BookingPatch, CallIn, CallerIn, Change, SearchIn, Sought, StaffBookingIn, StaffHoldIn, StaffRescheduleIn,
};
