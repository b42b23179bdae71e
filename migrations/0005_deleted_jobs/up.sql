-- The sums over all jobs went on counting a job that was deleted: its days have to be summed up again.
DROP TRIGGER jobs_delete_days;
CREATE TRIGGER jobs_delete_days AFTER DELETE ON jobs BEGIN
    UPDATE site_days SET stale = TRUE WHERE NOT stale
        AND EXISTS (SELECT 1 FROM job_days WHERE job_days.day = site_days.day AND job_days.job_id = old.id);
    DELETE FROM job_days WHERE day IN (SELECT day FROM site_days) AND job_id = old.id;
END;

-- What was deleted before this migration.
UPDATE site_days SET stale = TRUE WHERE NOT stale;
