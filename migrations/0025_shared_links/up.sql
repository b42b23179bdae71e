-- Addresses that open one thing without signing in. Their tokens are made of id, nonce and a signature, and are stored nowhere; an id never
-- comes again.
CREATE TABLE shared_links (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- what it opens: 'feed', 'calendar', 'kiosk' or 'status'
    kind TEXT NOT NULL,
    -- what that is about; all of them NULL: everything
    group_id BIGINT REFERENCES server_groups (id) ON DELETE CASCADE,
    server_id BIGINT REFERENCES servers (id) ON DELETE CASCADE,
    job_id BIGINT REFERENCES jobs (id) ON DELETE CASCADE,
    -- random: a database that is restored gives no old address to something else
    nonce TEXT NOT NULL,
    -- of a status page: the end of its address, if it is not a token
    name TEXT,
    -- of a status page: its heading
    title TEXT NOT NULL,
    -- of a status page: what it shows, words separated by commas
    fields TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    CHECK ((group_id IS NOT NULL) + (server_id IS NOT NULL) + (job_id IS NOT NULL) <= 1)
);
CREATE UNIQUE INDEX idx_shared_links_name ON shared_links (name) WHERE name IS NOT NULL;
CREATE INDEX idx_shared_links_group_id ON shared_links (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX idx_shared_links_server_id ON shared_links (server_id) WHERE server_id IS NOT NULL;
CREATE INDEX idx_shared_links_job_id ON shared_links (job_id) WHERE job_id IS NOT NULL;
