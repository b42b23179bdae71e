-- What people call a job, shown in place of its name. Reports find it by its ids and its name, as before.
ALTER TABLE jobs ADD COLUMN alias TEXT;
-- What people have to know of a job.
ALTER TABLE jobs ADD COLUMN notes TEXT;

-- Groups and tags, and what lists of servers and jobs are sorted, filtered and summed up by, so that a page reads what it shows
-- and not all jobs (ADR 33).

-- A customer, a site: a server is in one or in none.
CREATE TABLE server_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    -- the name in lower case: by which it is found
    name_key TEXT NOT NULL UNIQUE,
    created_at DATETIME NOT NULL
);

CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    created_at DATETIME NOT NULL
);

-- A tag of a server is one of each of its jobs.
CREATE TABLE server_tags (
    tag_id BIGINT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    server_id BIGINT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    PRIMARY KEY (tag_id, server_id)
) WITHOUT ROWID;
CREATE INDEX idx_server_tags_server_id ON server_tags (server_id);

CREATE TABLE job_tags (
    tag_id BIGINT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    job_id BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    PRIMARY KEY (tag_id, job_id)
) WITHOUT ROWID;
CREATE INDEX idx_job_tags_job_id ON job_tags (job_id);

ALTER TABLE servers ADD COLUMN group_id BIGINT REFERENCES server_groups (id) ON DELETE SET NULL;

-- The place of the job's verdict in lists, worst first: 0 stuck, 1 failed, 2 late, 3 check, 4 stale, 5 new, 6 paused, 7 ok. NULL: it is
-- in no list, because it never sent a backup and sends something else.
ALTER TABLE jobs ADD COLUMN rank BIGINT DEFAULT 5;
-- whether no report of a backup ever came
ALTER TABLE jobs ADD COLUMN unreported BOOLEAN NOT NULL DEFAULT TRUE;

-- The lowest rank of the server's jobs; 7 without jobs.
ALTER TABLE servers ADD COLUMN worst BIGINT NOT NULL DEFAULT 7;
-- A bit for each rank that one of its jobs has; and 256: it has no job, or one without a report.
ALTER TABLE servers ADD COLUMN verdicts BIGINT NOT NULL DEFAULT 256;

-- By what servers are found: names in lower case (of ASCII).
CREATE TABLE server_search (
    server_id INTEGER PRIMARY KEY NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    -- its name and alias
    names TEXT NOT NULL,
    -- the same, and the names of its jobs
    all_names TEXT NOT NULL
);

-- Sums over the jobs of the site, of a group, and of a tag. Sizes are numbers of 4 GiB and what is left of each job, so that no
-- sum can be too large.
CREATE TABLE scope_totals (
    -- 0 is the site. A tag has its own number, and a group its own with a minus.
    id INTEGER PRIMARY KEY NOT NULL,
    stuck_jobs BIGINT NOT NULL DEFAULT 0,
    failed_jobs BIGINT NOT NULL DEFAULT 0,
    late_jobs BIGINT NOT NULL DEFAULT 0,
    check_jobs BIGINT NOT NULL DEFAULT 0,
    stale_jobs BIGINT NOT NULL DEFAULT 0,
    new_jobs BIGINT NOT NULL DEFAULT 0,
    paused_jobs BIGINT NOT NULL DEFAULT 0,
    ok_jobs BIGINT NOT NULL DEFAULT 0,
    unreported_jobs BIGINT NOT NULL DEFAULT 0,
    runs BIGINT NOT NULL DEFAULT 0,
    versions BIGINT NOT NULL DEFAULT 0,
    uploaded_high BIGINT NOT NULL DEFAULT 0,
    uploaded_low BIGINT NOT NULL DEFAULT 0,
    source_high BIGINT NOT NULL DEFAULT 0,
    source_low BIGINT NOT NULL DEFAULT 0,
    stored_high BIGINT NOT NULL DEFAULT 0,
    stored_low BIGINT NOT NULL DEFAULT 0
);

