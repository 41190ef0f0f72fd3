use sea_orm::DeriveValueType;

/// The database's key of a clinic; people use the code, links use the slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, DeriveValueType)]
pub struct ClinicId(pub i64);
