-- Times are fixed-width UTC text ('2026-11-23T22:06:37Z', 20 characters) set by the program's clock; the defaults only
-- serve hands at a prompt. Unknown numbers are NULL, never 0 or -1. Sizes are bytes, durations whole seconds.
-- Long texts stand last in their tables, so that reading the columns before them does not touch their pages.

CREATE TABLE servers (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    alias TEXT,
    notes TEXT,
    last_seen DATETIME,
    created_at DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    updated_at DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    -- A second machine with a name that was taken: the server whose name it is.
    same_name_as BIGINT REFERENCES servers (id) ON DELETE SET NULL,
    duplicati_version TEXT,
    operating_system TEXT,
    -- Reports came with this server's key from a machine that is known as another server.
    mismatch_machine TEXT,
    mismatch_server_id BIGINT REFERENCES servers (id) ON DELETE SET NULL,
    mismatch_at DATETIME
);
CREATE INDEX idx_servers_name ON servers (name);
CREATE INDEX idx_servers_same_name_as ON servers (same_name_as) WHERE same_name_as IS NOT NULL;
CREATE INDEX idx_servers_mismatch_server_id ON servers (mismatch_server_id) WHERE mismatch_server_id IS NOT NULL;

-- One server can have had several machine ids (a new container, a reinstall); one machine id is one server.
CREATE TABLE machine_ids (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    machine_id TEXT NOT NULL UNIQUE,
    server_id BIGINT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    machine_name TEXT,
    first_seen DATETIME NOT NULL,
    last_seen DATETIME NOT NULL
);
CREATE INDEX idx_machine_ids_server_id ON machine_ids (server_id);

-- A job and everything that lists show of it, kept up to date in the transaction of each report.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    server_id BIGINT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    backup_id TEXT,
    created_at DATETIME NOT NULL,
    run_count BIGINT NOT NULL DEFAULT 0,
    uploaded_total BIGINT NOT NULL DEFAULT 0,
    -- the run that began last
    last_run_id BIGINT,
    last_status TEXT,
    last_start DATETIME,
    last_report_at DATETIME,
    last_duration BIGINT,
    last_uploaded BIGINT,
    last_warnings BIGINT,
    last_incomplete BOOLEAN NOT NULL DEFAULT FALSE,
    failures BIGINT NOT NULL DEFAULT 0,
    failing_since DATETIME,
    -- the last run that left a version: its figures, since a failed run carries zeros
    last_success_at DATETIME,
    files_count BIGINT,
    files_size BIGINT,
    storage_size BIGINT,
    versions BIGINT,
    quota_total BIGINT,
    quota_free BIGINT,
    -- rhythm: usual distance in seconds, expected next run, and when that is late
    interval BIGINT,
    next_expected DATETIME,
    due_at DATETIME,
    -- up to 31 recent runs, oldest first: '<unix seconds><status letter>' joined by blanks
    recent TEXT NOT NULL DEFAULT '',
    last_headline TEXT,
    UNIQUE (server_id, name),
    -- what the runs of a job refer to
    UNIQUE (server_id, id)
);

CREATE TABLE backups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    server_id BIGINT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    backup_name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('success', 'warning', 'error', 'fatal', 'unknown')),
    start_time DATETIME NOT NULL,
    end_time DATETIME,
    duration BIGINT,
    files_count BIGINT,
    files_size BIGINT,
    storage_size BIGINT,
    uploaded_size BIGINT,
    created_at DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    job_id BIGINT NOT NULL,
    -- start_time came from the receiver's clock, because the report had none that can be true
    start_assumed BOOLEAN NOT NULL DEFAULT FALSE,
    -- what the sender's clock said, when it cannot be true (years before 2000, or the future)
    claimed_start DATETIME,
    versions BIGINT,
    warnings_count BIGINT,
    errors_count BIGINT,
    messages_count BIGINT,
    interrupted BOOLEAN NOT NULL DEFAULT FALSE,
    partial BOOLEAN NOT NULL DEFAULT FALSE,
    dry_run BOOLEAN NOT NULL DEFAULT FALSE,
    opened_files BIGINT,
    opened_size BIGINT,
    added_files BIGINT,
    added_size BIGINT,
    modified_files BIGINT,
    modified_size BIGINT,
    deleted_files BIGINT,
    added_folders BIGINT,
    modified_folders BIGINT,
    deleted_folders BIGINT,
    not_processed_files BIGINT,
    too_large_files BIGINT,
    files_with_error BIGINT,
    downloaded_size BIGINT,
    files_uploaded BIGINT,
    files_downloaded BIGINT,
    files_deleted BIGINT,
    retry_attempts BIGINT,
    storage_files BIGINT,
    unknown_files BIGINT,
    quota_total BIGINT,
    quota_free BIGINT,
    quota_assigned BIGINT,
    duplicati_version TEXT,
    destination_type TEXT,
    -- unix seconds of restorable versions, newest first, joined by blanks
    available_versions TEXT,
    -- first error or warning, shortened: what lists and problem cards say
    headline TEXT,
    exception TEXT,
    -- JSON array of log lines, at most 1,000 lines and 256 KiB; a tag that stood before is its number, counted from 0;
    -- the last element says what was left out
    messages TEXT,
    -- With the server, because a job's runs are found by idx_backups_server_id: deleting a job reads no other server's runs.
    FOREIGN KEY (server_id, job_id) REFERENCES jobs (server_id, id) ON DELETE CASCADE ON UPDATE CASCADE
);
-- What makes a run one run, by time first: new runs are appended to it, where each job would have a page of its own.
CREATE UNIQUE INDEX idx_backups_start_time ON backups (start_time, job_id);
CREATE INDEX idx_backups_status ON backups (status);
CREATE INDEX idx_backups_claimed ON backups (job_id, claimed_start) WHERE claimed_start IS NOT NULL;
-- By server, with all that lists of runs show, so that a list never walks the pages that hold the logs. The runs of one
-- job are found by it as well: each index more is one page more that a report writes (docs/adr/0012-index-by-server.md).
CREATE INDEX idx_backups_server_id ON backups (
    server_id, start_time, job_id, status, duration, files_count, files_size, storage_size, uploaded_size,
    versions, warnings_count, errors_count
);

