//! The group and the tag by which a list is narrowed down.

use crate::{
    db::{
        Connection, StoreError,
        tables::labels::{self, Kind, ListedLabel},
    },
    dto::dashboard::{Label, Labels},
    ids::{GroupId, TagId},
    verdict::Verdict,
};

/// Groups that are offered.
const GROUPS: i64 = 100;
/// Tags that are offered.
const TAGS: i64 = 50;
/// A group or a tag that is not there: nothing has it.
const NONE: i64 = 0;

/// What is chosen, by its id.
pub(super) struct Choice {
    pub(super) group: Option<GroupId>,
    pub(super) tag: Option<TagId>,
}

impl Choice {
    /// By names; empty ones choose nothing.
    pub(super) fn of(conn: &mut Connection, group: &str, tag: &str) -> Result<Self, StoreError> {
        let group = match group {
            "" => None,
            name => Some(labels::find_group(conn, name)?.unwrap_or(GroupId(NONE))),
        };
        let tag = match tag {
            "" => None,
            name => Some(labels::find_tag(conn, name)?.unwrap_or(TagId(NONE))),
        };
        Ok(Self { group, tag })
    }

    /// Groups and tags to choose from.
    pub(super) fn labels(&self, conn: &mut Connection) -> Result<Labels, StoreError> {
        let (groups_total, tags_total) = labels::counts(conn)?;
        let mut listed = |kind, chosen, most, total| match total {
            0 => Ok(Vec::new()),
            _ => labels::listed(conn, kind, chosen, most),
        };
        let groups = listed(Kind::Groups, self.group.map(|it| it.0), GROUPS, groups_total)?;
        let tags = listed(Kind::Tags, self.tag.map(|it| it.0), TAGS, tags_total)?;
        let label = |row: ListedLabel| Label {
            name: row.name,
            jobs: row.jobs,
            worst: row.worst.and_then(|rank| Verdict::ALL.into_iter().find(|it| it.rank() == rank)),
        };
        let all = |rows: Vec<ListedLabel>| rows.into_iter().map(label).collect::<Vec<_>>();
        let (mut groups, mut tags) = (all(groups), all(tags));
        for labels in [&mut groups, &mut tags] {
            labels.sort_by_cached_key(|label| (label.worst.map_or(8, Verdict::rank), labels_key(label)));
        }
        Ok(Labels { groups, tags, groups_total, tags_total })
    }
}

fn labels_key(label: &Label) -> String {
    labels::key(&label.name)
}
