//! Prepares the raw report for storing: the received body, masked.

use std::cell::RefCell;

use sha2::{Digest as _, Sha256};

use crate::{
    db::{StoreError, Tx, tables::raw_reports::NewRaw},
    ids::RunId,
    report::readable,
    time::Timestamp,
};

/// Maximum bytes of a raw report.
const RAW_BYTES: usize = 1024 * 1024;

/// A raw report, ready to be stored.
pub(super) struct Raw {
    content_type: Option<String>,
    size: i64,
    cut: bool,
    body: Vec<u8>,
    /// Fingerprint of the received bytes.
    pub delivery: i64,
}

impl Raw {
    /// Decodes, masks and compresses a body.
    pub(super) fn new(content_type: Option<String>, body: &[u8]) -> Self {
        let (text, cut) = readable(content_type.as_deref(), body, RAW_BYTES);
        Self {
            content_type,
            size: i64::try_from(body.len()).unwrap_or(i64::MAX),
            cut,
            body: compress(text.as_bytes()),
            delivery: fingerprint(body),
        }
    }

    pub(super) fn save(
        &self,
        tx: &mut Tx<'_>,
        run: Option<RunId>,
        operation: Option<i64>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let raw = NewRaw {
            run_id: run.map(|id| id.0),
            operation_id: operation,
            received_at: now.to_string(),
            content_type: self.content_type.as_ref().map(|text| text.chars().take(200).collect()),
            size: self.size,
            cut: self.cut,
            body: self.body.clone(),
        };
        raw.save(tx.conn)
    }
}

/// Returns a number that is equal for equal bytes and almost certainly different otherwise.
fn fingerprint(body: &[u8]) -> i64 {
    Sha256::digest(body).first_chunk().copied().map_or(0, i64::from_be_bytes)
}

/// Compresses a text at a fast level, which suffices for such repetitive texts.
fn compress(text: &[u8]) -> Vec<u8> {
    thread_local! {
        // Creating one takes as long as compressing a report.
        static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> =
            RefCell::new(zstd::bulk::Compressor::new(1).ok());
    }
    COMPRESSOR.with_borrow_mut(|compressor| compressor.as_mut()?.compress(text).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fingerprint is stored: another algorithm would store known runs again.
    #[test]
    fn a_delivery_is_known_by_the_begin_of_the_hash_of_its_bytes() {
        assert_eq!(fingerprint(b"a"), i64::from_be_bytes([0xca, 0x97, 0x81, 0x12, 0xca, 0x1b, 0xbd, 0xca]));
        assert_ne!(fingerprint(b"a"), fingerprint(b"b"));
    }
}
