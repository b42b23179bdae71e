//! Incidents that have one cause are shown as one.

use duplistatus::dto::incidents::IncidentRow;

/// An incident and others with the same cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The first one of the list.
    pub first: IncidentRow,
    /// The others, in the order of the list.
    pub others: Vec<IncidentRow>,
}

/// Groups the incidents of a list; each group stands where its first one stood.
pub fn grouped(rows: Vec<IncidentRow>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        match groups.iter_mut().find(|group| row.has_cause_of(&group.first)) {
            Some(group) => group.others.push(row),
            None => groups.push(Group { first: row, others: Vec::new() }),
        }
    }
    groups
}
