//! Care of the file as a whole: checks, repair, salvage, restore, dumps, exports, sizes. Uses [`engine`](super::engine) and
//! [`tables`](super::tables); neither uses this module.

pub(in crate::db) mod carry_over;
pub mod derived;
pub mod dump;
pub mod export;
pub mod health;
mod impossible_rows;
pub mod invariants;
pub mod maintenance;
pub mod orphans;
pub mod own_secrets;
pub mod repair;
pub(in crate::db) mod reread;
pub mod restore;
pub mod restore_candidate;
pub mod restore_losses;
pub mod row_repair;
pub(in crate::db) mod row_validation;
pub mod salvage;
pub mod sizes;
