ALTER TABLE jobs DROP COLUMN notes;
ALTER TABLE jobs DROP COLUMN alias;
ALTER TABLE servers DROP COLUMN duplicati_url;
DROP INDEX idx_backups_problems;
