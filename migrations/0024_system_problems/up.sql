-- Problems of this program itself. Each is told once when it begins, once when it grows worse, and once when it is over.
CREATE TABLE system_problems (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- what is wrong: 'space', 'file', 'writing', 'backup', 'tasks', 'secrets', or 'channel' with an id
    problem_key TEXT NOT NULL,
    -- what messages call it
    name TEXT NOT NULL,
    -- 'warning' or 'failing'
    state TEXT NOT NULL,
    -- the sentence of the message
    detail TEXT NOT NULL,
    since DATETIME NOT NULL,
    ended_at DATETIME
);
CREATE UNIQUE INDEX idx_system_problems_open ON system_problems (problem_key) WHERE ended_at IS NULL;

-- A message about such a problem is about no incident.
ALTER TABLE notifications ADD COLUMN problem_id BIGINT REFERENCES system_problems (id) ON DELETE SET NULL;
CREATE INDEX idx_notifications_problem_id ON notifications (problem_id) WHERE problem_id IS NOT NULL;

-- Who is told of every event is told of these, too.
UPDATE channels SET topics = json_insert(topics, '$[#]', 'system') WHERE json_valid(topics) AND json_array_length(topics) = 5;
