//! Codes of the trail in words. A code without words stands for itself: newer programs know more of them.

use crate::{locale::Locale, tr, ui::icon::Shape};

/// What was done; a code that ends in a dot is all of its kind.
pub(super) fn action_words(locale: Locale, code: &str) -> String {
    match code {
        "user.create_first" => tr!(locale, audit.action.user_create_first),
        "user.create" => tr!(locale, audit.action.user_create),
        "user.set_role" => tr!(locale, audit.action.user_set_role),
        "user.disable" => tr!(locale, audit.action.user_disable),
        "user.enable" => tr!(locale, audit.action.user_enable),
        "user.reset_password" => tr!(locale, audit.action.user_reset_password),
        "user.unlock" => tr!(locale, audit.action.user_unlock),
        "user.end_sessions" => tr!(locale, audit.action.user_end_sessions),
        "user.delete" => tr!(locale, audit.action.user_delete),
        "session.begin" => tr!(locale, audit.action.session_begin),
        "session.second_factor" => tr!(locale, audit.action.session_second_factor),
        "session.end" => tr!(locale, audit.action.session_end),
        "second_factor.begin" => tr!(locale, audit.action.second_factor_begin),
        "second_factor.on" => tr!(locale, audit.action.second_factor_on),
        "second_factor.off" => tr!(locale, audit.action.second_factor_off),
        "second_factor.renew_codes" => tr!(locale, audit.action.second_factor_renew_codes),
        "second_factor.use_recovery_code" => tr!(locale, audit.action.second_factor_use_recovery_code),
        "account.save_profile" => tr!(locale, audit.action.account_save_profile),
        "account.change_password" => tr!(locale, audit.action.account_change_password),
        "account.prove_code" => tr!(locale, audit.action.account_prove_code),
        "account.prove_password" => tr!(locale, audit.action.account_prove_password),
        "account.end_session" => tr!(locale, audit.action.account_end_session),
        "account.end_other_sessions" => tr!(locale, audit.action.account_end_other_sessions),
        "api_key.create" => tr!(locale, audit.action.api_key_create),
        "api_key.revoke" => tr!(locale, audit.action.api_key_revoke),
        "ingest_key.create" => tr!(locale, audit.action.ingest_key_create),
        "ingest_key.rotate" => tr!(locale, audit.action.ingest_key_rotate),
        "ingest_key.revoke" => tr!(locale, audit.action.ingest_key_revoke),
        "rejected.dismiss" => tr!(locale, audit.action.rejected_dismiss),
        "rejected.dismiss_all" => tr!(locale, audit.action.rejected_dismiss_all),
        "secret.rotate" => tr!(locale, audit.action.secret_rotate),
        "settings.change" => tr!(locale, audit.action.settings_change),
        "audit.export" => tr!(locale, audit.action.audit_export),
        "audit.expire" => tr!(locale, audit.action.audit_expire),
        "database.import" => tr!(locale, audit.action.database_import),
        "log.download" => tr!(locale, audit.action.log_download),
        "database.vacuum" => tr!(locale, audit.action.database_vacuum),
        "database.analyze" => tr!(locale, audit.action.database_analyze),
        "database.optimize" => tr!(locale, audit.action.database_optimize),
        "database.checkpoint" => tr!(locale, audit.action.database_checkpoint),
        "database.backup" => tr!(locale, audit.action.database_backup),
        "database.download" => tr!(locale, audit.action.database_download),
        "database.delete_backup" => tr!(locale, audit.action.database_delete_backup),
        "database.restore" => tr!(locale, audit.action.database_restore),
        "database.hide_secrets" => tr!(locale, audit.action.database_hide_secrets),
        "database.repair" => tr!(locale, audit.action.database_repair),
        "database.salvage" => tr!(locale, audit.action.database_salvage),
        "database.dump" => tr!(locale, audit.action.database_dump),
        "runs.export" => tr!(locale, audit.action.runs_export),
        "database.export" => tr!(locale, audit.action.database_export),
        "database.cleanup" => tr!(locale, audit.action.database_cleanup),
        "retention.change" => tr!(locale, audit.action.retention_change),
        "server.create" => tr!(locale, audit.action.server_create),
        "server.label" => tr!(locale, audit.action.server_label),
        "job.label" => tr!(locale, audit.action.job_label),
        "server.change" => tr!(locale, audit.action.server_change),
        "server.delete" => tr!(locale, audit.action.server_delete),
        "job.change" => tr!(locale, audit.action.job_change),
        "job.delete" => tr!(locale, audit.action.job_delete),
        "server.merge" => tr!(locale, audit.action.server_merge),
        "task.change" => tr!(locale, audit.action.task_change),
        "task.run" => tr!(locale, audit.action.task_run),
        "monitoring.set" => tr!(locale, audit.action.monitoring_set),
        "monitoring.pause" => tr!(locale, audit.action.monitoring_pause),
        "monitoring.resume" => tr!(locale, audit.action.monitoring_resume),
        "maintenance.add" => tr!(locale, audit.action.maintenance_add),
        "maintenance.delete" => tr!(locale, audit.action.maintenance_delete),
        "warning.accept" => tr!(locale, audit.action.warning_accept),
        "warning.withdraw" => tr!(locale, audit.action.warning_withdraw),
        "check.expect" => tr!(locale, audit.action.check_expect),
        "incident.acknowledge" => tr!(locale, audit.action.incident_acknowledge),
        "incident.snooze" => tr!(locale, audit.action.incident_snooze),
        "incident.close" => tr!(locale, audit.action.incident_close),
        code => match code.strip_suffix('.') {
            Some(group) => tr!(locale, audit.filters.all_of, group = group_words(locale, group)),
            // What the Node application noted, before its audit log was imported.
            None => match code.strip_prefix("node.") {
                Some(action) => tr!(locale, audit.action.node, action = action.replace('_', " ")),
                None => code.to_owned(),
            },
        },
    }
}

