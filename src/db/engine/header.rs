//! The first 100 bytes of the file, without which SQLite does not open it:
//! <https://www.sqlite.org/fileformat2.html#the_database_header>.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use super::StoreError;

/// The first bytes of every SQLite file.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Length of the header in bytes.
const SIZE: usize = 100;
/// Page size of files created by this program.
const USUAL_PAGE: u32 = 16_384;
/// Maximum number of pages examined to find the page size.
const LOOKED_AT: u64 = 500;

/// Returns whether a file begins with a header that SQLite accepts. Unlike opening the file, this does not touch its log.
///
/// # Errors
/// If the file cannot be opened.
pub fn has_sound_header(path: &Path) -> Result<bool, StoreError> {
    let mut file = File::open(path).map_err(|error| StoreError::from_io(path, &error))?;
    Ok(Header::read(&mut file).is_ok_and(|header| header.is_some()))
}

/// Fields of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::db) struct Header {
    /// Page size in bytes.
    pub page_size: u32,
    /// Unused bytes at the end of each page.
    pub reserved: u32,
    /// Whether the file records the parent of every page, as incremental vacuum requires.
    pub has_parents: bool,
    /// First page of the free list.
    pub free_list: u32,
}

impl Header {
    /// Reads the header; `None` if SQLite would not accept it.
    pub(in crate::db) fn read(file: &mut File) -> io::Result<Option<Self>> {
        let mut bytes = [0_u8; SIZE];
        file.seek(SeekFrom::Start(0))?;
        match file.read_exact(&mut bytes) {
            Ok(()) => Ok(Self::parse(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn parse(bytes: &[u8; SIZE]) -> Option<Self> {
        let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let page_size = match u16::from_be_bytes(bytes.get(16..18)?.try_into().ok()?) {
            1 => 65_536,
            size => u32::from(size),
        };
        let versions_known = bytes.get(18..20)?.iter().all(|version| matches!(version, 1 | 2));
        // Format and encoding are zero until the first table is created.
        let (format, encoding) = (number(44)?, number(56)?);
        let is_sound = bytes.starts_with(MAGIC)
            && page_size.is_power_of_two()
            && page_size >= 512
            && versions_known
            && bytes.get(21..24)? == [64, 32, 32]
            && ((1..=4).contains(&format) && encoding == 1 || (format, encoding) == (0, 0));
        is_sound.then_some(Self {
            page_size,
            reserved: u32::from(*bytes.get(20)?),
            has_parents: number(52)? != 0,
            free_list: number(32)?,
        })
    }

    /// Replaces a damaged header by one that SQLite accepts. Fields that cannot be recovered (free pages, change
    /// counters) matter only for writing.
    pub(in crate::db) fn repair(file: &mut File) -> io::Result<()> {
        let length = file.metadata()?.len();
        let page_size = guess_page_size(file)?;
        let pages = u32::try_from(length / u64::from(page_size)).unwrap_or(u32::MAX);
        let mut bytes = Vec::with_capacity(SIZE);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&u16::try_from(page_size).unwrap_or(1).to_be_bytes());
        bytes.extend_from_slice(&[2, 2, 0, 64, 32, 32]);
        // Change counter, pages, free list and its length, schema cookie, schema format, cache, largest root (non-zero:
        // parents are recorded), encoding, user version, incremental vacuum, application.
        for number in [1, pages, 0, 0, 1, 4, 0, 3, 1, 0, 1, 0] {
            bytes.extend_from_slice(&u32::to_be_bytes(number));
        }
        bytes.resize(92, 0);
        bytes.extend_from_slice(&1_u32.to_be_bytes());
        bytes.extend_from_slice(&3_045_000_u32.to_be_bytes());
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&bytes)
    }
}

/// Returns the smallest page size at which enough pages start like a page. Examines only odd multiples of a size: if the
/// size is too small, these are inside pages, whereas every boundary of a larger size would also be one of the correct
/// size.
fn guess_page_size(file: &mut File) -> io::Result<u32> {
    let length = file.metadata()?.len();
    for shift in 9..=16_u32 {
        let size = 1_u32 << shift;
        let places = (0..LOOKED_AT).map(|number| (2 * number + 1) * u64::from(size));
        let (mut found, mut seen) = (0, 0);
        for place in places.take_while(|place| place + u64::from(size) <= length) {
            file.seek(SeekFrom::Start(place))?;
            let mut head = [0_u8; 8];
            if file.read_exact(&mut head).is_ok() {
                seen += 1;
                found += u32::from(is_tree_page(head, size));
            }
        }
        if found * 5 >= seen && found > 0 {
            return Ok(size);
        }
    }
    Ok(USUAL_PAGE)
}

/// Returns whether a page starts like a b-tree page of this size.
fn is_tree_page(head: [u8; 8], size: u32) -> bool {
    let [kind, _, _, cells, cells_low, content, content_low, _] = head;
    let cells = u32::from(u16::from_be_bytes([cells, cells_low]));
    let content = match u16::from_be_bytes([content, content_low]) {
        0 => 65_536,
        at => u32::from(at),
    };
    matches!(kind, 2 | 5 | 10 | 13) && cells > 0 && cells * 2 < size && content <= size && content > cells * 2
}
