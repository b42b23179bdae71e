//! The list of all runs: what each filter leaves, in which order, and what is in the files.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use super::{export, list};
use crate::{
    dto::{
        export::ExportFormat,
        runs::{RunsPage, RunsQuery, RunsSort},
    },
    error::Error,
    outcome::RunOutcome,
    service::{
        Actor, Services, labels,
        testing::{TestResult, report, send, services_in},
    },
    status::Status,
    zone::Zone,
};

fn run(machine: &str, job: &str, begin: &str, status: &str, line: Option<&str>) -> Value {
    let mut sent = report(begin, status);
    sent["Extra"]["backup-name"] = json!(job);
    sent["Extra"]["machine-id"] = json!(format!("{machine}-id"));
    sent["Extra"]["machine-name"] = json!(machine);
    if let Some(line) = line {
        let kind = if status == "Warning" { "Warning" } else { "Error" };
        sent["LogLines"] = json!([format!("2026-11-20 02:00:00 +00 - [{kind}-A-B]: {line}")]);
    }
    if status == "Fatal" {
        sent["Exception"] = json!("Duplicati.Library.Interface.UserInformationException: 100% full");
    }
    sent
}

/// Three servers in a zone whose days begin an hour before those of UTC.
async fn filled() -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    let (folder, services) = services_in(Zone::named("Europe/Berlin")?)?;
    let mut large = run("nas", "Photos", "2026-11-21T02:00:00Z", "Success", None);
    large["Data"]["SizeOfExaminedFiles"] = json!(9_000_000);
    large["Data"]["EndTime"] = json!("2026-11-21T05:00:00Z");
    large["Data"]["Duration"] = json!("03:00:00");
    for sent in [
        run("nas", "Documents", "2026-11-20T02:00:00Z", "Success", None),
        large,
        run("nas", "Documents", "2026-11-21T22:59:59Z", "Fatal", None),
        run("desk_07", "Home", "2026-11-21T23:00:00Z", "Warning", Some("a file is locked")),
        run("mail", "Home", "2026-11-22T01:00:00Z", "Error", Some("=HYPERLINK(\"http://evil.example\")")),
        run("mail", "Home", "2026-11-22T03:00:00Z", "Success", None),
    ] {
        send(&services, sent).await?;
    }
    Ok((folder, services))
}

async fn shown(services: &Services, query: RunsQuery) -> Result<RunsPage, Error> {
    list(services, &Actor::CommandLine, query).await
}

/// When the runs that are shown began, in their order.
async fn starts(services: &Services, query: RunsQuery) -> Result<Vec<String>, Error> {
    let page = shown(services, query).await?;
    assert_eq!(page.paging.total, page.rows.len() as i64, "all of them fit a page");
    Ok(page.rows.iter().map(|row| row.run.started.at.to_string()).collect())
}

#[tokio::test]
async fn all_runs_stand_newest_first_with_their_servers() -> TestResult {
    let (_folder, services) = filled().await?;
    let page = shown(&services, RunsQuery::default()).await?;
    assert_eq!((page.paging.total, page.servers), (6, 3));
    let whose: Vec<(&str, &str)> =
        page.rows.iter().map(|row| (row.server_name.as_str(), row.run.job_name.as_str())).collect();
    let expected = [
        ("mail", "Home"),
        ("mail", "Home"),
        ("desk_07", "Home"),
        ("nas", "Documents"),
        ("nas", "Photos"),
        ("nas", "Documents"),
    ];
    assert_eq!(whose, expected);
    assert!(page.rows[2].headline.as_deref().is_some_and(|text| text.contains("a file is locked")));
    assert_eq!(page.zone, "Europe/Berlin");
    let oldest = RunsQuery { ascending: true, ..RunsQuery::default() };
    assert_eq!(starts(&services, oldest).await?.first().map(String::as_str), Some("2026-11-20T02:00:00Z"));
    Ok(())
}

