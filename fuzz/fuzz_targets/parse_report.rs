//! The first byte selects the content type, the rest is the body; any panic or endless loop is a
//! finding.
#![no_main]

use duplistatus::report::{Message, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((first, body)) = input.split_first() else { return };
    let content_type = match first % 4 {
        0 => None,
        1 => Some("application/json"),
        2 => Some("application/x-www-form-urlencoded"),
        _ => Some("text/plain"),
    };
    if let Ok(Message::Report(report)) = parse(content_type, body) {
        let _ = report.log.to_bounded_json();
    }
});
