//! Debug for what holds personal data: a value that reaches a log by mistake says what it is, and not whose.

/// Writes `Name { .. }` for each of the types.
macro_rules! reticent {
    ($($name:ident),+ $(,)?) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}

pub(super) use reticent;
