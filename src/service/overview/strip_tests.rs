use serde_json::json;

use super::*;
use crate::{
    dto::{dashboard::DashboardQuery, strip::letter},
    service::{
        overview::dashboard,
        testing::{NOON, TestResult, report, send, services},
    },
    status::Status,
    time::Timestamp,
};

const ROOT: Actor = Actor::CommandLine;

#[tokio::test]
async fn slots_say_what_their_letters_leave_out() -> TestResult {
    let (_folder, services) = services()?;
    // Daily, on every weekday, with two days on which nothing came.
    for days in [11, 10, 9, 8, 7, 6, 5, 4, 1] {
        let status = if days == 4 { "Fatal" } else { "Success" };
        let mut sent = report(&Timestamp::from_unix(NOON - days * 86_400).to_string(), status);
        if days == 4 {
            sent["Data"]["SizeOfExaminedFiles"] = json!(0);
        }
        send(&services, sent).await?;
    }
    let page = dashboard::show(&services, &ROOT, DashboardQuery::default()).await?;
    let row = page.servers.first().and_then(|server| server.jobs.first()).ok_or("no job")?;
    assert_eq!(row.strip, "sssssssfmms");
    let slots = slots(&services, &ROOT, row.id).await?;
    assert_eq!(slots.iter().map(|slot| letter(slot.status)).collect::<String>(), row.strip);
    let first = slots.first().ok_or("no slot")?;
    assert_eq!((first.duration, first.source_size, first.uploaded_size), (Some(600), Some(1000), Some(50)));
    assert!(first.run.is_some());
    let failed = slots.iter().find(|slot| slot.status == Some(Status::Fatal)).ok_or("no failure")?;
    assert_eq!(failed.source_size, None, "a failed run had not counted its files");
    let missed = slots.iter().find(|slot| slot.status.is_none()).ok_or("none missed")?;
    assert_eq!((missed.run, missed.duration), (None, None));
    Ok(())
}

#[tokio::test]
async fn strangers_and_wrong_ids_are_refused() -> TestResult {
    let (_folder, services) = services()?;
    assert!(matches!(slots(&services, &ROOT, JobId(9)).await, Err(Error::NotFound)));
    let stranger = Actor::Anonymous { address: String::new() };
    assert!(matches!(slots(&services, &stranger, JobId(9)).await, Err(Error::Unauthenticated)));
    Ok(())
}