-- What is there already.
UPDATE jobs SET unreported = last_report_at IS NULL, rank = CASE
    WHEN run_count = 0 AND EXISTS (SELECT 1 FROM operations WHERE operations.job_id = jobs.id)
        AND NOT EXISTS (SELECT 1 FROM live_runs WHERE live_runs.job_id = jobs.id) THEN NULL
    ELSE coalesce((
        SELECT CASE verdict WHEN 'stuck' THEN 0 WHEN 'failed' THEN 1 WHEN 'late' THEN 2 WHEN 'check' THEN 3 WHEN 'stale' THEN 4
            WHEN 'new' THEN 5 WHEN 'paused' THEN 6 WHEN 'ok' THEN 7 END
        FROM job_states WHERE job_states.job_id = jobs.id
    ), 5) END;
CREATE INDEX idx_jobs_listed ON jobs (server_id, rank, unreported);
UPDATE servers SET
    worst = coalesce((SELECT min(rank) FROM jobs WHERE server_id = servers.id AND rank IS NOT NULL), 7),
    verdicts = coalesce((
        SELECT sum(DISTINCT 1 << rank) + 256 * max(unreported) FROM jobs WHERE server_id = servers.id AND rank IS NOT NULL
    ), 256);
INSERT INTO server_search (server_id, names, all_names)
    SELECT id, lower(name || char(10) || coalesce(alias, '')), lower(name || char(10) || coalesce(alias, '')) || char(10)
        || coalesce((SELECT group_concat(lower(jobs.name), char(10)) FROM jobs WHERE jobs.server_id = servers.id), '')
    FROM servers;
INSERT INTO scope_totals
    SELECT 0, count(CASE rank WHEN 0 THEN 1 END),
        count(CASE rank WHEN 1 THEN 1 END),
        count(CASE rank WHEN 2 THEN 1 END),
        count(CASE rank WHEN 3 THEN 1 END),
        count(CASE rank WHEN 4 THEN 1 END),
        count(CASE rank WHEN 5 THEN 1 END),
        count(CASE rank WHEN 6 THEN 1 END),
        count(CASE rank WHEN 7 THEN 1 END),
        count(CASE WHEN rank IS NOT NULL AND unreported THEN 1 END),
        coalesce(sum(run_count), 0),
        coalesce(sum(min(coalesce(versions, 0), 1000000000000)), 0),
        coalesce(sum(uploaded_total >> 32), 0),
        coalesce(sum(uploaded_total & 4294967295), 0),
        coalesce(sum(coalesce(files_size, 0) >> 32), 0),
        coalesce(sum(coalesce(files_size, 0) & 4294967295), 0),
        coalesce(sum(coalesce(storage_size, 0) >> 32), 0),
        coalesce(sum(coalesce(storage_size, 0) & 4294967295), 0)
    FROM jobs;

-- Problems, the worst first, and among those the one that waits longest for a good run.
CREATE INDEX idx_jobs_problems ON jobs (rank, last_success_at) WHERE rank < 5;
CREATE INDEX idx_servers_worst
    ON servers (worst, lower(coalesce(nullif(alias, ''), name)), verdicts);
CREATE INDEX idx_servers_shown_name
    ON servers (lower(coalesce(nullif(alias, ''), name)), verdicts);
CREATE INDEX idx_servers_last_seen ON servers (last_seen DESC, verdicts);
CREATE INDEX idx_servers_group_id
    ON servers (group_id, worst, lower(coalesce(nullif(alias, ''), name)), verdicts);
CREATE INDEX idx_servers_verdicts ON servers (verdicts, group_id);
CREATE INDEX idx_job_states_slot ON job_states (slot) WHERE slot IS NOT NULL;

