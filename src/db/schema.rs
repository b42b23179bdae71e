//! The tables as diesel sees them: written by hand, compared with the migrations, column by column, by a test.

#![expect(missing_docs, reason = "the columns are explained in the migrations")]

diesel::table! {
    accepted_warnings (id) {
        id -> BigInt,
        job_id -> Nullable<BigInt>,
        kind -> Text,
        until_at -> Nullable<Text>,
        created_by -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    api_keys (id) {
        id -> BigInt,
        user_id -> BigInt,
        name -> Text,
        hash -> Text,
        prefix -> Text,
        scope -> Text,
        created_at -> Text,
        expires_at -> Nullable<Text>,
        last_used_at -> Nullable<Text>,
        last_address -> Nullable<Text>,
        revoked_at -> Nullable<Text>,
    }
}

diesel::table! {
    audit_log (id) {
        id -> BigInt,
        at -> Text,
        actor_kind -> Text,
        actor_id -> Nullable<BigInt>,
        actor_name -> Text,
        address -> Nullable<Text>,
        action -> Text,
        target_kind -> Nullable<Text>,
        target_id -> Nullable<BigInt>,
        target_name -> Nullable<Text>,
        success -> Bool,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
    }
}

diesel::table! {
    audit_repeats (since, actor_kind, actor_name, address, action, target_name) {
        since -> Text,
        actor_kind -> Text,
        actor_name -> Text,
        address -> Text,
        action -> Text,
        target_name -> Text,
        actor_id -> Nullable<BigInt>,
        target_kind -> Nullable<Text>,
        target_id -> Nullable<BigInt>,
        success -> Bool,
        seen -> BigInt,
        written -> BigInt,
        last_at -> Text,
    }
}

diesel::table! {
    backup_ids (id) {
        id -> BigInt,
        server_id -> BigInt,
        backup_id -> Text,
        machine_id -> Text,
        job_id -> BigInt,
    }
}

diesel::table! {
    backups (id) {
        id -> BigInt,
        server_id -> BigInt,
        backup_name -> Text,
        status -> Text,
        start_time -> Text,
        end_time -> Nullable<Text>,
        duration -> Nullable<BigInt>,
        files_count -> Nullable<BigInt>,
        files_size -> Nullable<BigInt>,
        storage_size -> Nullable<BigInt>,
        uploaded_size -> Nullable<BigInt>,
        created_at -> Text,
        job_id -> BigInt,
        start_assumed -> Bool,
        claimed_start -> Nullable<Text>,
        versions -> Nullable<BigInt>,
        warnings_count -> Nullable<BigInt>,
        errors_count -> Nullable<BigInt>,
        messages_count -> Nullable<BigInt>,
        interrupted -> Bool,
        partial -> Bool,
        dry_run -> Bool,
        opened_files -> Nullable<BigInt>,
        opened_size -> Nullable<BigInt>,
        added_files -> Nullable<BigInt>,
        added_size -> Nullable<BigInt>,
        modified_files -> Nullable<BigInt>,
        modified_size -> Nullable<BigInt>,
        deleted_files -> Nullable<BigInt>,
        added_folders -> Nullable<BigInt>,
        modified_folders -> Nullable<BigInt>,
        deleted_folders -> Nullable<BigInt>,
        not_processed_files -> Nullable<BigInt>,
        too_large_files -> Nullable<BigInt>,
        files_with_error -> Nullable<BigInt>,
        downloaded_size -> Nullable<BigInt>,
        files_uploaded -> Nullable<BigInt>,
        files_downloaded -> Nullable<BigInt>,
        files_deleted -> Nullable<BigInt>,
        retry_attempts -> Nullable<BigInt>,
        storage_files -> Nullable<BigInt>,
        unknown_files -> Nullable<BigInt>,
        quota_total -> Nullable<BigInt>,
        quota_free -> Nullable<BigInt>,
        quota_assigned -> Nullable<BigInt>,
        duplicati_version -> Nullable<Text>,
        destination_type -> Nullable<Text>,
        available_versions -> Nullable<Text>,
        headline -> Nullable<Text>,
        exception -> Nullable<Text>,
        messages -> Nullable<Text>,
        outcome -> Text,
        begin_text -> Nullable<Text>,
        delivery -> Nullable<BigInt>,
        reporting_warnings -> BigInt,
    }
}

diesel::table! {
    channels (id) {
        id -> BigInt,
        name -> Text,
        config -> Text,
        secrets -> Nullable<Text>,
        topics -> Text,
        is_enabled -> Bool,
        delay -> BigInt,
        allows_private -> Bool,
        delivered_at -> Nullable<Text>,
        failing_since -> Nullable<Text>,
        failure -> Nullable<Text>,
        created_by -> Text,
        created_at -> Text,
        tested -> Nullable<Text>,
        quiet -> Nullable<Text>,
        reminder -> Text,
        combine -> Text,
        combine_seconds -> BigInt,
    }
}

diesel::table! {
    configuration (id) {
        id -> BigInt,
        key -> Text,
        value -> Nullable<Text>,
        created_at -> Text,
        updated_at -> Text,
    }
}

diesel::table! {
    digests (id) {
        id -> BigInt,
        name -> Text,
        channel_id -> Nullable<BigInt>,
        group_name -> Nullable<Text>,
        every -> Text,
        second -> BigInt,
        weekday -> BigInt,
        month_day -> BigInt,
        time_zone -> Text,
        is_enabled -> Bool,
        covered_until -> Text,
        next_due_at -> Text,
        created_by -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    downtimes (id) {
        id -> BigInt,
        from_at -> Text,
        until_at -> Text,
    }
}

diesel::table! {
    heartbeat (id) {
        id -> BigInt,
        at -> Text,
    }
}

diesel::table! {
    incident_events (id) {
        id -> BigInt,
        incident_id -> BigInt,
        at -> Text,
        event -> Text,
        details -> Text,
        actor -> Nullable<Text>,
        run_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    incidents (id) {
        id -> BigInt,
        job_id -> Nullable<BigInt>,
        server_id -> Nullable<BigInt>,
        server_name -> Text,
        job_name -> Text,
        opened_at -> Text,
        since -> Text,
        problem -> Text,
        worst -> Text,
        silence_told -> Bool,
        checks -> Text,
        acknowledged_by -> Nullable<Text>,
        snoozed_until -> Nullable<Text>,
        closed_at -> Nullable<Text>,
        closed_why -> Nullable<Text>,
    }
}

diesel::table! {
    ingest_growth (day, sender) {
        day -> Text,
        sender -> Text,
        servers -> BigInt,
        jobs -> BigInt,
    }
}

diesel::table! {
    ingest_keys (id) {
        id -> BigInt,
        hash -> Text,
        prefix -> Text,
        server_id -> Nullable<BigInt>,
        created_at -> Text,
        last_used_at -> Nullable<Text>,
        use_count -> BigInt,
        revoked_at -> Nullable<Text>,
        expires_at -> Nullable<Text>,
        replaced_by -> Nullable<BigInt>,
        sender -> BigInt,
        redirected_at -> Nullable<Text>,
    }
}

diesel::table! {
    job_days (day, job_id) {
        day -> Text,
        job_id -> BigInt,
        runs -> BigInt,
        successes -> BigInt,
        warnings -> BigInt,
        failures -> BigInt,
        duration_sum -> BigInt,
        duration_runs -> BigInt,
        uploaded_size -> BigInt,
        files_count -> Nullable<BigInt>,
        files_size -> Nullable<BigInt>,
        storage_size -> Nullable<BigInt>,
        versions -> Nullable<BigInt>,
        incomplete -> BigInt,
    }
}

diesel::table! {
    job_facts (job_id) {
        job_id -> BigInt,
        facts -> Text,
        settings -> Nullable<Text>,
        dismissed -> Nullable<Text>,
    }
}

diesel::table! {
    job_states (job_id) {
        job_id -> BigInt,
        verdict -> Text,
        since -> Text,
        evaluated_at -> Text,
        next_change_at -> Nullable<Text>,
        slot -> Nullable<Text>,
        due -> Nullable<Text>,
        interval -> Nullable<BigInt>,
        incident_id -> Nullable<BigInt>,
        state -> Text,
        source -> Text,
    }
}

diesel::table! {
    job_tags (tag_id, job_id) {
        tag_id -> BigInt,
        job_id -> BigInt,
    }
}

diesel::table! {
    jobs (id) {
        id -> BigInt,
        server_id -> BigInt,
        name -> Text,
        backup_id -> Nullable<Text>,
        created_at -> Text,
        run_count -> BigInt,
        uploaded_total -> BigInt,
        last_run_id -> Nullable<BigInt>,
        last_status -> Nullable<Text>,
        last_start -> Nullable<Text>,
        last_report_at -> Nullable<Text>,
        last_duration -> Nullable<BigInt>,
        last_uploaded -> Nullable<BigInt>,
        last_warnings -> Nullable<BigInt>,
        failures -> BigInt,
        failing_since -> Nullable<Text>,
        last_success_at -> Nullable<Text>,
        files_count -> Nullable<BigInt>,
        files_size -> Nullable<BigInt>,
        storage_size -> Nullable<BigInt>,
        versions -> Nullable<BigInt>,
        quota_total -> Nullable<BigInt>,
        quota_free -> Nullable<BigInt>,
        recent -> Text,
        last_headline -> Nullable<Text>,
        last_outcome -> Nullable<Text>,
        last_checks -> Nullable<Text>,
        archived_at -> Nullable<Text>,
        alias -> Nullable<Text>,
        notes -> Nullable<Text>,
        rank -> Nullable<BigInt>,
        unreported -> Bool,
        schedule_source -> Text,
    }
}

diesel::table! {
    live_runs (job_id) {
        job_id -> BigInt,
        operation -> Text,
        started_at -> Text,
        reported_at -> Text,
        phase -> Nullable<Text>,
        permille -> Nullable<BigInt>,
        ended_at -> Nullable<Text>,
    }
}

diesel::table! {
    login_failures (account) {
        account -> Text,
        failures -> BigInt,
        last_at -> Text,
        blocked_until -> Nullable<Text>,
    }
}

diesel::table! {
    machine_ids (id) {
        id -> BigInt,
        machine_id -> Text,
        server_id -> BigInt,
        machine_name -> Nullable<Text>,
        first_seen -> Text,
        last_seen -> Text,
    }
}

diesel::table! {
    machine_names (id) {
        id -> BigInt,
        sender -> BigInt,
        name -> Text,
        server_id -> BigInt,
    }
}

diesel::table! {
    maintenance_windows (id) {
        id -> BigInt,
        server_id -> Nullable<BigInt>,
        job_id -> Nullable<BigInt>,
        name -> Text,
        spans -> Text,
        created_by -> Text,
        created_at -> Text,
        group_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    message_templates (id) {
        id -> BigInt,
        topic -> Text,
        channel_kind -> Text,
        title -> Text,
        body -> Text,
        changed_by -> Text,
        changed_at -> Text,
    }
}

diesel::table! {
    monitoring_rules (id) {
        id -> BigInt,
        server_id -> Nullable<BigInt>,
        job_id -> Nullable<BigInt>,
        schedule -> Nullable<Text>,
        schedule_zone -> Nullable<Text>,
        schedule_set_at -> Nullable<Text>,
        tolerance -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        checks_off -> Nullable<Text>,
        group_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    notification_rule_channels (rule_id, channel_id, is_escalation) {
        rule_id -> BigInt,
        channel_id -> BigInt,
        is_escalation -> Bool,
    }
}

diesel::table! {
    notification_rules (id) {
        id -> BigInt,
        group_key -> Nullable<Text>,
        tag_key -> Nullable<Text>,
        server_id -> Nullable<BigInt>,
        job_id -> Nullable<BigInt>,
        topics -> Text,
        is_nobody -> Bool,
        delay -> Nullable<BigInt>,
        reminder -> Nullable<Text>,
        escalate_after -> Nullable<BigInt>,
        created_by -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    notifications (id) {
        id -> BigInt,
        server_id -> Nullable<BigInt>,
        backup_id -> Nullable<BigInt>,
        #[sql_name = "type"]
        kind -> Text,
        status -> Text,
        message -> Nullable<Text>,
        sent_at -> Nullable<Text>,
        created_at -> Text,
        channel_id -> Nullable<BigInt>,
        channel_name -> Nullable<Text>,
        incident_id -> Nullable<BigInt>,
        dedupe_key -> Nullable<Text>,
        message_id -> Nullable<BigInt>,
        attempts -> BigInt,
        next_attempt_at -> Nullable<Text>,
        leased_until -> Nullable<Text>,
        answer -> Nullable<Text>,
        purpose -> Text,
        reason -> Nullable<Text>,
        link_used_at -> Nullable<Text>,
        digest_id -> Nullable<BigInt>,
        period_from -> Nullable<Text>,
        period_until -> Nullable<Text>,
        problem_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    operations (id) {
        id -> BigInt,
        server_id -> BigInt,
        job_id -> BigInt,
        operation -> Text,
        status -> Text,
        start_time -> Text,
        duration -> Nullable<BigInt>,
        created_at -> Text,
        details -> Nullable<Text>,
        messages -> Nullable<Text>,
        begin_text -> Nullable<Text>,
        start_assumed -> Bool,
        interrupted -> Bool,
        warnings_count -> Nullable<BigInt>,
        errors_count -> Nullable<BigInt>,
        headline -> Nullable<Text>,
    }
}

diesel::table! {
    pauses (id) {
        id -> BigInt,
        server_id -> Nullable<BigInt>,
        job_id -> Nullable<BigInt>,
        from_at -> Text,
        until_at -> Nullable<Text>,
        reason -> Text,
        created_by -> Text,
        created_at -> Text,
        group_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    raw_reports (id) {
        id -> BigInt,
        run_id -> Nullable<BigInt>,
        operation_id -> Nullable<BigInt>,
        received_at -> Text,
        content_type -> Nullable<Text>,
        size -> BigInt,
        cut -> Bool,
        body -> Binary,
    }
}

diesel::table! {
    recovery_codes (id) {
        id -> BigInt,
        user_id -> BigInt,
        hash -> Text,
        used_at -> Nullable<Text>,
    }
}

diesel::table! {
    rejected_reports (id) {
        id -> BigInt,
        reason -> Text,
        source -> Text,
        http_status -> BigInt,
        field -> Nullable<Text>,
        hint -> Text,
        first_at -> Text,
        last_at -> Text,
        count -> BigInt,
        size -> BigInt,
        sample -> Text,
        machine -> Nullable<Text>,
        job -> Nullable<Text>,
    }
}

diesel::table! {
    retention_rules (id) {
        id -> BigInt,
        server_id -> BigInt,
        job_id -> Nullable<BigInt>,
        keep_days -> Nullable<BigInt>,
        keep_last -> BigInt,
    }
}

diesel::table! {
    scope_totals (id) {
        id -> BigInt,
        stuck_jobs -> BigInt,
        failed_jobs -> BigInt,
        late_jobs -> BigInt,
        check_jobs -> BigInt,
        stale_jobs -> BigInt,
        new_jobs -> BigInt,
        paused_jobs -> BigInt,
        ok_jobs -> BigInt,
        unreported_jobs -> BigInt,
        runs -> BigInt,
        versions -> BigInt,
        uploaded_high -> BigInt,
        uploaded_low -> BigInt,
        source_high -> BigInt,
        source_low -> BigInt,
        stored_high -> BigInt,
        stored_low -> BigInt,
    }
}

diesel::table! {
    server_groups (id) {
        id -> BigInt,
        name -> Text,
        name_key -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    server_search (server_id) {
        server_id -> BigInt,
        names -> Text,
        all_names -> Text,
    }
}

diesel::table! {
    server_tags (tag_id, server_id) {
        tag_id -> BigInt,
        server_id -> BigInt,
    }
}

diesel::table! {
    servers (id) {
        id -> BigInt,
        name -> Text,
        alias -> Nullable<Text>,
        notes -> Nullable<Text>,
        last_seen -> Nullable<Text>,
        created_at -> Text,
        updated_at -> Text,
        same_name_as -> Nullable<BigInt>,
        duplicati_version -> Nullable<Text>,
        operating_system -> Nullable<Text>,
        mismatch_machine -> Nullable<Text>,
        mismatch_server_id -> Nullable<BigInt>,
        mismatch_at -> Nullable<Text>,
        archived_at -> Nullable<Text>,
        group_id -> Nullable<BigInt>,
        worst -> BigInt,
        verdicts -> BigInt,
        duplicati_url -> Nullable<Text>,
        group_since -> Nullable<Text>,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        hash -> Text,
        user_id -> BigInt,
        stage -> Text,
        created_at -> Text,
        last_seen_at -> Text,
        expires_at -> Text,
        address -> Text,
        device -> Text,
        proven_at -> Nullable<Text>,
    }
}

diesel::table! {
    shared_links (id) {
        id -> BigInt,
        kind -> Text,
        group_id -> Nullable<BigInt>,
        server_id -> Nullable<BigInt>,
        job_id -> Nullable<BigInt>,
        nonce -> Text,
        name -> Nullable<Text>,
        title -> Text,
        fields -> Text,
        created_by -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    site_days (day) {
        day -> Text,
        runs -> BigInt,
        successes -> BigInt,
        warnings -> BigInt,
        failures -> BigInt,
        uploaded_size -> BigInt,
        stale -> Bool,
        incomplete -> BigInt,
    }
}

diesel::table! {
    system_problems (id) {
        id -> BigInt,
        problem_key -> Text,
        name -> Text,
        state -> Text,
        detail -> Text,
        since -> Text,
        ended_at -> Nullable<Text>,
    }
}

diesel::table! {
    tags (id) {
        id -> BigInt,
        name -> Text,
        name_key -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    tasks (name) {
        name -> Text,
        enabled -> Bool,
        schedule -> Nullable<Text>,
        next_run -> Text,
        last_run -> Nullable<Text>,
        last_duration -> Nullable<BigInt>,
        last_result -> Nullable<Text>,
        running_since -> Nullable<Text>,
        running_by -> Nullable<Text>,
        alive_at -> Nullable<Text>,
        last_message -> Nullable<Text>,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        name -> Text,
        display_name -> Nullable<Text>,
        email -> Nullable<Text>,
        role -> Text,
        password_hash -> Nullable<Text>,
        password_changed_at -> Nullable<Text>,
        password_temporary -> Bool,
        totp_secret -> Nullable<Text>,
        totp_confirmed_at -> Nullable<Text>,
        totp_last_step -> Nullable<BigInt>,
        language -> Nullable<Text>,
        theme -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        date_format -> Nullable<Text>,
        created_at -> Text,
        updated_at -> Text,
        last_login_at -> Nullable<Text>,
        disabled_at -> Nullable<Text>,
    }
}

diesel::joinable!(accepted_warnings -> jobs (job_id));
diesel::joinable!(api_keys -> users (user_id));
diesel::joinable!(backup_ids -> jobs (job_id));
diesel::joinable!(backups -> jobs (job_id));
diesel::joinable!(backups -> servers (server_id));
diesel::joinable!(digests -> channels (channel_id));
diesel::joinable!(incident_events -> incidents (incident_id));
diesel::joinable!(incidents -> jobs (job_id));
diesel::joinable!(incidents -> servers (server_id));
diesel::joinable!(ingest_keys -> servers (server_id));
diesel::joinable!(job_facts -> jobs (job_id));
diesel::joinable!(job_states -> jobs (job_id));
diesel::joinable!(job_tags -> jobs (job_id));
diesel::joinable!(job_tags -> tags (tag_id));
diesel::joinable!(jobs -> servers (server_id));
diesel::joinable!(live_runs -> jobs (job_id));
diesel::joinable!(machine_ids -> servers (server_id));
diesel::joinable!(machine_names -> servers (server_id));
diesel::joinable!(maintenance_windows -> jobs (job_id));
diesel::joinable!(maintenance_windows -> server_groups (group_id));
diesel::joinable!(maintenance_windows -> servers (server_id));
diesel::joinable!(monitoring_rules -> jobs (job_id));
diesel::joinable!(monitoring_rules -> server_groups (group_id));
diesel::joinable!(monitoring_rules -> servers (server_id));
diesel::joinable!(notification_rule_channels -> channels (channel_id));
diesel::joinable!(notification_rule_channels -> notification_rules (rule_id));
diesel::joinable!(notification_rules -> jobs (job_id));
diesel::joinable!(notification_rules -> servers (server_id));
diesel::joinable!(notifications -> backups (backup_id));
diesel::joinable!(notifications -> channels (channel_id));
diesel::joinable!(notifications -> digests (digest_id));
diesel::joinable!(notifications -> incidents (incident_id));
diesel::joinable!(notifications -> servers (server_id));
diesel::joinable!(notifications -> system_problems (problem_id));
diesel::joinable!(operations -> jobs (job_id));
diesel::joinable!(operations -> servers (server_id));
diesel::joinable!(pauses -> jobs (job_id));
diesel::joinable!(pauses -> server_groups (group_id));
diesel::joinable!(pauses -> servers (server_id));
diesel::joinable!(raw_reports -> backups (run_id));
diesel::joinable!(raw_reports -> operations (operation_id));
diesel::joinable!(recovery_codes -> users (user_id));
diesel::joinable!(retention_rules -> jobs (job_id));
diesel::joinable!(retention_rules -> servers (server_id));
diesel::joinable!(server_search -> servers (server_id));
diesel::joinable!(server_tags -> servers (server_id));
diesel::joinable!(server_tags -> tags (tag_id));
diesel::joinable!(servers -> server_groups (group_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(shared_links -> jobs (job_id));
diesel::joinable!(shared_links -> server_groups (group_id));
diesel::joinable!(shared_links -> servers (server_id));

diesel::allow_tables_to_appear_in_same_query!(
    accepted_warnings,
    api_keys,
    audit_log,
    audit_repeats,
    backup_ids,
    backups,
    channels,
    configuration,
    digests,
    downtimes,
    heartbeat,
    incident_events,
    incidents,
    ingest_growth,
    ingest_keys,
    job_days,
    job_facts,
    job_states,
    job_tags,
    jobs,
    live_runs,
    login_failures,
    machine_ids,
    machine_names,
    maintenance_windows,
    message_templates,
    monitoring_rules,
    notification_rule_channels,
    notification_rules,
    notifications,
    operations,
    pauses,
    raw_reports,
    recovery_codes,
    rejected_reports,
    retention_rules,
    scope_totals,
    server_groups,
    server_search,
    server_tags,
    servers,
    sessions,
    shared_links,
    site_days,
    system_problems,
    tags,
    tasks,
    users,
);
