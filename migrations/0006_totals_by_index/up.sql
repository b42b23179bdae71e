-- With `dry_run`, the last that the totals of a day need: a report sums up its day, and read the rows of all runs of that day
-- from the pages that hold their logs.
DROP INDEX idx_backups_server_id;
CREATE INDEX idx_backups_server_id ON backups (
    server_id, start_time, job_id, status, duration, files_count, files_size, storage_size, uploaded_size,
    versions, warnings_count, errors_count, dry_run
);
