//! The texts of digests, and how each kind of channel carries one.

use super::*;
use crate::{
    dto::{Moment, channel::KINDS, report::ReportJob},
    ids::JobId,
    notify::{Channel, Delivery, Message, channel_tests::form, message::tests::message},
    time::Timestamp,
    topic::Topic,
};

fn at(text: &str) -> Moment {
    Moment { at: text.parse::<Timestamp>().unwrap(), offset: 3600 }
}

fn incident(topic: Topic, job: &str, since: &str, until: Option<&str>) -> ReportedIncident {
    ReportedIncident {
        server: "nas".into(),
        job: job.into(),
        id: Some(JobId(3)),
        topic,
        since: at(since),
        until: until.map(at),
        has_recovered: until.is_some(),
        why: until.is_none().then(|| "The run of 2026-11-29 02:00 UTC+1 failed. The disk is full.".into()),
        acknowledged: None,
    }
}

fn well() -> Report {
    let gib = 1_i64 << 30;
    let change = |before: i64, now: i64| Change { before: Some(before * gib), now: Some(now * gib) };
    let job = |id, server: &str, name: &str| ReportJob {
        id,
        server: server.into(),
        name: name.into(),
        verdict: Some(Verdict::Ok),
        good: 7,
        kept: 7,
        source: change(100, 103),
        stored: change(220, 219),
        uploaded: 4 * gib,
        quota: Some((120 * gib, 1000 * gib)),
        ..ReportJob::default()
    };
    Report {
        now: at("2026-11-30T06:00:00Z"),
        from: at("2026-11-23T06:00:00Z"),
        until: at("2026-11-30T06:00:00Z"),
        zone: "Europe/Berlin".into(),
        group: None,
        groups: Vec::new(),
        verdicts: vec![(Verdict::Ok, 2)],
        never_reported: 0,
        is_current: true,
        open: Vec::new(),
        open_count: 0,
        closed: Vec::new(),
        closed_count: 0,
        jobs: vec![job(1, "nas", "photos"), job(2, "pc", "mail")],
        is_too_wide: false,
    }
}

fn with_incidents() -> Report {
    let mut report = well();
    report.verdicts = vec![(Verdict::Failed, 1), (Verdict::New, 1), (Verdict::Ok, 1)];
    report.never_reported = 2;
    report.open = vec![incident(Topic::Failed, "photos", "2026-11-29T01:04:00Z", None)];
    report.open_count = 1;
    report.closed = vec![incident(Topic::Late, "mail", "2026-11-25T04:00:00Z", Some("2026-11-25T07:00:00Z"))];
    report.closed_count = 3;
    for job in &mut report.jobs {
        (job.good, job.warned, job.failed, job.kept, job.lost, job.missed) = (5, 1, 1, 5, 1, 1);
    }
    report
}

#[test]
fn a_digest_says_that_all_is_well() {
    let digest = digest(Every::Weekly, &well(), "/report".into());
    assert_eq!(digest.title, "Weekly summary: all 2 jobs are OK");
    assert_eq!(
        digest.text,
        "All is well as of 2026-11-30 07:00 UTC+1: 2 jobs are OK.\n\
         \n\
         2026-11-23 07:00 UTC+1 to 2026-11-30 07:00 UTC+1:\n\
         14 runs: 14 good.\n\
         14 expected slots: 14 kept.\n\
         Source data 206 GiB (+6.00 GiB), stored 438 GiB (−2.00 GiB), uploaded 8.00 GiB.\n\
         Least free space: nas / photos, 120 GiB of 0.98 TiB (12%)."
    );
    assert_eq!(digest.about, About::Digest { path: "/report".into(), is_well: true });
}

#[test]
fn a_digest_lists_what_needs_attention_first() {
    let digest = digest(Every::Daily, &with_incidents(), "/report".into());
    assert_eq!(digest.title, "Daily summary: 1 job needs attention");
    assert_eq!(
        digest.text,
        "Needs attention as of 2026-11-30 07:00 UTC+1:\n\
         Failed: nas / photos, since 2026-11-29 02:04 UTC+1. The run of 2026-11-29 02:00 UTC+1 failed. The disk is full.\n\
         1 job is new: the schedule is not known yet.\n\
         2 jobs or servers have never reported.\n\
         \n\
         2026-11-23 07:00 UTC+1 to 2026-11-30 07:00 UTC+1:\n\
         14 runs: 10 good, 2 with warnings, 2 failed.\n\
         14 expected slots: 10 kept, 2 failed, 2 missed.\n\
         Source data 206 GiB (+6.00 GiB), stored 438 GiB (−2.00 GiB), uploaded 8.00 GiB.\n\
         Closed incidents: nas / mail (overdue for 3 h) and 2 more.\n\
         Least free space: nas / photos, 120 GiB of 0.98 TiB (12%)."
    );
    assert_eq!(digest.about, About::Digest { path: "/report".into(), is_well: false });
}

