DROP TRIGGER jobs_delete_days;
CREATE TRIGGER jobs_delete_days AFTER DELETE ON jobs BEGIN
    DELETE FROM job_days WHERE day IN (SELECT day FROM site_days) AND job_id = old.id;
END;
