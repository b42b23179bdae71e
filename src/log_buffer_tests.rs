use super::*;

fn entry(message: &str) -> LogEntry {
    LogEntry {
        at: Timestamp::from_unix(1_795_435_200),
        level: LogLevel::Info,
        target: "duplistatus::service".into(),
        message: message.into(),
        fields: Vec::new(),
    }
}

fn kept(entry: LogEntry) -> LogEntry {
    let buffer = LogBuffer::default();
    buffer.push(entry);
    buffer.lines().first().map(|kept| kept.entry.clone()).unwrap_or_else(|| self::entry("nothing"))
}

#[test]
fn the_newest_lines_stay_and_keep_their_numbers() {
    let buffer = LogBuffer::default();
    for number in 1..=MAX_LINES + 7 {
        buffer.push(entry(&number.to_string()));
    }
    let lines = buffer.lines();
    assert_eq!(lines.len(), MAX_LINES);
    assert_eq!(lines.first().map(|kept| (kept.number, kept.entry.message.clone())), Some((8, "8".into())));
    assert_eq!(lines.last().map(|kept| kept.number), Some(MAX_LINES as i64 + 7));
}

#[test]
fn bytes_are_bounded_too() {
    let buffer = LogBuffer::default();
    for _ in 0..3_000 {
        buffer.push(LogEntry {
            fields: (0..500).map(|i| (format!("name{i}"), "ü".repeat(50))).collect(),
            ..entry(&"x".repeat(100_000))
        });
    }
    let lines = buffer.lines();
    let bytes: usize = lines.iter().map(|kept| kept.entry.size()).sum();
    assert!(bytes <= MAX_BYTES && bytes > MAX_BYTES / 2, "{bytes}");
    assert_eq!(bytes, buffer.ring().bytes);
    assert!(lines.iter().all(|kept| kept.entry.size() <= MAX_LINE + OVERHEAD));
}

#[test]
fn long_lines_are_cut_at_characters_and_say_so() {
    let long = kept(LogEntry { fields: vec![("a".into(), "b".into())], ..entry(&"ü".repeat(MAX_LINE)) });
    assert!(long.message.ends_with("ü…") && long.message.len() <= MAX_LINE);
    assert_eq!(long.fields, [], "there is no room left");
    let many = (0..10_000).map(|i| (i.to_string(), "v".to_owned())).collect();
    let many = kept(LogEntry { fields: many, ..entry("m") });
    assert!(many.fields.len() > 100 && many.size() <= MAX_LINE + OVERHEAD);
}

#[test]
fn what_looks_like_a_secret_is_masked() {
    for (said, shown) in [
        ("POST /api/upload/k7f2abcdefgh answered", "POST /api/upload/*** answered"),
        ("https://a.example/x/api/upload/k7f2%2F?a=b", "https://a.example/x/api/upload/***?a=b"),
        ("Authorization: Bearer abcdefghijkl", "Authorization: ***"),
        ("header {\"authorization\": \"Basic YTpi\"}", "header {\"authorization\": \"***\"}"),
        ("X-API-Key: dsk_123456", "X-API-Key: ***"),
        ("/api/upload/{key} is a route", "/api/upload/{key} is a route"),
        ("nothing secret", "nothing secret"),
    ] {
        assert_eq!(kept(entry(said)).message, shown);
    }
    let fields = [("path", "/api/upload/k7f2abc"), ("token", "abc123"), ("status", "401")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let shown = kept(LogEntry { fields, ..entry("m") }).fields;
    let values: Vec<&str> = shown.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, ["/api/upload/***", "***", "401"]);
}

#[test]
fn control_characters_are_dropped() {
    assert_eq!(kept(entry("a\u{1b}[31mb\r\nc\u{9b}d\u{0}")).message, "a[31mb\ncd");
}

#[test]
fn a_line_is_found_by_what_is_shown_of_it() {
    let line = LogEntry { fields: vec![("status".into(), "503".into())], ..entry("Disk FULL") };
    assert!(line.contains("disk full") && line.contains("status=503") && line.contains("service"));
    assert!(line.contains("") && !line.contains("404"));
}
