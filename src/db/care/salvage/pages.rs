//! Reads the file page by page, without SQLite, to find rows that are no longer reachable.
//!
//! Files of this program record the parent of every page (for incremental vacuum) on separate pages. So a leaf can be
//! assigned to its table even if all pages between it and the root are lost. Free pages are recorded as well, so that
//! deleted rows are not restored.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
};

use super::record::{values, varint};
use crate::db::engine::{dynamic::Value, header::Header};

/// Maximum depth of a tree; beyond it there is a cycle.
const DEPTH: usize = 24;
/// Maximum bytes of a row, far more than this program writes.
const LARGEST_ROW: usize = 64 * 1024 * 1024;

/// A row found on a page.
#[derive(Debug, PartialEq)]
pub(in crate::db) struct FoundRow {
    /// Its row id.
    pub rowid: i64,
    /// Its columns.
    pub values: Vec<Value>,
}

/// The tree that a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::db) enum Owner {
    /// The tree with this root.
    Root(u32),
    /// Cannot be determined.
    Unknown,
    /// None: the page is free.
    Free,
}

/// The pages of a damaged file.
#[derive(Debug)]
pub(in crate::db) struct Pages {
    file: File,
    header: Header,
    count: u32,
    free: HashSet<u32>,
}

impl Pages {
    /// Opens a file; `None` if it has no valid header.
    pub(in crate::db) fn open(mut file: File) -> io::Result<Option<Self>> {
        let Some(header) = Header::read(&mut file)? else { return Ok(None) };
        let count = u32::try_from(file.metadata()?.len() / u64::from(header.page_size)).unwrap_or(u32::MAX);
        let mut pages = Self { file, header, count, free: HashSet::new() };
        pages.free = pages.free_pages();
        Ok(Some(pages))
    }

    /// Returns the number of pages.
    pub(in crate::db) fn count(&self) -> u32 {
        self.count
    }

    fn usable(&self) -> usize {
        (self.header.page_size - self.header.reserved.min(self.header.page_size / 2)) as usize
    }

    /// Reads a page, counted from 1; `None` if it is beyond the end or cannot be read.
    fn page(&mut self, number: u32) -> Option<Vec<u8>> {
        if number == 0 || number > self.count {
            return None;
        }
        let size = u64::from(self.header.page_size);
        self.file.seek(SeekFrom::Start(u64::from(number - 1) * size)).ok()?;
        let mut bytes = vec![0; self.header.page_size as usize];
        self.file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Returns the pages on the free list, as far as it can be followed.
    fn free_pages(&mut self) -> HashSet<u32> {
        let mut free = HashSet::new();
        let mut trunk = self.header.free_list;
        while trunk != 0 && free.insert(trunk) {
            let Some(page) = self.page(trunk) else { break };
            trunk = big_endian(&page, 0).unwrap_or(0);
            let leaves = big_endian(&page, 4).unwrap_or(0) as usize;
            free.extend((0..leaves.min(page.len() / 4)).filter_map(|leaf| big_endian(&page, 8 + 4 * leaf)));
        }
        free
    }

    /// Returns the pointer-map page that records the parent of a page.
    fn map_page(&self, number: u32) -> u32 {
        let span = u32::try_from(self.usable() / 5).unwrap_or(1) + 1;
        (number.saturating_sub(2) / span) * span + 2
    }

    /// Returns whether a page is a pointer-map page, which belongs to no tree.
    pub(in crate::db) fn is_map(&self, number: u32) -> bool {
        self.header.has_parents && number >= 2 && self.map_page(number) == number
    }

    /// Returns the tree that a page belongs to.
    pub(in crate::db) fn owner(&mut self, number: u32) -> Owner {
        if self.free.contains(&number) {
            return Owner::Free;
        }
        if !self.header.has_parents {
            return Owner::Unknown;
        }
        let mut page = number;
        for _ in 0..DEPTH {
            let map = self.map_page(page);
            let Some(entries) = (page > map).then(|| self.page(map)).flatten() else { return Owner::Unknown };
            let at = 5 * (page - map - 1) as usize;
            match (entries.get(at), big_endian(&entries, at + 1)) {
                (Some(1), _) => return Owner::Root(page),
                (Some(2), _) => return Owner::Free,
                (Some(5), Some(1)) => return Owner::Root(1),
                (Some(5), Some(parent)) if parent >= 2 && parent <= self.count => page = parent,
                _ => return Owner::Unknown,
            }
        }
        Owner::Unknown
    }

    /// Returns the rows on a leaf page of a table, empty for any other page, and the number of unreadable rows.
    pub(in crate::db) fn rows(&mut self, number: u32) -> (Vec<FoundRow>, u64) {
        let mut found = Vec::new();
        let mut broken = 0;
        let Some(page) = self.page(number) else { return (found, broken) };
        // The first page starts with the header of the file.
        let start = if number == 1 { 100 } else { 0 };
        if page.get(start) != Some(&13) {
            return (found, broken);
        }
        let cells = usize::from(short(&page, start + 3).unwrap_or(0)).min(page.len() / 4);
        for cell in 0..cells {
            let row = short(&page, start + 8 + 2 * cell).and_then(|at| self.row(&page, usize::from(at)));
            match row {
                Some(row) => found.push(row),
                None => broken += 1,
            }
        }
        (found, broken)
    }

    fn row(&mut self, page: &[u8], at: usize) -> Option<FoundRow> {
        let usable = self.usable();
        let cell = page.get(at..usable)?;
        let (size, first) = varint(cell)?;
        let size = usize::try_from(size).ok().filter(|size| *size <= LARGEST_ROW)?;
        let (rowid, second) = varint(cell.get(first..)?)?;
        let cell = cell.get(first + second..)?;
        // The part of a long row that is stored on this page: section 1.6 of the file format.
        let largest = usable - 35;
        let here = if size <= largest {
            size
        } else {
            let smallest = (usable - 12) * 32 / 255 - 23;
            let fitting = smallest + (size - smallest) % (usable - 4);
            if fitting <= largest { fitting } else { smallest }
        };
        let mut payload = cell.get(..here)?.to_vec();
        let mut next = if here < size { big_endian(cell, here)? } else { 0 };
        while payload.len() < size {
            let page = self.page(next)?;
            next = big_endian(&page, 0)?;
            let rest = (size - payload.len()).min(usable - 4);
            payload.extend_from_slice(page.get(4..4 + rest)?);
        }
        Some(FoundRow { rowid, values: values(&payload)? })
    }
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn big_endian(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
