//! No body makes the parser panic, and stored data stays within its limits.
#![expect(clippy::unwrap_used, reason = "a failed step should fail the test")]

use duplistatus::report::{Level, Log, LogLine, MAX_LOG_BYTES, MAX_LOG_LINES, mask_secrets, parse};
use proptest::prelude::*;

const TYPES: [Option<&str>; 4] =
    [None, Some("application/json"), Some("application/x-www-form-urlencoded"), Some("text/plain")];

fn fixtures() -> Vec<Vec<u8>> {
    let folder = format!("{}/tests/fixtures/reports", env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn lines() -> impl Strategy<Value = Vec<LogLine>> {
    let level =
        prop_oneof![Just(Level::Error), Just(Level::Warning), Just(Level::Information), Just(Level::Other)];
    let line = (level, any::<Option<i64>>(), "\\PC{0,4}[\u{1}\"\\\\]{0,2}", 0..300_usize);
    let line = line.prop_map(|(level, time, text, times)| LogLine {
        time,
        level,
        tag: None,
        text: text.repeat(times),
    });
    prop::collection::vec(line, 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..600)) {
        for content_type in TYPES {
            let _ = parse(content_type, &body);
        }
    }

    #[test]
    fn mutated_reports_never_panic(pick: prop::sample::Index, edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 0..12), keep: prop::sample::Index, truncate: bool) {
        let mut body = pick.get(&fixtures()).clone();
        for (at, byte, kind) in edits {
            let at = at.index(body.len());
            match kind {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                _ => body[at] ^= 1 << (byte % 8),
            }
        }
        if truncate {
            body.truncate(keep.index(body.len()));
        }
        for content_type in TYPES {
            let _ = parse(content_type, &body);
        }
    }

    #[test]
    fn masking_is_idempotent(text in "((https?|ftp)://|[a-z]{0,3}:|@|key|token|passphrase|=|%3D|%26|&|\"|'|Bearer |Authorization: ?|\\PC|[ \n]){0,24}") {
        let once = mask_secrets(&text).into_owned();
        prop_assert_eq!(mask_secrets(&once).into_owned(), once);
    }
}

proptest! {
    // Building logs of megabytes is slow in debug builds; fewer cases still reach both limits.
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn stored_logs_stay_within_bounds(lines in lines(), copies in 1..40_usize, by_sender: Option<i64>) {
        // Copies exceed both limits without the cost of generating that much.
        let lines: Vec<LogLine> = lines.iter().cycle().take(lines.len() * copies).cloned().collect();
        let log = Log { lines, dropped_by_sender: by_sender, dropped_by_us: 0 };
        let json = log.to_bounded_json();
        prop_assert!(json.len() <= MAX_LOG_BYTES);
        let elements: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
        prop_assert!(elements.len() <= MAX_LOG_LINES);
        let read = Log::from_json(&json).unwrap();
        prop_assert_eq!(read.lines.len() as i64 + read.dropped_by_us, log.lines.len() as i64);
        prop_assert_eq!(read.to_bounded_json(), json);
    }
}
