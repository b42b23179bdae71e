DROP TABLE message_templates;
DELETE FROM notifications WHERE digest_id IS NOT NULL OR period_until IS NOT NULL;
DROP INDEX idx_notifications_digest_id;
ALTER TABLE notifications DROP COLUMN period_until;
ALTER TABLE notifications DROP COLUMN period_from;
ALTER TABLE notifications DROP COLUMN digest_id;
DROP TABLE digests;
