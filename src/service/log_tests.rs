use super::*;
use crate::{
    dto::{audit::AuditQuery, log::LogLevel},
    log_buffer::LogEntry,
    service::testing::{NOON, TestResult, services},
    time::Timestamp,
};

fn write(services: &Services, level: LogLevel, message: &str) {
    services.log.push(LogEntry {
        at: Timestamp::from_unix(NOON),
        level,
        target: "duplistatus".into(),
        message: message.into(),
        fields: vec![("status".into(), "503".into())],
    });
}

fn at(level: LogLevel, text: &str, page: i64) -> LogQuery {
    LogQuery { level, text: text.into(), page }
}

#[tokio::test]
async fn lines_of_a_level_and_above_come_newest_first() -> TestResult {
    let (_folder, services) = services()?;
    for (level, message) in [
        (LogLevel::Info, "one"),
        (LogLevel::Error, "two"),
        (LogLevel::Debug, "three"),
        (LogLevel::Warn, "four"),
    ] {
        write(&services, level, message);
    }
    let messages = |query: LogQuery| -> Result<Vec<String>, Error> {
        let page = list(&services, &Actor::CommandLine, &query)?;
        Ok(page.rows.into_iter().map(|row| row.message).collect())
    };
    assert_eq!(messages(at(LogLevel::Info, "", 1))?, ["four", "two", "one"]);
    assert_eq!(messages(at(LogLevel::Error, "", 1))?, ["two"]);
    assert_eq!(messages(at(LogLevel::Trace, "THREE", 1))?, ["three"]);
    let newest = |query: LogQuery| newest(&services, &Actor::CommandLine, &query);
    assert_eq!(newest(at(LogLevel::Info, "", 1))?, 4);
    assert_eq!(newest(at(LogLevel::Error, "", 1))?, 2);
    assert_eq!(newest(at(LogLevel::Error, "five", 1))?, 0);
    Ok(())
}

#[tokio::test]
async fn pages_have_200_lines() -> TestResult {
    let (_folder, services) = services()?;
    for number in 1..=450 {
        write(&services, LogLevel::Info, &number.to_string());
    }
    let page = list(&services, &Actor::CommandLine, &at(LogLevel::Info, "", 3))?;
    assert_eq!((page.rows.len(), page.paging.pages(), page.kept), (50, 3, 450));
    assert_eq!(page.rows.first().map(|row| row.number), Some(50));
    Ok(())
}

#[tokio::test]
async fn a_file_has_one_line_for_each_line_and_is_recorded() -> TestResult {
    let (_folder, services) = services()?;
    write(&services, LogLevel::Warn, "first\n2026-11-23T12:00:00Z ERROR forged: line");
    write(&services, LogLevel::Info, "second");
    let file = download(&services, &Actor::CommandLine, &at(LogLevel::Info, "", 1)).await?;
    assert_eq!(
        file,
        "2026-11-23T12:00:00Z WARN  duplistatus: first\\n2026-11-23T12:00:00Z ERROR forged: line \
         status=\"503\"\n2026-11-23T12:00:00Z INFO  duplistatus: second status=\"503\"\n"
    );
    let trail = audit::list(&services, &Actor::CommandLine, AuditQuery::default()).await?;
    assert_eq!(trail.rows.first().map(|row| row.action.as_str()), Some("log.download"));
    Ok(())
}

#[tokio::test]
async fn only_administrators_see_the_log_and_reading_it_changes_nothing() -> TestResult {
    let (_folder, services) = services()?;
    let before = *services.db.revision().borrow();
    write(&services, LogLevel::Info, "one");
    list(&services, &Actor::System, &LogQuery::default())?;
    assert_eq!(*services.db.revision().borrow(), before, "open pages are not told");
    let stranger = Actor::Anonymous { address: String::new() };
    assert!(matches!(list(&services, &stranger, &LogQuery::default()), Err(Error::Unauthenticated)));
    let guest = Actor::Guest { address: String::new() };
    assert!(matches!(newest(&services, &guest, &LogQuery::default()), Err(Error::Forbidden)));
    assert!(matches!(download(&services, &guest, &LogQuery::default()).await, Err(Error::Forbidden)));
    Ok(())
}
