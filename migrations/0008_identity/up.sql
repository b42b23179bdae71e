-- Under which ids Duplicati knows a job: `DB-n` on a server, a hash of the destination for the command line. A job can have had
-- several, and a number is used again after a job was deleted: the newest row of an id is the job that has it now.
CREATE TABLE backup_ids (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    server_id BIGINT NOT NULL,
    backup_id TEXT NOT NULL,
    -- the machine that said so; '' when it sent no id
    machine_id TEXT NOT NULL,
    job_id BIGINT NOT NULL,
    FOREIGN KEY (server_id, job_id) REFERENCES jobs (server_id, id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX idx_backup_ids_identity ON backup_ids (server_id, backup_id, machine_id, job_id);
CREATE INDEX idx_backup_ids_job_id ON backup_ids (job_id);

-- What was known of ids until now. Masked names come first: another job with the same id is the one that has it.
INSERT INTO backup_ids (server_id, backup_id, machine_id, job_id)
    SELECT server_id, backup_id, '', id FROM jobs WHERE backup_id IS NOT NULL AND backup_id <> ''
    ORDER BY name NOT LIKE '%-redacted-%', last_start, id;

-- Under which names machines are found that send no id. A name counts for one sender: two keys can both have a "nas".
CREATE TABLE machine_names (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- ingest_keys.sender; 0 for reports without a key, imports, and what is older than keys are told apart
    sender BIGINT NOT NULL,
    -- '' for a key whose reports name no machine
    name TEXT NOT NULL,
    server_id BIGINT NOT NULL REFERENCES servers (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX idx_machine_names_identity ON machine_names (name, sender);
CREATE INDEX idx_machine_names_server_id ON machine_names (server_id);
INSERT INTO machine_names (sender, name, server_id) SELECT 0, name, id FROM servers;
INSERT OR IGNORE INTO machine_names (sender, name, server_id)
    SELECT 0, machine_name, server_id FROM machine_ids WHERE machine_name IS NOT NULL ORDER BY id;

-- The first key of those that replaced one another: they are one sender.
ALTER TABLE ingest_keys ADD COLUMN sender BIGINT NOT NULL DEFAULT 0;
WITH RECURSIVE chain (id, first) AS (
    SELECT id, id FROM ingest_keys
        WHERE id NOT IN (SELECT replaced_by FROM ingest_keys WHERE replaced_by IS NOT NULL)
    UNION
    SELECT old.replaced_by, chain.first FROM chain JOIN ingest_keys AS old ON old.id = chain.id
        WHERE old.replaced_by IS NOT NULL
)
UPDATE ingest_keys SET sender = coalesce((SELECT min(first) FROM chain WHERE chain.id = ingest_keys.id), id);
CREATE INDEX idx_ingest_keys_sender ON ingest_keys (sender);

-- How many servers and jobs a sender made in a day (UTC): a key that leaked cannot fill the pages.
CREATE TABLE ingest_growth (
    day TEXT NOT NULL,
    -- 'key 12' (ingest_keys.sender), or the address of a sender without a key
    sender TEXT NOT NULL,
    servers BIGINT NOT NULL DEFAULT 0,
    jobs BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (day, sender)
) WITHOUT ROWID;

-- A begin that the program cannot read, in the sender's words: copies are told apart by it, and pages show it.
ALTER TABLE backups ADD COLUMN begin_text TEXT;
ALTER TABLE operations ADD COLUMN begin_text TEXT;
-- What was received, as a number: how another delivery of a report without a begin is found among many that differ.
ALTER TABLE backups ADD COLUMN delivery BIGINT;
CREATE INDEX idx_backups_delivery ON backups (job_id, delivery, start_time) WHERE delivery IS NOT NULL;

-- With the start: a clock that was never set says the same for every run of a job.
DROP INDEX idx_backups_claimed;
CREATE INDEX idx_backups_claimed ON backups (job_id, claimed_start, start_time) WHERE claimed_start IS NOT NULL;
