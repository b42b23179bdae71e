//! Checks free disk space before something large is written, because SQLite notices a full disk only when
//! it is too late.

use std::path::Path;

use super::{StoreError, StoreErrorKind};

/// Bytes to keep free for reports that arrive meanwhile.
pub(in crate::db) const RESERVE: u64 = 32 * 1024 * 1024;

/// Returns how many bytes this program can still write to a folder.
///
/// # Errors
/// If the system cannot tell.
pub fn available(folder: &Path) -> Result<u64, StoreError> {
    fs4::available_space(folder).map_err(|error| {
        StoreError::new(
            StoreErrorKind::Io,
            format!("the free space of {} is unknown: {error}", folder.display()),
        )
    })
}

/// Checks that a folder has space for this many bytes, plus `RESERVE`.
///
/// # Errors
/// [`StoreErrorKind::Full`] if there is too little space.
pub fn ensure(folder: &Path, needed: u64) -> Result<(), StoreError> {
    let available = available(folder)?;
    if available >= needed.saturating_add(RESERVE) {
        return Ok(());
    }
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
    Err(StoreError::new(
        StoreErrorKind::Full,
        format!(
            "not enough space in {}: {} MB required, {} MB free; free {} MB and try again",
            folder.display(),
            megabytes(needed.saturating_add(RESERVE)),
            megabytes(available),
            megabytes(needed.saturating_add(RESERVE).saturating_sub(available)),
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_with_figures() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        ensure(folder.path(), 1)?;
        let error = ensure(folder.path(), u64::MAX / 2).err().ok_or("accepted")?;
        assert!(error.is_full() && error.to_string().contains("MB free"), "{error}");
        Ok(())
    }
}
