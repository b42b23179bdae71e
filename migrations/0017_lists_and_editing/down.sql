DROP TRIGGER jobs_are_gone;
DROP TRIGGER jobs_are_renamed;
ALTER TABLE jobs DROP COLUMN notes;
ALTER TABLE jobs DROP COLUMN alias;
ALTER TABLE servers DROP COLUMN duplicati_url;
DROP INDEX idx_backups_problems;
CREATE TRIGGER jobs_are_renamed AFTER UPDATE OF name ON jobs BEGIN
    UPDATE server_search SET
        jobs = coalesce((SELECT group_concat(lower(name), char(10)) FROM jobs WHERE server_id = new.server_id), '')
    WHERE server_id = new.server_id;
END;
CREATE TRIGGER jobs_are_gone AFTER DELETE ON jobs BEGIN
    UPDATE servers SET
        worst = coalesce((SELECT min(rank) FROM jobs WHERE server_id = old.server_id AND rank IS NOT NULL), 7),
        verdicts = coalesce((
            SELECT sum(DISTINCT 1 << rank) + 256 * max(unreported) FROM jobs WHERE server_id = old.server_id AND rank IS NOT NULL
        ), 256)
    WHERE id = old.server_id;
    UPDATE server_search SET
        jobs = coalesce((SELECT group_concat(lower(name), char(10)) FROM jobs WHERE server_id = old.server_id), '')
    WHERE server_id = old.server_id;
END;
UPDATE server_search SET
    jobs = coalesce((SELECT group_concat(lower(name), char(10)) FROM jobs WHERE jobs.server_id = server_search.server_id), '');
