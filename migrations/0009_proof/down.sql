DROP TABLE audit_repeats;
ALTER TABLE sessions DROP COLUMN proven_at;