/// What actions of a kind are about.
pub(super) fn group_words(locale: Locale, group: &str) -> String {
    match group {
        "user" => tr!(locale, audit.group.user),
        "session" => tr!(locale, audit.group.session),
        "second_factor" => tr!(locale, audit.group.second_factor),
        "account" => tr!(locale, audit.group.account),
        "api_key" => tr!(locale, audit.group.api_key),
        "ingest_key" => tr!(locale, audit.group.ingest_key),
        "rejected" => tr!(locale, audit.group.rejected),
        "secret" => tr!(locale, audit.group.secret),
        "settings" => tr!(locale, audit.group.settings),
        "audit" => tr!(locale, audit.group.audit),
        "log" => tr!(locale, audit.group.log),
        "database" => tr!(locale, audit.group.database),
        "node" => tr!(locale, audit.group.node),
        "retention" => tr!(locale, audit.group.retention),
        "runs" => tr!(locale, audit.group.runs),
        "job" => tr!(locale, audit.group.job),
        "server" => tr!(locale, audit.group.server),
        "task" => tr!(locale, audit.group.task),
        "monitoring" => tr!(locale, audit.group.monitoring),
        "maintenance" => tr!(locale, audit.group.maintenance),
        "warning" => tr!(locale, audit.group.warning),
        "check" => tr!(locale, audit.group.check),
        "incident" => tr!(locale, audit.group.incident),
        group => group.to_owned(),
    }
}

/// What kind of actor.
pub(super) fn actor_words(locale: Locale, kind: &str) -> (String, Shape) {
    match kind {
        "user" => (tr!(locale, audit.actor.user), Shape::Person),
        "api_key" => (tr!(locale, audit.actor.api_key), Shape::Key),
        "ingest_key" => (tr!(locale, audit.actor.ingest_key), Shape::Key),
        "command_line" => (tr!(locale, audit.actor.command_line), Shape::Terminal),
        "system" => (tr!(locale, audit.actor.system), Shape::Screen),
        "anonymous" => (tr!(locale, audit.actor.anonymous), Shape::Question),
        kind => (kind.to_owned(), Shape::Circle),
    }
}

/// What kind of thing.
pub(super) fn target_words(locale: Locale, kind: &str) -> String {
    match kind {
        "user" => tr!(locale, audit.target.user),
        "api_key" => tr!(locale, audit.target.api_key),
        "ingest_key" => tr!(locale, audit.target.ingest_key),
        "file" => tr!(locale, audit.target.file),
        "rejected" => tr!(locale, audit.target.rejected),
        "server" => tr!(locale, audit.target.server),
        "job" => tr!(locale, audit.target.job),
        "task" => tr!(locale, audit.target.task),
        "incident" => tr!(locale, audit.target.incident),
        kind => kind.to_owned(),
    }
}
