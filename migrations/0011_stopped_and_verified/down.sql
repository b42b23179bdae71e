ALTER TABLE live_runs DROP COLUMN ended_at;
ALTER TABLE ingest_keys DROP COLUMN redirected_at;
