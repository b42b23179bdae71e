ALTER TABLE servers DROP COLUMN duplicati_url;
DROP INDEX idx_backups_problems;
