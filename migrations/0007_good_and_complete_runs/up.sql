-- What became of a run (src/outcome.rs): kept with it, because a good run and a complete run are asked for everywhere, and what
-- tells them lies beside the log. `src/db/outcomes.rs` has the same rule, for the check of the database and for a rebuild.
ALTER TABLE backups ADD COLUMN outcome TEXT NOT NULL DEFAULT 'unknown'
    CHECK (outcome IN ('good', 'errors', 'partial', 'stopped', 'skipped', 'rehearsal', 'failed', 'unknown'));
UPDATE backups SET outcome = CASE
    WHEN dry_run THEN 'rehearsal'
    WHEN status IN ('error', 'fatal') AND instr(exception, 'CanceledException') > 0
        AND instr(exception, 'CanceledException') < instr(exception || '   at ', '   at ')
        AND instr(exception, 'CanceledException') < instr(exception || ' ---> ', ' ---> ')
        AND instr(lower(exception), 'timeout') = 0 AND instr(exception, 'HttpClient') = 0 THEN 'stopped'
    WHEN status = 'fatal' THEN iif(interrupted AND exception IS NULL, 'stopped', 'failed')
    WHEN status = 'error' AND exception IS NOT NULL THEN 'failed'
    WHEN partial THEN 'partial'
    WHEN interrupted THEN iif(files_count = 0 AND coalesce(uploaded_size, 0) = 0, 'skipped', 'stopped')
    WHEN status IN ('success', 'warning') THEN 'good'
    WHEN status = 'error' THEN
        iif(files_count > 0 AND coalesce(versions, 1) > 0 AND coalesce(storage_size, 1) > 0, 'errors', 'failed')
    ELSE 'unknown'
END;

-- With `outcome` in place of `dry_run`, the last that the totals of a day need.
DROP INDEX idx_backups_server_id;
CREATE INDEX idx_backups_server_id ON backups (
    server_id, start_time, job_id, status, duration, files_count, files_size, storage_size, uploaded_size,
    versions, warnings_count, errors_count, outcome
);

-- Runs of the day that were stopped, skipped or partial, or whose result is unknown. Filled by the rebuild that follows this
-- migration, as are all totals and summaries: they counted such runs as good ones.
ALTER TABLE job_days ADD COLUMN incomplete BIGINT NOT NULL DEFAULT 0;
ALTER TABLE site_days ADD COLUMN incomplete BIGINT NOT NULL DEFAULT 0;

-- What became of the run that began last, in place of whether it is incomplete, and what contradicts it: a JSON array
-- (src/checks.rs).
ALTER TABLE jobs DROP COLUMN last_incomplete;
ALTER TABLE jobs ADD COLUMN last_outcome TEXT;
ALTER TABLE jobs ADD COLUMN last_checks TEXT;
