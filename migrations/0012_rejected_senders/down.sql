UPDATE rejected_reports
SET hint = hint || char(10) || coalesce(machine, '') || char(10) || coalesce(job, '')
WHERE machine IS NOT NULL OR job IS NOT NULL;

ALTER TABLE rejected_reports DROP COLUMN job;
ALTER TABLE rejected_reports DROP COLUMN machine;