-- Per-day totals of a job: always recomputed from the runs of that day, never added to. By day first: reports of many
-- jobs change the same few pages, the newest day's, instead of one page for each job.
CREATE TABLE job_days (
    day TEXT NOT NULL,
    job_id BIGINT NOT NULL,
    runs BIGINT NOT NULL,
    successes BIGINT NOT NULL,
    warnings BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    duration_sum BIGINT NOT NULL,
    duration_runs BIGINT NOT NULL,
    uploaded_size BIGINT NOT NULL,
    -- of the last good run of the day
    files_count BIGINT,
    files_size BIGINT,
    storage_size BIGINT,
    versions BIGINT,
    PRIMARY KEY (day, job_id)
) WITHOUT ROWID;

-- The same over all jobs. A report only marks its day as stale, because a sum over all jobs would be as much work as
-- the report itself; stale days are summed up when they are read, and stored from time to time. Every day of job_days
-- stands here, so that a job's days are found by it.
CREATE TABLE site_days (
    day TEXT PRIMARY KEY NOT NULL,
    runs BIGINT NOT NULL,
    successes BIGINT NOT NULL,
    warnings BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    uploaded_size BIGINT NOT NULL,
    stale BOOLEAN NOT NULL DEFAULT FALSE
) WITHOUT ROWID;

-- What a foreign key would do, which needs an index that starts with the job.
CREATE TRIGGER jobs_delete_days AFTER DELETE ON jobs BEGIN
    DELETE FROM job_days WHERE day IN (SELECT day FROM site_days) AND job_id = old.id;
END;

-- Restore, Test, Compact, Repair …: shown, never counted as a backup.
CREATE TABLE operations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    server_id BIGINT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    job_id BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    operation TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('success', 'warning', 'error', 'fatal', 'unknown')),
    start_time DATETIME NOT NULL,
    duration BIGINT,
    created_at DATETIME NOT NULL,
    details TEXT,
    messages TEXT
);
CREATE UNIQUE INDEX idx_operations_identity ON operations (job_id, operation, start_time);
CREATE INDEX idx_operations_server ON operations (server_id, start_time);

-- A run under way, from Duplicati's live status.
CREATE TABLE live_runs (
    job_id BIGINT PRIMARY KEY NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    operation TEXT NOT NULL,
    started_at DATETIME NOT NULL,
    reported_at DATETIME NOT NULL,
    phase TEXT,
    permille BIGINT
) WITHOUT ROWID;

-- What was received, zstd, with a retention of its own.
CREATE TABLE raw_reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    run_id BIGINT REFERENCES backups (id) ON DELETE CASCADE,
    operation_id BIGINT REFERENCES operations (id) ON DELETE CASCADE,
    received_at DATETIME NOT NULL,
    content_type TEXT,
    size BIGINT NOT NULL,
    cut BOOLEAN NOT NULL DEFAULT FALSE,
    body BLOB NOT NULL
);
CREATE INDEX idx_raw_reports_run_id ON raw_reports (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX idx_raw_reports_operation_id ON raw_reports (operation_id) WHERE operation_id IS NOT NULL;
CREATE INDEX idx_raw_reports_received_at ON raw_reports (received_at);

-- At most 200 rows; the same refusal from the same address is one row.
CREATE TABLE rejected_reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    http_status BIGINT NOT NULL,
    field TEXT,
    hint TEXT NOT NULL,
    first_at DATETIME NOT NULL,
    last_at DATETIME NOT NULL,
    count BIGINT NOT NULL,
    size BIGINT NOT NULL,
    sample TEXT NOT NULL
);
CREATE UNIQUE INDEX idx_rejected_reports_identity ON rejected_reports (source, reason);
CREATE INDEX idx_rejected_reports_last_at ON rejected_reports (last_at);

CREATE TABLE ingest_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- SHA-256 of the secret, hex: a random 256-bit secret needs no slow hash
    hash TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    server_id BIGINT REFERENCES servers (id) ON DELETE CASCADE,
    created_at DATETIME NOT NULL,
    last_used_at DATETIME,
    use_count BIGINT NOT NULL DEFAULT 0,
    revoked_at DATETIME,
    -- rotation: another key took this one's place, and this one works until then
    expires_at DATETIME,
    replaced_by BIGINT
);
CREATE INDEX idx_ingest_keys_server_id ON ingest_keys (server_id) WHERE server_id IS NOT NULL;

CREATE TABLE configuration (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    value TEXT,
    created_at DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    updated_at DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
);

CREATE TABLE notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    server_id BIGINT REFERENCES servers (id) ON DELETE CASCADE,
    backup_id BIGINT REFERENCES backups (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    message TEXT,
    sent_at DATETIME,
    created_at DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
);
CREATE INDEX idx_notifications_server_id ON notifications (server_id) WHERE server_id IS NOT NULL;
CREATE INDEX idx_notifications_backup_id ON notifications (backup_id) WHERE backup_id IS NOT NULL;
