//! The database file: status, checks, clean-up, backups, restore, maintenance.

mod background;
mod backup;
mod check;
mod cleanup;
mod cleanup_plan;
mod dump;
mod export;
pub(super) mod integrity;
mod maintenance;
mod migrate;
mod repair;
mod restore;
pub(super) mod retention;
mod rule_preview;
mod salvage;
mod status;
pub(super) mod step_size;
pub(super) mod steps;
mod sweep;
mod uploaded_backup;

pub use background::{begin_cleanup, begin_upkeep, overview};
pub use backup::{Target, backup, backup_to_pass_on, backups, begin_backup, delete_backup, download};
pub use check::{foreign_keys, integrity, rebuild};
pub use cleanup::{clean_up_by_rules, cleanup};
pub use dump::{Text, reject_target, write_out, write_out_to};
pub use export::{Export, select};
pub use integrity::{check_integrity, follow_last_check, recheck};
pub use maintenance::{analyze, checkpoint, optimize, vacuum};
pub use migrate::{list_migrations, rehearse_migrations, run_migrations};
pub use repair::{BEYOND, repair};
pub use restore::{
    preview, preview_at_rest, preview_kept, record_restore, restore, restore_at_rest, restore_kept,
};
pub use retention::{clear_rule, rules, set_rule};
pub use rule_preview::{agreed_to_rule, preview_rule};
pub use salvage::salvage;
pub use status::{stats, status, tables};
pub use sweep::sweep;
pub use uploaded_backup::{
    UploadedBackup, UploadedBackups, WAITS, keep_upload, preview_upload, restore_upload,
};

#[cfg(test)]
mod backup_tests;
#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod maintenance_tests;
#[cfg(test)]
mod protected_runs_tests;
#[cfg(test)]
mod steps_tests;
#[cfg(test)]
mod tests;
