//! What of the dashboard is asked for.

use serde::{Deserialize, Serialize};

use crate::verdict::Verdict;

/// What a person chose to see; every part is in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct DashboardQuery {
    /// Only jobs in this state.
    #[serde(default)]
    pub filter: Filter,
    /// Only servers and jobs whose name, alias or state contains this text.
    #[serde(default)]
    pub search: String,
    /// Only servers of the group with this name.
    #[serde(default)]
    pub group: String,
    /// Only servers and jobs with this tag.
    #[serde(default)]
    pub tag: String,
    /// Order of the servers.
    #[serde(default)]
    pub sort: Sort,
    /// Page, counting from 1; 0 is read as 1.
    #[serde(default)]
    pub page: i64,
}

impl DashboardQuery {
    /// Whether only some servers are asked for.
    pub fn is_narrowed(&self) -> bool {
        self.filter != Filter::All || !self.search.is_empty() || self.has_label()
    }

    /// Whether a group or a tag is asked for.
    pub fn has_label(&self) -> bool {
        !self.group.is_empty() || !self.tag.is_empty()
    }
}

/// Which jobs the list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Filter {
    /// Every job.
    #[default]
    All,
    /// Jobs that a person should look at.
    Attention,
    /// Jobs with exactly this verdict.
    Only(Verdict),
    /// Servers and jobs that have never reported a backup.
    Never,
}

/// In which order servers stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// The server with the worst job first.
    #[default]
    Worst,
    /// By name.
    Name,
    /// The server that reported last first.
    Latest,
}
