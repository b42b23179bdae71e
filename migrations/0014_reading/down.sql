ALTER TABLE operations DROP COLUMN headline;
ALTER TABLE operations DROP COLUMN errors_count;
ALTER TABLE operations DROP COLUMN warnings_count;
ALTER TABLE operations DROP COLUMN interrupted;
ALTER TABLE operations DROP COLUMN start_assumed;
ALTER TABLE backups DROP COLUMN reporting_warnings;
