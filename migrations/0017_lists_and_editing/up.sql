-- Runs that are more than a plain success, by time, with what the list of runs over all servers filters by. A failure is found without
-- walking the successes, and a report of a plain success writes nothing here (docs/adr/0035-list-of-all-runs.md).
CREATE INDEX idx_backups_problems ON backups (start_time, job_id, server_id, outcome, status, headline)
    WHERE outcome <> 'good' OR status <> 'success' OR headline IS NOT NULL;

-- The page of the Duplicati that reports as this server: http or https, without a user name or a password.
ALTER TABLE servers ADD COLUMN duplicati_url TEXT;
