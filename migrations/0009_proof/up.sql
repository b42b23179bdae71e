-- When the password was last given in a session: what gives power over people, keys and data asks for it again after a
-- quarter of an hour. Signing in gave it.
ALTER TABLE sessions ADD COLUMN proven_at DATETIME;
UPDATE sessions SET proven_at = created_at WHERE stage = 'complete';

-- What strangers and single people can repeat at will is written to the audit trail a few times an hour; the rest is
-- counted here and becomes one entry when the hour is over.
CREATE TABLE audit_repeats (
    -- the beginning of the hour
    since DATETIME NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    -- IPv6: the first address of its /64; empty for all addresses beyond a bounded number of them
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    target_name TEXT NOT NULL,
    actor_id BIGINT,
    target_kind TEXT,
    target_id BIGINT,
    success BOOLEAN NOT NULL,
    -- how often it happened, and how many of these have an entry of their own
    seen BIGINT NOT NULL,
    written BIGINT NOT NULL,
    last_at DATETIME NOT NULL,
    PRIMARY KEY (since, actor_kind, actor_name, address, action, target_name)
) WITHOUT ROWID;
