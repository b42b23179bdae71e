//! Strangers can write to this list: it stays small and reveals nothing.

use super::*;
use crate::service::testing::{TestResult, at, services};

fn refusal<'r>(reason: &str, source: &'r str, body: &'r [u8]) -> Rejection<'r> {
    Rejection {
        reason: reason.into(),
        field: None,
        hint: "Do not.".into(),
        http_status: 400,
        source,
        body,
        size: body.len() as u64,
    }
}

#[tokio::test]
async fn the_same_refusal_from_the_same_address_is_one_row() -> TestResult {
    let (_folder, services) = services()?;
    note(&services, refusal("empty", "192.0.2.1", b"first"));
    note(&services, refusal("empty", "192.0.2.1", b"second"));
    note(&services, refusal("empty", "192.0.2.2", b"elsewhere"));
    write_waiting(&services).await?;
    at(&services, 3600);
    note(&services, refusal("empty", "192.0.2.1", b"third"));
    note(&services, refusal("not JSON", "192.0.2.1", b"another"));
    write_waiting(&services).await?;
    let page = list(&services, &Actor::CommandLine, 1).await?;
    assert_eq!(page.rows.len(), 3);
    let row = page.rows.iter().find(|row| row.reason == "empty" && row.count == 3).ok_or("not counted")?;
    assert_eq!((row.sample.as_str(), row.size, row.http_status), ("third", 5, 400));
    assert_eq!(row.last.at.since(row.first.at), 3600);
    Ok(())
}

#[tokio::test]
async fn a_flood_leaves_two_hundred_rows_and_bounded_memory() -> TestResult {
    let (_folder, services) = services()?;
    let body = "x".repeat(100_000);
    for wave in 0..3 {
        at(&services, wave);
        for number in 0..500 {
            note(&services, refusal("empty", &format!("198.51.{wave}.{number}"), body.as_bytes()));
        }
        let held: usize = services
            .rejections
            .waiting
            .lock()
            .map_err(|_| "poisoned")?
            .values()
            .map(|row| row.sample.len() + row.reason.len() + row.hint.len())
            .sum();
        assert!(held < 200 * 3000, "{held}");
        write_waiting(&services).await?;
    }
    let page = list(&services, &Actor::CommandLine, 1).await?;
    assert_eq!(page.paging.total, MAX_ROWS);
    assert!(page.rows.iter().all(|row| row.source.starts_with("198.51.2.")), "the newest are kept");
    Ok(())
}

#[tokio::test]
async fn samples_are_short_masked_and_free_of_control_characters() -> TestResult {
    let (_folder, services) = services()?;
    let json = format!(
        "{{\"url\":\"ftp://ann:hunter2@host/\",\x07\x1b[31m\"passphrase\":\"hunter2\",\n{}",
        "é".repeat(9000)
    );
    note(&services, refusal("json", "192.0.2.1", json.as_bytes()));
    let form = "message=%7B%22url%22%3A%22ftp%3A%2F%2Fann%3Ahunter2%40host%22%2C%22passphrase%22%3A%22hunter2%22%7D&token=hunter2";
    note(&services, refusal("form", "192.0.2.1", form.as_bytes()));
    note(&services, refusal("bytes", "192.0.2.1", &[0xff, 0xfe, 0x00, 0x41]));
    write_waiting(&services).await?;
    let rows = list(&services, &Actor::CommandLine, 1).await?.rows;
    assert_eq!(rows.len(), 3);
    for row in &rows {
        assert!(!row.sample.contains("hunter2"), "{}", row.sample);
        assert!(!row.sample.chars().any(|c| c.is_control() && c != '\n'), "{:?}", row.sample);
        assert!(row.sample.len() <= 2048, "{}", row.sample.len());
    }
    let json_row = rows.iter().find(|row| row.reason == "json").ok_or("no row")?;
    assert_eq!(json_row.size, i64::try_from(json.len())?);
    assert!(json_row.sample.len() > 2000);
    Ok(())
}

#[tokio::test]
async fn senders_may_not_read_the_list() -> TestResult {
    let (_folder, services) = services()?;
    let sender = Actor::Sender { key: None, server: None };
    assert!(matches!(list(&services, &sender, 1).await, Err(Error::Forbidden)));
    Ok(())
}

#[tokio::test]
async fn what_was_noted_is_written_by_itself_at_most_once_a_second() -> TestResult {
    let (_folder, services) = services()?;
    let writing = tokio::spawn(write_periodically(services.clone()));
    let mut revision = services.db.revision();
    note(&services, refusal("empty", "192.0.2.1", b""));
    revision.changed().await?;
    let before = *revision.borrow_and_update();
    for number in 0..100 {
        note(&services, refusal("empty", &format!("192.0.2.{number}"), b""));
        tokio::task::yield_now().await;
    }
    revision.changed().await?;
    assert_eq!(*revision.borrow() - before, 1);
    assert_eq!(list(&services, &Actor::CommandLine, 1).await?.paging.total, 100);
    writing.abort();
    Ok(())
}