#[tokio::test]
async fn each_filter_leaves_what_it_says() -> TestResult {
    let (_folder, services) = filled().await?;
    let failures = RunsQuery { outcomes: RunOutcome::FAILURES.to_vec(), ..RunsQuery::default() };
    assert_eq!(starts(&services, failures.clone()).await?, ["2026-11-22T01:00:00Z", "2026-11-21T22:59:59Z"]);
    assert_eq!(shown(&services, failures.clone()).await?.servers, 2);
    let day = |day: &str| day.parse().ok();
    let cases: [(RunsQuery, &[&str]); 10] = [
        (RunsQuery { from: day("2026-11-22"), ..failures.clone() }, &["2026-11-22T01:00:00Z"]),
        // The last second of the day of the site's calendar.
        (RunsQuery { to: day("2026-11-21"), ..failures }, &["2026-11-21T22:59:59Z"]),
        (
            RunsQuery { from: day("2026-11-22"), to: day("2026-11-22"), ..RunsQuery::default() },
            &["2026-11-22T03:00:00Z", "2026-11-22T01:00:00Z", "2026-11-21T23:00:00Z"],
        ),
        (RunsQuery { statuses: vec![Status::Warning], ..RunsQuery::default() }, &["2026-11-21T23:00:00Z"]),
        (
            RunsQuery {
                statuses: vec![Status::Fatal, Status::Success],
                server: "NAS".into(),
                ..RunsQuery::default()
            },
            &["2026-11-21T22:59:59Z", "2026-11-21T02:00:00Z", "2026-11-20T02:00:00Z"],
        ),
        (RunsQuery { text: "LOCKED".into(), ..RunsQuery::default() }, &["2026-11-21T23:00:00Z"]),
        // Nothing in a text is a wildcard.
        (RunsQuery { text: "100% f".into(), ..RunsQuery::default() }, &["2026-11-21T22:59:59Z"]),
        (RunsQuery { text: "l_cked".into(), ..RunsQuery::default() }, &[]),
        (RunsQuery { server: "k_0".into(), ..RunsQuery::default() }, &["2026-11-21T23:00:00Z"]),
        (
            RunsQuery { job: "home".into(), outcomes: vec![RunOutcome::Good], ..RunsQuery::default() },
            &["2026-11-22T03:00:00Z", "2026-11-21T23:00:00Z"],
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(starts(&services, query.clone()).await?, expected, "{query:?}");
        // The same without an index that leads, as another order makes it.
        let by_size = RunsQuery { sort: RunsSort::Uploaded, ..query.clone() };
        let mut found = starts(&services, by_size).await?;
        found.sort();
        found.reverse();
        assert_eq!(found, expected, "{query:?}, in another order");
    }
    Ok(())
}

#[tokio::test]
async fn the_order_is_by_what_is_shown() -> TestResult {
    let (_folder, services) = filled().await?;
    let first = |sort, ascending| {
        let services = &services;
        async move { shown(services, RunsQuery { sort, ascending, ..RunsQuery::default() }).await }
    };
    for sort in [RunsSort::Duration, RunsSort::Source] {
        let page = first(sort, false).await?;
        assert_eq!(page.rows[0].run.job_name, "Photos", "{sort:?}");
    }
    // A run that failed shows no size, and so it has none to be sorted by.
    let page = first(RunsSort::Source, false).await?;
    assert_eq!(page.rows.last().and_then(|row| row.run.source_size), None);
    assert_eq!(first(RunsSort::Source, true).await?.rows[0].run.source_size, None);
    Ok(())
}

#[tokio::test]
async fn pages_do_not_overlap_and_leave_nothing_out() -> TestResult {
    let (_folder, services) = services_in(Zone::utc())?;
    for day in 1..=60 {
        let begin = crate::time::Timestamp::from_unix(1_790_000_000 + day * 86_400).to_string();
        send(&services, run("nas", "Documents", &begin, "Success", None)).await?;
    }
    for sort in RunsSort::ALL {
        let mut seen = std::collections::BTreeSet::new();
        for page in 1..=2 {
            let shown = shown(&services, RunsQuery { sort, page, ..RunsQuery::default() }).await?;
            assert_eq!((shown.paging.total, shown.paging.pages()), (60, 2));
            seen.extend(shown.rows.into_iter().map(|row| row.run.id.0));
        }
        assert_eq!(seen.len(), 60, "{sort:?}");
    }
    Ok(())
}

#[tokio::test]
async fn days_the_wrong_way_round_are_an_error_of_the_question() -> TestResult {
    let (_folder, services) = services_in(Zone::utc())?;
    let query =
        RunsQuery { from: "2026-11-22".parse().ok(), to: "2026-11-21".parse().ok(), ..RunsQuery::default() };
    assert!(matches!(shown(&services, query).await, Err(Error::Invalid { field: "to", .. })));
    Ok(())
}

/// A file in memory.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().map_err(|_| std::io::ErrorKind::Other)?.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn file(
    services: &Services,
    query: RunsQuery,
    format: ExportFormat,
) -> Result<String, Box<dyn std::error::Error>> {
    let actor = Actor::CommandLine;
    let memory = Memory::default();
    let file = export::select(services, &actor, query, format)?;
    export::write_out(services, &actor, file, memory.clone()).await?;
    let bytes = memory.0.lock().map_err(|_| "poisoned")?.clone();
    Ok(String::from_utf8(bytes)?)
}

