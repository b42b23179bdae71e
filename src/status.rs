//! What Duplicati said about a run. Never overwritten by what we conclude ([`crate::verdict`]).

pub use crate::report::Status;
