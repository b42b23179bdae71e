-- People, how they prove who they are, and what was done by whom. Secrets stand here as hashes, or sealed with a key
-- that is not in the database (src/crypto/).

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- what is typed to sign in, in lower case
    name TEXT NOT NULL UNIQUE,
    display_name TEXT,
    email TEXT,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'administrator')),
    -- argon2id in PHC form; NULL for people who can only sign in in another way
    password_hash TEXT,
    password_changed_at DATETIME,
    -- somebody else chose the password: its owner has to choose another first
    password_temporary BOOLEAN NOT NULL DEFAULT FALSE,
    -- sealed; counts from totp_confirmed_at on
    totp_secret TEXT,
    totp_confirmed_at DATETIME,
    -- the time step of the last code, which works once
    totp_last_step BIGINT,
    language TEXT,
    theme TEXT,
    time_zone TEXT,
    date_format TEXT,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    last_login_at DATETIME,
    disabled_at DATETIME
);

CREATE TABLE recovery_codes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    used_at DATETIME,
    UNIQUE (user_id, hash)
);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- SHA-256 of the token, hex: 256 random bits need no slow hash
    hash TEXT NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- 'second_factor': the password was right, and nothing may be done yet
    stage TEXT NOT NULL CHECK (stage IN ('second_factor', 'complete')),
    created_at DATETIME NOT NULL,
    last_seen_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    address TEXT NOT NULL,
    device TEXT NOT NULL
);
CREATE INDEX idx_sessions_user_id ON sessions (user_id);
CREATE INDEX idx_sessions_expires_at ON sessions (expires_at);

-- Failed sign-ins in a row, by SHA-256 of the name that was typed, whether or not there is such a person: the answer
-- must not tell, and people type passwords into the wrong field.
CREATE TABLE login_failures (
    account TEXT PRIMARY KEY NOT NULL,
    failures BIGINT NOT NULL,
    last_at DATETIME NOT NULL,
    blocked_until DATETIME
) WITHOUT ROWID;
CREATE INDEX idx_login_failures_last_at ON login_failures (last_at);

CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- whose key it is: it can never do more than its owner
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('read', 'write', 'admin')),
    created_at DATETIME NOT NULL,
    expires_at DATETIME,
    last_used_at DATETIME,
    last_address TEXT,
    revoked_at DATETIME
);
CREATE INDEX idx_api_keys_user_id ON api_keys (user_id);

CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at DATETIME NOT NULL,
    -- 'user', 'api_key', 'ingest_key', 'command_line', 'system', 'anonymous'
    actor_kind TEXT NOT NULL,
    actor_id BIGINT,
    -- as it was then: people are renamed and deleted
    actor_name TEXT NOT NULL,
    address TEXT,
    -- 'user.create', 'session.begin' …
    action TEXT NOT NULL,
    target_kind TEXT,
    target_id BIGINT,
    target_name TEXT,
    success BOOLEAN NOT NULL,
    -- JSON objects of what changed, secrets masked
    before TEXT,
    after TEXT
);
CREATE INDEX idx_audit_log_at ON audit_log (at);
CREATE INDEX idx_audit_log_action ON audit_log (action, at);
CREATE INDEX idx_audit_log_actor ON audit_log (actor_name, at);

-- Append-only for the program: nothing is changed, and nothing is deleted within the shortest retention.
CREATE TRIGGER audit_log_is_not_changed BEFORE UPDATE ON audit_log BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_log_is_kept BEFORE DELETE ON audit_log
WHEN old.at > strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-30 days') BEGIN
    SELECT RAISE(ABORT, 'the audit log is kept for 30 days at least');
END;
