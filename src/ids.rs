//! Typed ids, so that an id of one table cannot be used with another.

use std::{fmt, num::ParseIntError, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(
    /// Row id of a machine that runs Duplicati (`servers.id`).
    ServerId
);
id!(
    /// Row id of one backup job on a server (`jobs.id`).
    JobId
);
id!(
    /// Row id of one execution of a job (`backups.id`).
    RunId
);
id!(
    /// Row id of an ingest key (`ingest_keys.id`).
    KeyId
);
id!(
    /// Row id of a user (`users.id`).
    UserId
);
id!(
    /// Row id of a session (`sessions.id`).
    SessionId
);
id!(
    /// Row id of an API key (`api_keys.id`).
    ApiKeyId
);
id!(
    /// Row id of a digest (`digests.id`).
    DigestId
);
id!(
    /// Row id of a channel (`channels.id`).
    ChannelId
);
id!(
    /// Row id of a group of servers (`server_groups.id`).
    GroupId
);
id!(
    /// Row id of a shared link (`shared_links.id`).
    SharedLinkId
);
id!(
    /// Row id of a tag (`tags.id`).
    TagId
);

/// A job and its server. The index on a job's runs begins with the server, so a query without it would scan the runs of
/// all servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobRef {
    /// The server.
    pub server: ServerId,
    /// The job.
    pub id: JobId,
}
