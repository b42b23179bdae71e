-- Summaries that are sent regularly.
CREATE TABLE digests (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    -- NULL: its channel was deleted, and nothing is sent
    channel_id BIGINT REFERENCES channels (id) ON DELETE SET NULL,
    -- the name of a group, which may be gone and come back; NULL: the site
    group_name TEXT,
    every TEXT NOT NULL CHECK (every IN ('daily', 'weekly', 'monthly')),
    -- second of the day, by the clock of its zone
    second BIGINT NOT NULL,
    -- of weekly ones: 0 is Monday
    weekday BIGINT NOT NULL,
    -- of monthly ones: in a shorter month its last day
    month_day BIGINT NOT NULL,
    time_zone TEXT NOT NULL,
    is_enabled BOOLEAN NOT NULL DEFAULT TRUE,
    -- the end of the last period: the next one begins there
    covered_until DATETIME NOT NULL,
    next_due_at DATETIME NOT NULL,
    created_by TEXT NOT NULL,
    created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX idx_digests_name ON digests (name COLLATE NOCASE);
CREATE INDEX idx_digests_next_due_at ON digests (next_due_at) WHERE is_enabled;
CREATE INDEX idx_digests_channel_id ON digests (channel_id) WHERE channel_id IS NOT NULL;

-- A digest that waits or was sent is a row like the others, with the period that it covers.
ALTER TABLE notifications ADD COLUMN digest_id BIGINT REFERENCES digests (id) ON DELETE SET NULL;
ALTER TABLE notifications ADD COLUMN period_from DATETIME;
ALTER TABLE notifications ADD COLUMN period_until DATETIME;
CREATE INDEX idx_notifications_digest_id ON notifications (digest_id, id) WHERE digest_id IS NOT NULL;

-- Texts of messages that somebody changed, of a topic, for a kind of channel or (empty) for all.
CREATE TABLE message_templates (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    topic TEXT NOT NULL,
    channel_kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX idx_message_templates_topic ON message_templates (topic, channel_kind);
