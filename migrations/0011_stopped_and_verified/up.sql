-- What became of runs, their headlines and the totals are made anew after this migration: one rule says what was stopped
-- (src/outcome.rs), by the exception and by the log.

-- When a GET without a body last came with this key: a redirect that turned a report into one.
ALTER TABLE ingest_keys ADD COLUMN redirected_at DATETIME;

-- When Duplicati said that the run has ended: until its report comes the row stays.
ALTER TABLE live_runs ADD COLUMN ended_at DATETIME;
