-- Lists and counts by verdict read `jobs.rank`. Each report changed this index, and nothing read it.
DROP INDEX idx_job_states_verdict;
