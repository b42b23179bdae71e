-- What the program does from time to time, and what came of it. Rows are made by the program for the tasks that it knows.
CREATE TABLE tasks (
    name TEXT PRIMARY KEY NOT NULL,
    enabled BOOLEAN NOT NULL DEFAULT TRUE,
    -- 'every 3600' (seconds) or 'daily 03:10' (the site's clock); NULL: as the program suggests
    schedule TEXT,
    next_run DATETIME NOT NULL,
    last_run DATETIME,
    -- milliseconds
    last_duration BIGINT,
    -- 'interrupted': the process ended while the task ran
    last_result TEXT CHECK (last_result IN ('ok', 'failed', 'interrupted')),
    -- of a task under way: since when, by which process, and when that process last said so
    running_since DATETIME,
    running_by TEXT,
    alive_at DATETIME,
    last_message TEXT
) WITHOUT ROWID;

-- How long runs are kept, where a server or a job differs from the rest of the site.
CREATE TABLE retention_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    server_id BIGINT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    -- NULL: all jobs of the server that have no rule of their own
    job_id BIGINT REFERENCES jobs (id) ON DELETE CASCADE,
    -- NULL: for ever
    keep_days BIGINT CHECK (keep_days > 0),
    -- so many runs are kept however old they are
    keep_last BIGINT NOT NULL CHECK (keep_last >= 0)
);
CREATE UNIQUE INDEX idx_retention_rules_server ON retention_rules (server_id) WHERE job_id IS NULL;
CREATE UNIQUE INDEX idx_retention_rules_job ON retention_rules (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX idx_retention_rules_server_id ON retention_rules (server_id);
