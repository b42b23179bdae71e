//! Lists as programs read them: one part after another, each found by an index, however long the list is.
//!
//! A part begins behind the last row of the part before it, so that rows that arrive meanwhile neither repeat nor hide others.

pub mod incidents;
pub mod jobs;
pub mod labels;
pub mod monitoring;
pub mod operations;
pub mod records;
pub mod runs;
pub mod schedules;
pub mod servers;

use crate::time::Timestamp;

/// The place of a row in its list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// The time by which the list is sorted; `None` in lists that are sorted by ids.
    pub at: Option<Timestamp>,
    /// The id; in lists that can be sorted by several columns, the number of rows that were read.
    pub id: i64,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Behind this row; from the beginning where there is none.
    pub after: Option<Position>,
    /// Rows, at most.
    pub limit: i64,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Behind which row the next part begins; `None` at the end of the list.
    pub next: Option<Position>,
}

impl Part {
    /// Rows to read: one more than wanted shows whether there is a next part.
    fn read(self) -> i64 {
        self.limit.saturating_add(1)
    }

    /// The id behind which ascending ids begin.
    fn above(self) -> i64 {
        self.after.map_or(0, |after| after.id)
    }

    /// The id before which descending ids begin.
    fn below(self) -> i64 {
        self.after.map_or(i64::MAX, |after| after.id)
    }

    /// The time and the id before which a list begins that is sorted by time, newest first. Never nothing: a bound makes a range of an index.
    fn before(self) -> Option<(Timestamp, i64)> {
        let end = (Timestamp::MAX, i64::MAX);
        Some(self.after.map_or(end, |after| (after.at.unwrap_or(Timestamp::MAX), after.id)))
    }

    /// Rows before the part, in a list whose positions are numbers of rows.
    fn skipped(self) -> i64 {
        self.above().max(0)
    }

    /// The next position in such a list.
    fn counted(self) -> Position {
        Position { at: None, id: self.skipped().saturating_add(self.limit) }
    }
}

impl<T> Listed<T> {
    /// Of the rows that were read, one more than the part has if there is a next one.
    fn of(part: Part, mut rows: Vec<T>, position: impl FnOnce(&T) -> Position) -> Self {
        let limit = usize::try_from(part.limit).unwrap_or(0);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(position);
        Self { rows, next }
    }

    /// Of a list that is in memory, sorted by ids.
    pub fn of_all(part: Part, mut rows: Vec<T>, id: impl Fn(&T) -> i64) -> Self {
        rows.retain(|row| id(row) > part.above());
        rows.sort_by_key(&id);
        Self::of(part, rows, |row| Position { at: None, id: id(row) })
    }

    /// The same part with other rows.
    pub fn map<U>(self, row: impl FnMut(T) -> U) -> Listed<U> {
        Listed { rows: self.rows.into_iter().map(row).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_without_gaps_and_repetitions() {
        let all: Vec<i64> = vec![9, 2, 5, 7, 1];
        let mut part = Part { after: None, limit: 2 };
        let mut read = Vec::new();
        loop {
            let listed = Listed::of_all(part, all.clone(), |id| *id);
            assert!(listed.rows.len() <= 2);
            read.extend(listed.rows);
            let Some(next) = listed.next else { break };
            part.after = Some(next);
        }
        assert_eq!(read, [1, 2, 5, 7, 9]);
    }

    #[test]
    fn a_part_that_ends_with_the_list_has_no_next_one() {
        let listed = Listed::of_all(Part { after: None, limit: 2 }, vec![1, 2], |id| *id);
        assert_eq!(listed, Listed { rows: vec![1, 2], next: None });
    }
}