-- Everything that changes a list does so here, whoever adds, changes or deletes a job. A statement with triggers copies every page
-- before it changes it: none stands on what each report changes. Figures of a job are added where they are stored
-- (src/db/tables/lists/).
CREATE TRIGGER jobs_are_counted AFTER INSERT ON jobs BEGIN
    UPDATE scope_totals SET
        stuck_jobs = stuck_jobs + (new.rank IS 0),
        failed_jobs = failed_jobs + (new.rank IS 1),
        late_jobs = late_jobs + (new.rank IS 2),
        check_jobs = check_jobs + (new.rank IS 3),
        stale_jobs = stale_jobs + (new.rank IS 4),
        new_jobs = new_jobs + (new.rank IS 5),
        paused_jobs = paused_jobs + (new.rank IS 6),
        ok_jobs = ok_jobs + (new.rank IS 7),
        unreported_jobs = unreported_jobs + (new.rank IS NOT NULL AND new.unreported),
        runs = runs + new.run_count,
        versions = versions + min(coalesce(new.versions, 0), 1000000000000),
        uploaded_high = uploaded_high + (new.uploaded_total >> 32),
        uploaded_low = uploaded_low + (new.uploaded_total & 4294967295),
        source_high = source_high + (coalesce(new.files_size, 0) >> 32),
        source_low = source_low + (coalesce(new.files_size, 0) & 4294967295),
        stored_high = stored_high + (coalesce(new.storage_size, 0) >> 32),
        stored_low = stored_low + (coalesce(new.storage_size, 0) & 4294967295)
    WHERE id IN (
        SELECT 0
        UNION ALL SELECT -group_id FROM servers WHERE id = new.server_id AND group_id IS NOT NULL
        UNION ALL SELECT tag_id FROM server_tags WHERE server_id = new.server_id
        UNION ALL SELECT tag_id FROM job_tags WHERE job_id = new.id
    );
    UPDATE servers SET
        worst = coalesce((SELECT min(rank) FROM jobs WHERE server_id = new.server_id AND rank IS NOT NULL), 7),
        verdicts = coalesce((
            SELECT sum(DISTINCT 1 << rank) + 256 * max(unreported) FROM jobs WHERE server_id = new.server_id AND rank IS NOT NULL
        ), 256)
    WHERE id = new.server_id;
    UPDATE server_search SET all_names = all_names || char(10) || lower(new.name || coalesce(char(10) || new.alias, ''))
    WHERE server_id = new.server_id;
END;

CREATE TRIGGER jobs_change_verdict AFTER UPDATE OF rank, unreported ON jobs BEGIN
    UPDATE scope_totals SET
        stuck_jobs = stuck_jobs + (new.rank IS 0) - (old.rank IS 0),
        failed_jobs = failed_jobs + (new.rank IS 1) - (old.rank IS 1),
        late_jobs = late_jobs + (new.rank IS 2) - (old.rank IS 2),
        check_jobs = check_jobs + (new.rank IS 3) - (old.rank IS 3),
        stale_jobs = stale_jobs + (new.rank IS 4) - (old.rank IS 4),
        new_jobs = new_jobs + (new.rank IS 5) - (old.rank IS 5),
        paused_jobs = paused_jobs + (new.rank IS 6) - (old.rank IS 6),
        ok_jobs = ok_jobs + (new.rank IS 7) - (old.rank IS 7),
        unreported_jobs = unreported_jobs + (new.rank IS NOT NULL AND new.unreported) - (old.rank IS NOT NULL AND old.unreported)
    WHERE id IN (
        SELECT 0
        UNION ALL SELECT -group_id FROM servers WHERE id = new.server_id AND group_id IS NOT NULL
        UNION ALL SELECT tag_id FROM server_tags WHERE server_id = new.server_id
        UNION ALL SELECT tag_id FROM job_tags WHERE job_id = new.id
    );
    UPDATE servers SET
        worst = coalesce((SELECT min(rank) FROM jobs WHERE server_id = new.server_id AND rank IS NOT NULL), 7),
        verdicts = coalesce((
            SELECT sum(DISTINCT 1 << rank) + 256 * max(unreported) FROM jobs WHERE server_id = new.server_id AND rank IS NOT NULL
        ), 256)
    WHERE id = new.server_id;
END;

CREATE TRIGGER jobs_are_renamed AFTER UPDATE OF name, alias ON jobs BEGIN
    UPDATE server_search SET
        all_names = names || char(10)
            || coalesce((SELECT group_concat(lower(name || coalesce(char(10) || alias, '')), char(10)) FROM jobs WHERE server_id = new.server_id), '')
    WHERE server_id = new.server_id;
END;

