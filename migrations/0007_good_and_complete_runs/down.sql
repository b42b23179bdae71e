ALTER TABLE jobs DROP COLUMN last_checks;
ALTER TABLE jobs DROP COLUMN last_outcome;
ALTER TABLE jobs ADD COLUMN last_incomplete BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE site_days DROP COLUMN incomplete;
ALTER TABLE job_days DROP COLUMN incomplete;
DROP INDEX idx_backups_server_id;
CREATE INDEX idx_backups_server_id ON backups (
    server_id, start_time, job_id, status, duration, files_count, files_size, storage_size, uploaded_size,
    versions, warnings_count, errors_count, dry_run
);
ALTER TABLE backups DROP COLUMN outcome;
