//! Looking after the database file.

mod backup;
mod begin;
mod check;
mod cleanup;
mod cleanup_plan;
pub(super) mod damaged;
mod export;
mod migrate;
pub(super) mod pace;
mod repair;
mod restore;
pub(super) mod retention;
mod salvage;
mod status;
pub(super) mod steps;
mod sweep;
mod upkeep;
mod uploaded;
mod write_out;

pub use backup::{Target, backup, backup_to_pass_on, backups, begin_backup, delete_backup, download};
pub use begin::{begin_cleanup, begin_upkeep, overview};
pub use check::{foreign_keys, integrity, rebuild};
pub use cleanup::{agreed_to_rule, clean_up_by_rules, cleanup, preview_rule};
pub use damaged::{check_integrity, follow_last_check, look_again};
pub use export::{Export, select};
pub use migrate::{list_migrations, rehearse_migrations, run_migrations};
pub use repair::{BEYOND, repair};
pub use restore::{
    preview, preview_at_rest, preview_kept, record_restore, restore, restore_at_rest, restore_kept,
};
pub use retention::{clear_rule, rules, set_rule};
pub use salvage::salvage;
pub use status::{stats, status, tables};
pub use sweep::sweep;
pub use upkeep::{analyze, checkpoint, optimize, vacuum};
pub use uploaded::{Sent, Uploads, WAITS, keep_upload, preview_upload, restore_upload};
pub use write_out::{Text, refuse_target, write_out, write_out_to};

#[cfg(test)]
mod backup_tests;
#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod must_stay_tests;
#[cfg(test)]
mod steps_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod upkeep_tests;