#[tokio::test]
async fn a_file_has_exactly_what_the_filter_shows_in_its_order() -> TestResult {
    let (_folder, services) = filled().await?;
    let query = RunsQuery {
        outcomes: RunOutcome::FAILURES.to_vec(),
        sort: RunsSort::Started,
        ascending: true,
        page: 7,
        ..RunsQuery::default()
    };
    let rows: Vec<Value> = serde_json::from_str(&file(&services, query.clone(), ExportFormat::Json).await?)?;
    let starts: Vec<&str> = rows.iter().filter_map(|row| row["started"].as_str()).collect();
    assert_eq!(starts, ["2026-11-21T22:59:59Z", "2026-11-22T01:00:00Z"]);
    assert_eq!(rows[0]["started_local"], "2026-11-21 23:59 UTC+1");
    assert_eq!((&rows[1]["server"], &rows[1]["outcome"]), (&json!("mail"), &json!("errors")));
    let table = file(&services, query, ExportFormat::Csv).await?;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let headers = reader.headers()?.clone();
    let mut columns: Vec<&str> = headers.iter().collect();
    columns.sort_unstable();
    let fields = rows[0].as_object().ok_or("no object")?;
    assert_eq!(columns, fields.keys().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(reader.records().count(), 2);
    let none = RunsQuery { text: "no such text".into(), ..RunsQuery::default() };
    assert_eq!(file(&services, none, ExportFormat::Json).await?.trim(), "[\n]");
    Ok(())
}

#[tokio::test]
async fn no_headline_becomes_a_formula() -> TestResult {
    let (_folder, services) = filled().await?;
    let query = RunsQuery { server: "mail".into(), statuses: vec![Status::Error], ..RunsQuery::default() };
    let table = file(&services, query, ExportFormat::Csv).await?;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let cells = reader.records().next().ok_or("no line")??;
    assert!(cells.get(18).is_some_and(|cell| cell.starts_with("'=HYPERLINK")), "{cells:?}");
    Ok(())
}

#[tokio::test]
async fn a_group_and_a_tag_leave_the_runs_of_what_has_them() -> TestResult {
    let (_folder, services) = filled().await?;
    let root = Actor::CommandLine;
    let id = |name: &'static str| move |conn: &mut _| crate::db::tables::servers::find_by_name(conn, name);
    let nas = services.db.read(id("nas")).await?.ok_or("no nas")?;
    let mail = services.db.read(id("mail")).await?.ok_or("no mail")?;
    labels::set_of_server(&services, &root, nas, "Müller", "tagged").await?;
    labels::set_of_server(&services, &root, mail, "Müller", "").await?;
    let job =
        services.db.read(move |conn| crate::db::tables::jobs::all(conn, Some(mail))).await?[0].job_ref();
    labels::set_of_job(&services, &root, job.id, "off-site").await?;
    let group = |name: &str| RunsQuery { group: name.into(), ..RunsQuery::default() };
    let tag = |name: &str| RunsQuery { tag: name.into(), ..RunsQuery::default() };
    let failed = |query| RunsQuery { outcomes: RunOutcome::FAILURES.to_vec(), ..query };
    for (query, runs, servers) in [
        (group("MÜLLER"), 5, 2),
        (tag("tagged"), 3, 1),
        (tag("Off-Site"), 2, 1),
        (RunsQuery { tag: "tagged".into(), ..group("müller") }, 3, 1),
        (failed(group("Müller")), 2, 2),
        (failed(tag("tagged")), 1, 1),
        (RunsQuery { from: "2026-11-22".parse().ok(), ..group("Müller") }, 2, 1),
        (RunsQuery { text: "full".into(), ..tag("tagged") }, 1, 1),
        (group("nobody"), 0, 0),
        (tag("nothing"), 0, 0),
    ] {
        for sort in [RunsSort::Started, RunsSort::Uploaded] {
            let query = RunsQuery { sort, ..query.clone() };
            let page = shown(&services, query.clone()).await?;
            assert_eq!((page.paging.total, page.servers), (runs, servers), "{query:?}");
            assert_eq!(page.rows.len() as i64, runs, "{query:?}");
        }
    }
    let page = shown(&services, tag("tagged")).await?;
    assert_eq!((page.labels.groups.len(), page.labels.tags.len()), (1, 2), "to choose from");
    Ok(())
}
