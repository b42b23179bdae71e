-- Warnings of a run that are about sending reports, not about the backup; they are among `warnings_count`.
ALTER TABLE backups ADD COLUMN reporting_warnings BIGINT NOT NULL DEFAULT 0;
-- A tag is written out once in a log, and is a number after that.
UPDATE backups SET reporting_warnings = (
    WITH
        line AS (
            SELECT key, json_extract(value, '$.l') AS level, json_extract(value, '$.g') AS tag FROM json_each(backups.messages)
        ),
        tags AS (SELECT row_number() OVER (ORDER BY key) - 1 AS number, tag FROM line WHERE typeof(tag) = 'text'),
        about AS (
            SELECT number, tag FROM tags WHERE tag LIKE '%.Modules.%.Send%' OR tag LIKE '%.Modules.%Report%-%'
        )
    SELECT count(*) FROM line
    WHERE level = 'w' AND (tag IN (SELECT tag FROM about) OR tag IN (SELECT number FROM about))
) WHERE status = 'warning' AND messages LIKE '%.Modules.%' AND json_valid(messages);

-- With `reporting_warnings`, which decides whether a run counts as one with warnings, and `start_assumed`, which lists show.
DROP INDEX idx_backups_server_id;
CREATE INDEX idx_backups_server_id ON backups (
    server_id, start_time, job_id, status, duration, files_count, files_size, storage_size, uploaded_size,
    versions, warnings_count, errors_count, outcome, start_assumed, reporting_warnings
);

-- The cause in place of "The operation Backup has failed": the first line of the exception without its class.
UPDATE backups SET headline = substr(
    CASE
        WHEN instr(line, 'Exception: ') > 0 AND instr(substr(line, 1, instr(line, 'Exception: ')), ' ') = 0
            THEN trim(substr(line, instr(line, 'Exception: ') + 11))
        ELSE line
    END, 1, 300)
FROM (
    SELECT id AS run, trim(substr(exception, 1, instr(exception || char(10), char(10)) - 1), char(13) || ' ') AS line
    FROM backups WHERE exception IS NOT NULL
) AS first
WHERE first.run = backups.id AND length(line) > 0
  AND (headline IS NULL OR headline LIKE 'The operation % has failed%' OR headline LIKE 'Die Operation % ist fehlgeschlagen%');
UPDATE jobs SET last_headline = (SELECT headline FROM backups WHERE backups.id = jobs.last_run_id)
    WHERE last_run_id IN (SELECT id FROM backups WHERE exception IS NOT NULL);

-- What an operation said of itself.
ALTER TABLE operations ADD COLUMN start_assumed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE operations ADD COLUMN interrupted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE operations ADD COLUMN warnings_count BIGINT;
ALTER TABLE operations ADD COLUMN errors_count BIGINT;
-- Why it did not go well, in one line.
ALTER TABLE operations ADD COLUMN headline TEXT;
UPDATE operations SET
    warnings_count = (SELECT count(*) FROM json_each(operations.messages) AS line
        WHERE json_extract(line.value, '$.l') = 'w'),
    errors_count = (SELECT count(*) FROM json_each(operations.messages) AS line
        WHERE json_extract(line.value, '$.l') = 'e')
    WHERE messages IS NOT NULL AND json_valid(messages);
