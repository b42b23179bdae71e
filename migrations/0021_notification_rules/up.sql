-- Who is told of what: the most specific rule that is about an event decides (src/notify/routing.rs). Without a rule, each channel has its
-- own choice.
CREATE TABLE notification_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- For what it is: at most one of these; none: the whole site. Groups and tags by their name in lower case: they are deleted when nothing
    -- has them, and a rule outlasts that.
    group_key TEXT,
    tag_key TEXT,
    server_id BIGINT REFERENCES servers (id) ON DELETE CASCADE,
    job_id BIGINT REFERENCES jobs (id) ON DELETE CASCADE,
    -- JSON array of topics
    topics TEXT NOT NULL,
    -- nobody is told; else a rule whose channels are all deleted has no effect
    is_nobody BOOLEAN NOT NULL DEFAULT FALSE,
    -- seconds; NULL: as each channel says
    delay BIGINT,
    -- 'none', 'once', 'daily', 'weekly'; NULL: as each channel says
    reminder TEXT,
    -- seconds without acknowledgement after which further channels are told; NULL: never
    escalate_after BIGINT,
    created_by TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    CHECK ((group_key IS NOT NULL) + (tag_key IS NOT NULL) + (server_id IS NOT NULL) + (job_id IS NOT NULL) <= 1)
);
CREATE INDEX idx_notification_rules_server_id ON notification_rules (server_id) WHERE server_id IS NOT NULL;
CREATE INDEX idx_notification_rules_job_id ON notification_rules (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE notification_rule_channels (
    rule_id BIGINT NOT NULL REFERENCES notification_rules (id) ON DELETE CASCADE,
    channel_id BIGINT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    -- told only if nobody acknowledges
    is_escalation BOOLEAN NOT NULL,
    PRIMARY KEY (rule_id, channel_id, is_escalation)
) WITHOUT ROWID;
CREATE INDEX idx_notification_rule_channels_channel_id ON notification_rule_channels (channel_id);

-- JSON of the hours in which it is told only what is urgent; NULL: none
ALTER TABLE channels ADD COLUMN quiet TEXT;
-- 'none', 'once', 'daily', 'weekly': whether it is told again of what stays open
ALTER TABLE channels ADD COLUMN reminder TEXT NOT NULL DEFAULT 'none';

-- 'event', 'reminder', 'escalation'
ALTER TABLE notifications ADD COLUMN purpose TEXT NOT NULL DEFAULT 'event';
-- why it was not sent, or what it waits for
ALTER TABLE notifications ADD COLUMN reason TEXT;
-- when the link in the message was used
ALTER TABLE notifications ADD COLUMN link_used_at DATETIME;

-- The list of messages, by each filter.
CREATE INDEX idx_notifications_by_channel ON notifications (channel_id, created_at);
CREATE INDEX idx_notifications_by_server ON notifications (server_id, created_at);
CREATE INDEX idx_notifications_by_status ON notifications (status, created_at);
CREATE INDEX idx_notifications_by_type ON notifications (type, created_at);
