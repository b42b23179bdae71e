CREATE INDEX idx_job_states_verdict ON job_states (verdict);
