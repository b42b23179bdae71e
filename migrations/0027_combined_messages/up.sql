-- Which messages of a channel are combined: those about a 'server', about the servers of a 'group', or 'all'.
ALTER TABLE channels ADD COLUMN combine TEXT NOT NULL DEFAULT 'server' CHECK (combine IN ('server', 'group', 'all'));
-- For how long after a message others are collected for the next one: seconds. 0 sends each at once.
ALTER TABLE channels ADD COLUMN combine_seconds BIGINT NOT NULL DEFAULT 60 CHECK (combine_seconds >= 0);
