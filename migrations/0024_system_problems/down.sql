UPDATE channels SET topics = (SELECT json_group_array(value) FROM json_each(topics) WHERE value <> 'system')
WHERE json_valid(topics) AND topics LIKE '%"system"%';
UPDATE notification_rules SET topics = (SELECT json_group_array(value) FROM json_each(topics) WHERE value <> 'system')
WHERE json_valid(topics) AND topics LIKE '%"system"%';
DELETE FROM notifications WHERE problem_id IS NOT NULL OR type = 'system';
DROP INDEX idx_notifications_problem_id;
ALTER TABLE notifications DROP COLUMN problem_id;
DROP TABLE system_problems;
