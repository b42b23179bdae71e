//! The status that Duplicati reported for a run. It is never overwritten by our own conclusion
//! ([`crate::verdict`]).

pub use crate::report::Status;
