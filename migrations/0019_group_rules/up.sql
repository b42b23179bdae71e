-- What people set for a group of servers: it counts for a server where nothing is set for the server itself.
ALTER TABLE monitoring_rules ADD COLUMN group_id BIGINT REFERENCES server_groups (id) ON DELETE CASCADE
    CHECK (group_id IS NULL OR (server_id IS NULL AND job_id IS NULL));
ALTER TABLE pauses ADD COLUMN group_id BIGINT REFERENCES server_groups (id) ON DELETE CASCADE
    CHECK (group_id IS NULL OR (server_id IS NULL AND job_id IS NULL));
ALTER TABLE maintenance_windows ADD COLUMN group_id BIGINT REFERENCES server_groups (id) ON DELETE CASCADE
    CHECK (group_id IS NULL OR (server_id IS NULL AND job_id IS NULL));
CREATE UNIQUE INDEX idx_monitoring_rules_group ON monitoring_rules (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX idx_pauses_group_id ON pauses (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX idx_maintenance_windows_group_id ON maintenance_windows (group_id) WHERE group_id IS NOT NULL;
-- What is set for the site is asked for with each job that is judged anew: without these, all rows were read.
CREATE INDEX idx_monitoring_rules_site ON monitoring_rules (id)
    WHERE server_id IS NULL AND job_id IS NULL AND group_id IS NULL;
CREATE INDEX idx_pauses_site ON pauses (id) WHERE server_id IS NULL AND job_id IS NULL AND group_id IS NULL;
CREATE INDEX idx_maintenance_windows_site ON maintenance_windows (id)
    WHERE server_id IS NULL AND job_id IS NULL AND group_id IS NULL;

-- When the server came into its group: pauses and windows of the group that were over by then do not concern it. NULL: always.
ALTER TABLE servers ADD COLUMN group_since DATETIME;

-- Where the schedule of a job comes from: 'set', 'told', 'learned', 'never' (a person said that there is none), or 'none'.
ALTER TABLE job_states ADD COLUMN source TEXT NOT NULL DEFAULT 'none';
UPDATE job_states SET source = CASE
    WHEN EXISTS (
        SELECT 1 FROM job_facts WHERE job_facts.job_id = job_states.job_id AND json_valid(job_facts.settings)
            AND json_extract(job_facts.settings, '$.schedule') = 'never'
    ) THEN 'never'
    WHEN json_valid(state) THEN CASE json_extract(state, '$.plan.source')
        WHEN 'set' THEN 'set' WHEN 'told' THEN 'told' WHEN 'inferred' THEN 'learned' ELSE 'none' END
    ELSE 'none' END;
-- The same of each job, by which the list of schedules is filtered.
ALTER TABLE jobs ADD COLUMN schedule_source TEXT NOT NULL DEFAULT 'none';
UPDATE jobs SET schedule_source =
    coalesce((SELECT source FROM job_states WHERE job_states.job_id = jobs.id), 'none');

-- The list of schedules: by state, and by where the schedule comes from. Both change when a state does, not with each report.
CREATE INDEX idx_jobs_rank ON jobs (rank, server_id, name) WHERE rank IS NOT NULL;
CREATE INDEX idx_jobs_schedule_source ON jobs (schedule_source, rank, server_id, name) WHERE rank IS NOT NULL;
