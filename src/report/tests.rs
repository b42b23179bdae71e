//! Times, dates in the sender's culture, and log lines.

use rstest::rstest;

use super::culture_date::{CultureDate, decide_order};
use super::line::{Level, LogLine};
use super::time::{instant, parse_duration, parse_instant};
use super::{Limits, Message, ReportErrorKind, parse_within};

#[rstest]
#[case("2025-05-05T04:30:00.1234567Z", Some(1_746_419_400))]
#[case("2025-05-05T06:30:00+02:00", Some(1_746_419_400))]
#[case(" 2025-05-05 04:30:00 ", Some(1_746_419_400))]
#[case("20250505T043000Z", Some(1_746_419_400))]
#[case("5/5/2025 6:30:00 AM (1746419400)", Some(1_746_419_400))]
#[case("1746419400", Some(1_746_419_400))]
#[case("0001-01-01T00:00:00", None)]
#[case("5/5/2025 6:30:00 AM", None)]
#[case("2025-02-29T00:00:00Z", None)]
#[case("2024-02-29T00:00:00Z", Some(1_709_164_800))]
#[case("2000-03-01T00:00:00Z", Some(951_868_800))]
#[case("(99999999999999999999)", None)]
#[case("1970-01-01T00:00:00Z", Some(0))]
#[case("1969-12-31T23:59:59Z", None)]
#[case("1970-01-01T00:00:00+00:01", None)]
#[case("2000-02-29T00:00:00Z", Some(951_782_400))]
#[case("2096-02-29T00:00:00Z", Some(3_981_312_000))]
#[case("2100-02-29T00:00:00Z", None)]
#[case("2100-03-01T00:00:00Z", Some(4_107_542_400))]
#[case("2025-04-31T00:00:00Z", None)]
#[case("2025-06-31T00:00:00Z", None)]
#[case("2025-09-31T00:00:00Z", None)]
#[case("2025-11-31T00:00:00Z", None)]
#[case("2024-12-31T00:00:00Z", Some(1_735_603_200))]
#[case("2025-00-05T00:00:00Z", None)]
#[case("2025-13-05T00:00:00Z", None)]
#[case("2025-05-00T00:00:00Z", None)]
#[case("2025-05-05T24:00:00Z", None)]
#[case("2025-05-05T04:60:00Z", None)]
#[case("2025-05-05T04:30:60Z", Some(1_746_419_460))]
#[case("2025-05-05T04:30:61Z", None)]
#[case("2025-05-05T04:30", Some(1_746_419_400))]
#[case("2025-05-05", Some(1_746_403_200))]
#[case("2025-05-05T10:00:00+05:30", Some(1_746_419_400))]
#[case("2025-05-05T10:00:00+0530", Some(1_746_419_400))]
#[case("2025-05-04T23:00:00-05:30", Some(1_746_419_400))]
#[case("2025-05-05T09:30:00+05", Some(1_746_419_400))]
#[case("2025-05-05T22:30:00+18", Some(1_746_419_400))]
#[case("2025-05-05T22:31:00+18:01", None)]
#[case("2025-05-05T04:30:00Z+01", None)]
#[case("2025-05-05T04:30:00x", None)]
#[case("2025-0505T04:30:00Z", None)]
#[case("1746419400000", Some(1_746_419_400))]
#[case("100000000000", Some(100_000_000))]
#[case("99999999999", Some(99_999_999_999))]
#[case("31536000", Some(31_536_000))]
#[case("31535999", None)]
#[case("x (0)", Some(0))]
#[case("x (-1)", None)]
fn instants(#[case] text: &str, #[case] seconds: Option<i64>) {
    assert_eq!(parse_instant(text), seconds);
}

#[test]
fn an_instant_may_be_a_number() {
    assert_eq!(instant(&1_746_419_400_123_i64.into()), Some(1_746_419_400));
    assert_eq!((instant(&true.into()), instant(&1.5.into())), (None, None));
}

#[rstest]
#[case("00:38:31.1234567", Some(2311))]
#[case("1.21:18:20.7495731", Some(163_100))]
#[case("26:00:01", Some(93_601))]
#[case("-00:00:01", None)]
#[case("-1.00:00:01", None)]
#[case("9223372036854775807.00:00:00", None)]
#[case("soon", None)]
fn durations(#[case] text: &str, #[case] seconds: Option<i64>) {
    assert_eq!(parse_duration(text).map(|duration| duration.seconds), seconds);
}

#[rstest]
#[case("31/12/2024 23:00:00, 01/12/2024 23:00:00", 1_735_686_000)]
#[case("12/31/2024 11:00:00 PM", 1_735_686_000)]
#[case("12/10/2024 01:00:00, 12/09/2024 01:00:00, 12/08/2024 01:00:00, 01/31/2024 01:00:00", 1_733_792_400)]
#[case(
    "10/12/2024 1:00:00\u{202f}AM, 09/12/2024 1:00:00\u{202f}AM, 08/12/2024 1:00:00\u{202f}AM",
    1_733_792_400
)]
#[case("2024.12.10 01:00:00", 1_733_792_400)]
#[case("10.12.2567 01:00:00", 1_733_792_400)]
#[case("10/12/2024 1:00:00 p. m.", 1_733_835_600)]
#[case("2024/12/10 午後 1:00:00", 1_733_835_600)]
fn culture_dates(#[case] list: &str, #[case] newest: i64) {
    let dates: Vec<CultureDate> = list.split(',').filter_map(CultureDate::parse).collect();
    // The log line that held the list was written in December 2024.
    let order = decide_order(&dates, Some(1_735_689_600));
    assert_eq!(dates[0].local(order), Some(newest));
}

#[rstest]
#[case(
    "2026-04-17 11:12:27 -05 - [Warning-A.B-C d]: hm",
    Some(1_776_442_347),
    Level::Warning,
    Some("A.B-C d"),
    "hm"
)]
#[case(
    "2026-04-17 11.12.27 -05 - [Error-A.B-C] [ex:T] [st:1]",
    Some(1_776_442_347),
    Level::Error,
    Some("A.B-C"),
    "[ex:T] [st:1]"
)]
#[case("2026-04-17 11:12:27 -05 - plain", Some(1_776_442_347), Level::Other, None, "plain")]
#[case("[x] not a tag", None, Level::Other, None, "[x] not a tag")]
#[case(
    "2026-04-17 11:12:27 -05 - [ExplicitOnly-A.B-C]: x",
    Some(1_776_442_347),
    Level::Other,
    Some("ExplicitOnly-A.B-C"),
    "x"
)]
fn log_lines(
    #[case] raw: &str,
    #[case] time: Option<i64>,
    #[case] level: Level,
    #[case] tag: Option<&str>,
    #[case] text: &str,
) {
    let line = LogLine { time, level, tag: tag.map(str::to_owned), text: text.to_owned() };
    assert_eq!(LogLine::parse(raw, Level::Other), Some(line));
}

#[test]
fn a_body_of_the_largest_size_is_read_and_one_byte_more_is_not() {
    let body = br#"{"Data":{"ParsedResult":"Success"}}"#;
    let within = |max_bytes| parse_within(None, body, &Limits { max_bytes, ..Limits::default() });
    assert!(matches!(within(body.len()), Ok(Message::Report(_))));
    assert_eq!(within(body.len() - 1).unwrap_err().kind, ReportErrorKind::TooLarge);
}
