-- Where problems are told: one row per receiver.
CREATE TABLE channels (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    -- JSON: the kind and its options, without secrets
    config TEXT NOT NULL,
    -- JSON of tokens and passwords, encrypted; NULL: none
    secrets TEXT,
    -- JSON array of the topics that are sent to it
    topics TEXT NOT NULL,
    is_enabled BOOLEAN NOT NULL DEFAULT TRUE,
    -- seconds for which a message waits: what is over by then is not sent
    delay BIGINT NOT NULL DEFAULT 0,
    -- whether its address may be in a private network
    allows_private BOOLEAN NOT NULL DEFAULT FALSE,
    -- the last delivery that worked
    delivered_at DATETIME,
    -- since when deliveries fail, and why; NULL: the last one worked
    failing_since DATETIME,
    failure TEXT,
    created_by TEXT NOT NULL,
    created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX idx_channels_name ON channels (name COLLATE NOCASE);

-- The outbox and the history: a row for each event of an incident and each channel, written in the transaction of the event. Rows that
-- are sent in one message share its id. `status` is 'queued', 'sent', 'failed' or 'dropped'.
ALTER TABLE notifications ADD COLUMN channel_id BIGINT REFERENCES channels (id) ON DELETE SET NULL;
ALTER TABLE notifications ADD COLUMN channel_name TEXT;
ALTER TABLE notifications ADD COLUMN incident_id BIGINT REFERENCES incidents (id) ON DELETE SET NULL;
ALTER TABLE notifications ADD COLUMN dedupe_key TEXT;
ALTER TABLE notifications ADD COLUMN message_id BIGINT;
ALTER TABLE notifications ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notifications ADD COLUMN next_attempt_at DATETIME;
-- until when a dispatcher has it; when that passes, the dispatcher was stopped before it knew the answer
ALTER TABLE notifications ADD COLUMN leased_until DATETIME;
-- what the receiver answered, or why it could not be reached
ALTER TABLE notifications ADD COLUMN answer TEXT;
CREATE UNIQUE INDEX idx_notifications_dedupe_key ON notifications (dedupe_key) WHERE dedupe_key IS NOT NULL;
CREATE INDEX idx_notifications_queue ON notifications (channel_id, next_attempt_at) WHERE status = 'queued';
CREATE INDEX idx_notifications_channel_server ON notifications (channel_id, server_id, created_at);
CREATE INDEX idx_notifications_sent_at ON notifications (channel_id, sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX idx_notifications_message_id ON notifications (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX idx_notifications_incident_id ON notifications (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX idx_notifications_created_at ON notifications (created_at);
