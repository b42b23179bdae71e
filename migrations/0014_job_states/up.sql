-- The state of each job as it was judged last (src/noticing/): changed by a report in its own transaction, and by the evaluator
-- when `next_change_at` has come. Lists, counts and the headline read it and judge nothing.
CREATE TABLE job_states (
    job_id INTEGER PRIMARY KEY NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    verdict TEXT NOT NULL
        CHECK (verdict IN ('stuck', 'failed', 'late', 'check', 'stale', 'new', 'paused', 'ok')),
    -- since when it has this verdict
    since DATETIME NOT NULL,
    evaluated_at DATETIME NOT NULL,
    -- when time alone may change it
    next_change_at DATETIME,
    -- the slot whose good run is awaited, and when it makes the job late
    slot DATETIME,
    due DATETIME,
    -- the usual distance between two slots: seconds
    interval BIGINT,
    -- the incident that is open
    incident_id BIGINT,
    -- JSON: what is wrong and why, where the schedule comes from, its slots
    state TEXT NOT NULL
);
CREATE INDEX idx_job_states_next_change_at ON job_states (next_change_at) WHERE next_change_at IS NOT NULL;
CREATE INDEX idx_job_states_verdict ON job_states (verdict);

-- What the states are judged by: read and written by each report, never by lists.
CREATE TABLE job_facts (
    job_id INTEGER PRIMARY KEY NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    -- JSON of the last runs and what was learnt from them
    facts TEXT NOT NULL,
    -- JSON of what is set for the job, its server and the site; NULL: nothing
    settings TEXT,
    -- JSON: what a person closed, so that the same is not opened again
    dismissed TEXT
);

-- One is open per job at most. They stay when their job is deleted, with the names of then.
CREATE TABLE incidents (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    job_id BIGINT REFERENCES jobs (id) ON DELETE SET NULL,
    server_id BIGINT REFERENCES servers (id) ON DELETE SET NULL,
    server_name TEXT NOT NULL,
    job_name TEXT NOT NULL,
    opened_at DATETIME NOT NULL,
    -- since when something is wrong: before it was opened, if this program did not run
    since DATETIME NOT NULL,
    -- what it is about now, and was at its worst
    problem TEXT NOT NULL CHECK (problem IN ('stuck', 'failed', 'late', 'check', 'stale')),
    worst TEXT NOT NULL CHECK (worst IN ('stuck', 'failed', 'late', 'check', 'stale')),
    -- whether it was told that a job that failed is silent as well, or late
    silence_told BOOLEAN NOT NULL DEFAULT FALSE,
    -- JSON array of the checks that were found while it was open
    checks TEXT NOT NULL,
    acknowledged_by TEXT,
    snoozed_until DATETIME,
    closed_at DATETIME,
    -- 'good', 'paused', 'gone', 'person'
    closed_why TEXT
);
CREATE UNIQUE INDEX idx_incidents_open ON incidents (job_id) WHERE closed_at IS NULL AND job_id IS NOT NULL;
CREATE INDEX idx_incidents_job_id ON incidents (job_id, opened_at);
CREATE INDEX idx_incidents_server_id ON incidents (server_id, opened_at);
CREATE INDEX idx_incidents_opened_at ON incidents (opened_at);
CREATE INDEX idx_incidents_closed_at ON incidents (closed_at, opened_at);

-- The timeline of an incident. Rows are added, and never changed.
CREATE TABLE incident_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    incident_id BIGINT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    at DATETIME NOT NULL,
    -- 'opened', 'changed', 'silent', 'found', 'acknowledged', 'snoozed', 'woke', 'closed'
    event TEXT NOT NULL,
    -- JSON of the rest
    details TEXT NOT NULL,
    -- who did it; NULL: the program
    actor TEXT,
    -- the run whose report did it
    run_id BIGINT REFERENCES backups (id) ON DELETE SET NULL
);
CREATE INDEX idx_incident_events_incident_id ON incident_events (incident_id);
CREATE INDEX idx_incident_events_run_id ON incident_events (run_id) WHERE run_id IS NOT NULL;

-- When this program did not run. Until the end of a row is known, `until_at` is the last moment at which it ran.
CREATE TABLE downtimes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    from_at DATETIME NOT NULL,
    until_at DATETIME NOT NULL
);
CREATE INDEX idx_downtimes_until_at ON downtimes (until_at);

-- One row: the last moment at which the program is known to have run.
CREATE TABLE heartbeat (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    at DATETIME NOT NULL
);

-- What people set for the site (no server, no job), for a server, or for a job. NULL: as the next wider one says.
CREATE TABLE monitoring_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    server_id BIGINT REFERENCES servers (id) ON DELETE CASCADE,
    job_id BIGINT REFERENCES jobs (id) ON DELETE CASCADE,
    -- JSON: every so often, cron, or none
    schedule TEXT,
    schedule_zone TEXT,
    -- slots before it was set are none
    schedule_set_at DATETIME,
    -- 'server', 'desktop', 'laptop', 'archive', or JSON of so many seconds
    tolerance TEXT,
    time_zone TEXT,
    -- JSON array of checks that are switched off
    checks_off TEXT,
    CHECK (server_id IS NULL OR job_id IS NULL)
);
CREATE UNIQUE INDEX idx_monitoring_rules_server ON monitoring_rules (server_id) WHERE server_id IS NOT NULL;
CREATE UNIQUE INDEX idx_monitoring_rules_job ON monitoring_rules (job_id) WHERE job_id IS NOT NULL;

-- Nothing is expected of the site, a server or a job meanwhile.
CREATE TABLE pauses (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    server_id BIGINT REFERENCES servers (id) ON DELETE CASCADE,
    job_id BIGINT REFERENCES jobs (id) ON DELETE CASCADE,
    from_at DATETIME NOT NULL,
    -- NULL: until somebody resumes it
    until_at DATETIME,
    reason TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at DATETIME NOT NULL
);
CREATE INDEX idx_pauses_server_id ON pauses (server_id) WHERE server_id IS NOT NULL;
CREATE INDEX idx_pauses_job_id ON pauses (job_id) WHERE job_id IS NOT NULL;

-- Slots in a maintenance window are no slots.
CREATE TABLE maintenance_windows (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    server_id BIGINT REFERENCES servers (id) ON DELETE CASCADE,
    job_id BIGINT REFERENCES jobs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- JSON: once, or when it begins and how long it lasts
    spans TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at DATETIME NOT NULL
);
CREATE INDEX idx_maintenance_windows_server_id ON maintenance_windows (server_id) WHERE server_id IS NOT NULL;
CREATE INDEX idx_maintenance_windows_job_id ON maintenance_windows (job_id) WHERE job_id IS NOT NULL;

-- Kinds of warnings that are expected, of a job or everywhere.
CREATE TABLE accepted_warnings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    job_id BIGINT REFERENCES jobs (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    until_at DATETIME,
    created_by TEXT NOT NULL,
    created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX idx_accepted_warnings_identity ON accepted_warnings (coalesce(job_id, 0), kind);
CREATE INDEX idx_accepted_warnings_job_id ON accepted_warnings (job_id) WHERE job_id IS NOT NULL;

-- Archived: nothing is expected any more.
ALTER TABLE servers ADD COLUMN archived_at DATETIME;
ALTER TABLE jobs ADD COLUMN archived_at DATETIME;

-- When a run is expected is part of the state.
ALTER TABLE jobs DROP COLUMN interval;
ALTER TABLE jobs DROP COLUMN next_expected;
ALTER TABLE jobs DROP COLUMN due_at;