-- Before: its tags are known.
CREATE TRIGGER jobs_are_not_counted BEFORE DELETE ON jobs BEGIN
    UPDATE scope_totals SET
        stuck_jobs = stuck_jobs - (old.rank IS 0),
        failed_jobs = failed_jobs - (old.rank IS 1),
        late_jobs = late_jobs - (old.rank IS 2),
        check_jobs = check_jobs - (old.rank IS 3),
        stale_jobs = stale_jobs - (old.rank IS 4),
        new_jobs = new_jobs - (old.rank IS 5),
        paused_jobs = paused_jobs - (old.rank IS 6),
        ok_jobs = ok_jobs - (old.rank IS 7),
        unreported_jobs = unreported_jobs - (old.rank IS NOT NULL AND old.unreported),
        runs = runs - old.run_count,
        versions = versions - min(coalesce(old.versions, 0), 1000000000000),
        uploaded_high = uploaded_high - (old.uploaded_total >> 32),
        uploaded_low = uploaded_low - (old.uploaded_total & 4294967295),
        source_high = source_high - (coalesce(old.files_size, 0) >> 32),
        source_low = source_low - (coalesce(old.files_size, 0) & 4294967295),
        stored_high = stored_high - (coalesce(old.storage_size, 0) >> 32),
        stored_low = stored_low - (coalesce(old.storage_size, 0) & 4294967295)
    WHERE id IN (
        SELECT 0
        UNION ALL SELECT -group_id FROM servers WHERE id = old.server_id AND group_id IS NOT NULL
        UNION ALL SELECT tag_id FROM server_tags WHERE server_id = old.server_id
        UNION ALL SELECT tag_id FROM job_tags WHERE job_id = old.id
    );
END;

CREATE TRIGGER jobs_are_gone AFTER DELETE ON jobs BEGIN
    UPDATE servers SET
        worst = coalesce((SELECT min(rank) FROM jobs WHERE server_id = old.server_id AND rank IS NOT NULL), 7),
        verdicts = coalesce((
            SELECT sum(DISTINCT 1 << rank) + 256 * max(unreported) FROM jobs WHERE server_id = old.server_id AND rank IS NOT NULL
        ), 256)
    WHERE id = old.server_id;
    UPDATE server_search SET
        all_names = names || char(10)
            || coalesce((SELECT group_concat(lower(name || coalesce(char(10) || alias, '')), char(10)) FROM jobs WHERE server_id = old.server_id), '')
    WHERE server_id = old.server_id;
END;

CREATE TRIGGER servers_are_found AFTER INSERT ON servers BEGIN
    INSERT OR REPLACE INTO server_search (server_id, names, all_names) VALUES (
        new.id, lower(new.name || char(10) || coalesce(new.alias, '')), lower(new.name || char(10) || coalesce(new.alias, ''))
    );
END;

CREATE TRIGGER servers_are_renamed AFTER UPDATE OF name, alias ON servers BEGIN
    UPDATE server_search SET names = lower(new.name || char(10) || coalesce(new.alias, '')),
        all_names = lower(new.name || char(10) || coalesce(new.alias, '')) || char(10)
            || coalesce((SELECT group_concat(lower(name || coalesce(char(10) || alias, '')), char(10)) FROM jobs WHERE server_id = new.id), '')
    WHERE server_id = new.id;
END;

-- Before: its group and tags are known.
CREATE TRIGGER servers_delete_jobs BEFORE DELETE ON servers BEGIN
    DELETE FROM jobs WHERE server_id = old.id;
END;

CREATE TRIGGER groups_have_totals AFTER INSERT ON server_groups BEGIN
    INSERT INTO scope_totals (id) VALUES (-new.id);
END;

CREATE TRIGGER groups_lose_totals AFTER DELETE ON server_groups BEGIN
    DELETE FROM scope_totals WHERE id = -old.id;
END;

CREATE TRIGGER tags_have_totals AFTER INSERT ON tags BEGIN
    INSERT INTO scope_totals (id) VALUES (new.id);
END;

CREATE TRIGGER tags_lose_totals AFTER DELETE ON tags BEGIN
    DELETE FROM scope_totals WHERE id = old.id;
END;
