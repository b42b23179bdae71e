//! Dry runs.

use serde_json::json;

use super::*;

#[tokio::test]
async fn a_rehearsal_neither_mends_nor_breaks_a_job() -> TestResult {
    let (_folder, services) = services()?;
    for day in 17..23 {
        send(&services, report(&format!("2026-11-{day}T02:00:00Z"), "Success")).await?;
    }
    send(&services, report("2026-11-23T02:00:00Z", "Fatal")).await?;
    let failed = summary(&services).await?;
    assert_eq!((failed.last_status.as_deref(), failed.failures), (Some("fatal"), 1));
    for (time, status) in [("02:30", "Success"), ("03:00", "Error")] {
        let mut rehearsal = report(&format!("2026-11-23T{time}:00Z"), status);
        rehearsal["Data"]["Dryrun"] = json!(true);
        send(&services, rehearsal).await?;
    }
    let now = summary(&services).await?;
    // They are in the history and in its totals.
    assert_eq!(now.run_count, failed.run_count + 2);
    let told = |summary: Summary| Summary { run_count: 0, uploaded_total: 0, ..summary };
    assert_eq!(told(now), told(failed));
    Ok(())
}

#[tokio::test]
async fn who_only_rehearsed_has_no_backup() -> TestResult {
    let (_folder, services) = services()?;
    let mut rehearsal = report("2026-11-23T02:00:00Z", "Success");
    rehearsal["Data"]["Dryrun"] = json!(true);
    send(&services, rehearsal).await?;
    let summary = summary(&services).await?;
    assert_eq!((summary.run_count, summary.last_status, summary.last_success_at), (1, None, None));
    Ok(())
}