#[test]
fn a_job_whose_incident_a_user_closed_still_needs_attention() {
    let report = Report { open: Vec::new(), open_count: 0, ..with_incidents() };
    let digest = digest(Every::Daily, &report, String::new());
    assert_eq!(digest.title, "Daily summary: 1 job needs attention");
    let still = "1 job still needs attention, although a user closed its incident.";
    assert!(digest.text.contains(still), "{}", digest.text);
}

#[test]
fn what_is_not_known_is_not_said_to_be_well() {
    let title = |report: &Report| digest(Every::Monthly, report, String::new()).title;
    let text = |report: &Report| digest(Every::Monthly, report, String::new()).text;
    let late = Report { is_current: false, ..well() };
    assert_eq!(title(&late), "Monthly summary: no known problems");
    assert!(text(&late).contains("\nSome jobs were not checked recently, so this may be out of date.\n"));
    let empty =
        Report { verdicts: Vec::new(), jobs: Vec::new(), group: Some("Müller\nKG".into()), ..well() };
    assert_eq!(title(&empty), "Monthly summary of Müller KG: the group has no jobs");
    let none = Report { group: None, ..empty };
    assert_eq!(title(&none), "Monthly summary: no job has reported yet");
    let wide = Report { is_too_wide: true, ..well() };
    assert!(text(&wide).contains("Create a digest for each group."));
}

/// As much as a report can hold, with names from others.
fn hostile() -> Report {
    let mut report = with_incidents();
    let long = ReportedIncident {
        server: "<b>*nas*</b>\r\nBcc: all\u{1F389}".repeat(40),
        job: "_漢字_@everyone".repeat(40),
        why: Some("`C:\\data` & <!channel>\n".repeat(60)),
        acknowledged: Some("a\u{2028}b".repeat(40)),
        ..incident(Topic::Stuck, "x", "2026-11-29T01:04:00Z", None)
    };
    report.open = vec![long.clone(); 100];
    report.open_count = 5_000;
    report.closed = vec![long; 100];
    report.closed_count = 9_000;
    report
}

#[test]
fn every_kind_of_channel_carries_a_digest_within_its_bounds() {
    // Pushover takes a form, e-mail and browsers their own formats, and a monitor of duplistatus takes no messages.
    let kinds =
        KINDS.into_iter().filter(|kind| !["pushover", "email", "web_push", "heartbeat"].contains(kind));
    let channels: Vec<Channel> = kinds.map(|kind| Channel::new(&form(kind)).unwrap()).collect();
    for (report, is_hostile) in [(with_incidents(), false), (hostile(), true)] {
        let written = digest(Every::Weekly, &report, "/report?from=2026-11-23&to=2026-11-30".into());
        let digest = Message { written: Some(written), ..message(Vec::new()) };
        assert!(digest.text().lines().all(|line| !line.starts_with("Bcc")), "{}", digest.text());
        for channel in &channels {
            let kind = channel.config().kind();
            let Some(Delivery::Http(request)) = channel.delivery(&digest, "", Timestamp::default()) else {
                panic!("{kind}")
            };
            let body = String::from_utf8(request.body).unwrap();
            let parsed: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert!(body.contains("Weekly summary"), "{kind}: {body}");
            assert!(body.contains("/status/report?from=2026-11-23"), "{kind}: {body}");
            match kind {
                "ntfy" => {
                    assert!(parsed["message"].as_str().unwrap().len() <= 4096);
                    assert_eq!(parsed["priority"], 3);
                }
                "webhook" => {
                    assert_eq!(
                        (&parsed["event"], &parsed["jobs"]),
                        (&"digest".into(), &serde_json::json!([]))
                    );
                }
                "discord" => {
                    let embed = &parsed["embeds"][0];
                    assert!(embed["title"].as_str().unwrap().chars().count() <= 256);
                    assert!(embed["description"].as_str().unwrap().chars().count() <= 4096);
                }
                "telegram" => assert!(parsed["text"].as_str().unwrap().chars().count() <= 4096),
                _ => {}
            }
            if is_hostile && kind == "slack" {
                assert!(!body.contains("<!channel>"), "{body}");
            }
        }
    }
}
