ALTER TABLE operations DROP COLUMN headline;
ALTER TABLE operations DROP COLUMN errors_count;
ALTER TABLE operations DROP COLUMN warnings_count;
ALTER TABLE operations DROP COLUMN interrupted;
ALTER TABLE operations DROP COLUMN start_assumed;
DROP INDEX idx_backups_server_id;
CREATE INDEX idx_backups_server_id ON backups (
    server_id, start_time, job_id, status, duration, files_count, files_size, storage_size, uploaded_size,
    versions, warnings_count, errors_count, outcome
);
ALTER TABLE backups DROP COLUMN reporting_warnings;
