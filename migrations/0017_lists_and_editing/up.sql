-- Runs that are more than a plain success, by time, with what the list of runs over all servers filters by. A failure is found without
-- walking the successes, and a report of a plain success writes nothing here (docs/adr/0035-list-of-all-runs.md).
CREATE INDEX idx_backups_problems ON backups (start_time, job_id, server_id, outcome, status, headline)
    WHERE outcome <> 'good' OR status <> 'success' OR headline IS NOT NULL;

-- The page of the Duplicati that reports as this server: http or https, without a user name or a password.
ALTER TABLE servers ADD COLUMN duplicati_url TEXT;
-- What people call a job, shown in place of its name. Reports find it by its ids and its name, as before.
ALTER TABLE jobs ADD COLUMN alias TEXT;
-- What people have to know of a job.
ALTER TABLE jobs ADD COLUMN notes TEXT;

-- Jobs are found by their alias as well.
DROP TRIGGER jobs_are_renamed;
CREATE TRIGGER jobs_are_renamed AFTER UPDATE OF name, alias ON jobs BEGIN
    UPDATE server_search SET jobs = coalesce((
        SELECT group_concat(lower(name || coalesce(char(10) || alias, '')), char(10)) FROM jobs WHERE server_id = new.server_id
    ), '')
    WHERE server_id = new.server_id;
END;
DROP TRIGGER jobs_are_gone;
CREATE TRIGGER jobs_are_gone AFTER DELETE ON jobs BEGIN
    UPDATE servers SET
        worst = coalesce((SELECT min(rank) FROM jobs WHERE server_id = old.server_id AND rank IS NOT NULL), 7),
        verdicts = coalesce((
            SELECT sum(DISTINCT 1 << rank) + 256 * max(unreported) FROM jobs WHERE server_id = old.server_id AND rank IS NOT NULL
        ), 256)
    WHERE id = old.server_id;
    UPDATE server_search SET jobs = coalesce((
        SELECT group_concat(lower(name || coalesce(char(10) || alias, '')), char(10)) FROM jobs WHERE server_id = old.server_id
    ), '')
    WHERE server_id = old.server_id;
END;