async fn rows(services: &Services) -> Result<Vec<RejectedRow>, Error> {
    write_waiting(services).await?;
    Ok(list(services, &Actor::CommandLine, 1).await?.rows)
}

#[tokio::test]
async fn a_refusal_names_the_machine_and_the_job_that_it_said() -> TestResult {
    let (_folder, services) = services()?;
    let body = crate::service::testing::report("2026-11-23T02:00:00Z", "Success").to_string();
    note(&services, refusal("the key", "192.0.2.1", body.as_bytes()));
    let long = "room ".repeat(100);
    let hostile = format!(
        "{{\"Data\":1,\"Extra\":{{\"machine-name\":\"<b>\\n{long}\",\"backup-name\":\"\\u202ex\"}}}}"
    );
    note(&services, refusal("the data", "192.0.2.1", hostile.as_bytes()));
    note(&services, refusal("nothing", "192.0.2.1", b"hello"));
    let rows = rows(&services).await?;
    let named = |reason: &str| rows.iter().find(|row| row.reason == reason).ok_or("no row");
    let good = named("the key")?;
    assert_eq!((good.machine.as_deref(), good.job.as_deref()), (Some("nas"), Some("Documents")));
    assert_eq!(good.hint, "Do not.");
    let bad = named("the data")?;
    let machine = bad.machine.as_deref().unwrap_or_default();
    assert!(
        machine.starts_with("<b> room")
            && machine.ends_with('…')
            && (70..=80).contains(&machine.chars().count()),
        "{machine}"
    );
    assert_eq!((bad.job.as_deref(), bad.hint.as_str()), (Some("x"), "Do not."));
    let none = named("nothing")?;
    assert_eq!((&none.machine, &none.job), (&None, &None));
    // The next rejection of the same kind names another machine and no job, and replaces the
    // sample.
    let body = br#"{"Data":1,"Extra":{"machine-name":"office"}}"#;
    note(&services, Rejection { hint: "Do\nnot.".into(), ..refusal("the key", "192.0.2.1", body) });
    let rows = self::rows(&services).await?;
    let again = rows.iter().find(|row| row.reason == "the key").ok_or("no row")?;
    assert_eq!((again.machine.as_deref(), &again.job, again.count), (Some("office"), &None, 2));
    assert_eq!(again.hint, "Do\nnot.", "a hint is a hint, whatever its lines");
    Ok(())
}

#[tokio::test]
async fn a_refusal_is_dismissed_by_whom_it_concerns_and_the_trail_says_how_many_it_was() -> TestResult {
    let (_folder, services) = services()?;
    for _ in 0..3 {
        note(&services, refusal("empty", "192.0.2.1", b""));
    }
    note(&services, refusal("empty", "192.0.2.2", b""));
    let id = rows(&services).await?.iter().find(|row| row.count == 3).ok_or("no row")?.id;
    let dismiss_it =
        async |source: &str| dismiss(&services, &Actor::CommandLine, id, "empty".into(), source.into()).await;
    assert!(matches!(dismiss_it("192.0.2.2").await, Err(Error::Invalid { .. })), "it is another one");
    assert_eq!(rows(&services).await?.len(), 2);
    dismiss_it("192.0.2.1").await?;
    assert!(matches!(dismiss_it("192.0.2.1").await, Err(Error::NotFound)));
    assert_eq!(
        rows(&services).await?.iter().map(|row| row.source.as_str()).collect::<Vec<_>>(),
        ["192.0.2.2"]
    );
    let trail = audit::list(&services, &Actor::CommandLine, Default::default()).await?;
    let entry = trail.rows.first().ok_or("no entry")?;
    assert_eq!(entry.action, "rejected.dismiss");
    let told =
        |name: &str| entry.before.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!((told("reports"), told("address")), (Some("3"), Some("192.0.2.1")), "{entry:?}");
    Ok(())
}

#[tokio::test]
async fn all_are_dismissed_but_those_that_came_after_the_page() -> TestResult {
    let (_folder, services) = services()?;
    note(&services, refusal("empty", "192.0.2.1", b""));
    note(&services, refusal("empty", "192.0.2.2", b""));
    let until = services.clock.now();
    write_waiting(&services).await?;
    at(&services, 60);
    note(&services, refusal("empty", "192.0.2.2", b""));
    note(&services, refusal("empty", "192.0.2.3", b""));
    write_waiting(&services).await?;
    dismiss_all(&services, &Actor::CommandLine, until).await?;
    let mut left: Vec<String> = rows(&services).await?.into_iter().map(|row| row.source).collect();
    left.sort_unstable();
    assert_eq!(left, ["192.0.2.2", "192.0.2.3"]);
    let guest = Actor::Guest { address: "192.0.2.9".into() };
    assert!(matches!(dismiss_all(&services, &guest, until).await, Err(Error::Forbidden)));
    Ok(())
}
