//! The list of schedules: what each filter leaves, in which order, page by page, and what is in the files.

use std::{
    collections::BTreeSet,
    io::Write,
    sync::{Arc, Mutex},
};

use diesel::connection::SimpleConnection as _;
use serde_json::{Value, json};

use super::{export, list};
use crate::{
    db::tables::lists::{self, rebuild},
    dto::{
        export::ExportFormat,
        job::{Origin, ScheduleSource},
        monitoring::RuleForm,
        schedules::{
            ChosenQuery, Defaults, DefaultsQuery, ScheduleFrom, ScheduleRow, SchedulesQuery, SchedulesSort,
        },
        servers::LabelChange,
    },
    error::Error,
    ids::{GroupId, JobId, ServerId},
    noticing::settings::Tolerance,
    service::{
        Actor, Services, labels,
        monitoring::{Change, RuleChange, Target, pause, read_rule, set},
        overview::{chosen, defaults},
        testing::{TestResult, report, send, services},
    },
    verdict::Verdict,
};

const ROOT: Actor = Actor::CommandLine;

/// So many servers with five jobs each: more jobs than are found first and sorted.
async fn wide(servers: i64) -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    let (folder, services) = services()?;
    let sql = format!(
        "INSERT INTO server_groups (name, name_key, created_at) VALUES ('Large', 'large', 'x'), ('Small', 'small', 'x');
         INSERT INTO tags (name, name_key, created_at) VALUES ('all', 'all', 'x'), ('rare', 'rare', 'x');
         INSERT INTO servers (name, alias, created_at, updated_at, group_id)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {servers})
             SELECT printf('server-%05d', i * 7919 % {servers}), iif(i % 7 = 0, 'Büro ' || i, NULL), '2026-01-01T00:00:00Z',
                 '2026-01-01T00:00:00Z', CASE WHEN i % 50 = 1 THEN 2 WHEN i % 3 > 0 THEN 1 END FROM n;
         INSERT INTO jobs (server_id, name, alias, created_at, run_count, uploaded_total, last_report_at, recent)
             WITH RECURSIVE k(j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM k WHERE j < 5)
             SELECT id, 'Job ' || j, iif((id + j) % 90 = 0, 'ÖL', NULL), '2026-01-01T00:00:00Z', 10, 1000, '2026-11-23T00:00:00Z', ''
             FROM servers CROSS JOIN k;
         INSERT INTO job_states (job_id, verdict, since, evaluated_at, slot, interval, state, source)
             SELECT id, CASE WHEN id % 40 = 3 THEN 'failed' WHEN id % 90 = 4 THEN 'late' ELSE 'ok' END,
                 '2026-11-20T00:00:00Z', '2026-11-23T00:00:00Z',
                 CASE WHEN id % 11 > 0 THEN printf('2026-11-24T%02d:%02d:00Z', id % 24, id * 7 % 60) END, 86400, '{{}}',
                 CASE id % 5 WHEN 0 THEN 'told' WHEN 1 THEN 'set' ELSE 'learned' END FROM jobs WHERE id % 13 > 0;
         INSERT INTO server_tags (tag_id, server_id) SELECT 1, id FROM servers;
         INSERT INTO server_tags (tag_id, server_id) SELECT 2, id FROM servers WHERE id % 97 = 1;
         INSERT INTO job_tags (tag_id, job_id) SELECT 2, id FROM jobs WHERE id % 501 = 2;",
    );
    services
        .db
        .write(move |tx| {
            tx.conn.batch_execute(&sql)?;
            rebuild(tx.conn)
        })
        .await?;
    Ok((folder, services))
}

/// All pages of a list, one after another.
async fn pages(services: &Services, query: &SchedulesQuery) -> Result<Vec<ScheduleRow>, Error> {
    let mut all = Vec::new();
    for page in 1.. {
        let shown = list(services, &ROOT, SchedulesQuery { page, ..query.clone() }).await?;
        let last = shown.paging.pages();
        all.extend(shown.rows);
        assert!(page < last || all.len() == usize::try_from(shown.paging.total).unwrap_or(0), "{query:?}");
        if page >= last {
            break;
        }
    }
    Ok(all)
}

fn filters() -> Vec<SchedulesQuery> {
    let query = SchedulesQuery::default;
    let text = |text: &str| SchedulesQuery { text: text.into(), ..SchedulesQuery::default() };
    vec![
        query(),
        SchedulesQuery { state: Some(Verdict::Ok), ..query() },
        SchedulesQuery { state: Some(Verdict::Late), ..query() },
        SchedulesQuery { source: Some(ScheduleFrom::Learned), ..query() },
        SchedulesQuery { source: Some(ScheduleFrom::None), ..query() },
        SchedulesQuery { source: Some(ScheduleFrom::Set), state: Some(Verdict::Ok), ..query() },
        SchedulesQuery { group: "LARGE".into(), ..query() },
        SchedulesQuery { group: "small".into(), state: Some(Verdict::Ok), ..query() },
        SchedulesQuery { tag: "all".into(), ..query() },
        SchedulesQuery { tag: "rare".into(), group: "large".into(), ..query() },
        text("JOB 3"),
        text("00123"),
        text("büro 1"),
        text("öl"),
        text("%_\\'\""),
        SchedulesQuery { tag: "nothing".into(), ..query() },
        SchedulesQuery { group: "nothing".into(), text: "job".into(), ..query() },
    ]
}

#[tokio::test]
async fn every_filter_and_order_has_each_job_once_page_by_page() -> TestResult {
    let (_folder, services) = wide(300).await?;
    let everything = pages(&services, &SchedulesQuery::default()).await?;
    assert_eq!(everything.len(), 1500);
    let (mut sets, mut none) = (BTreeSet::new(), 0);
    for filter in filters() {
        let mut first: Option<BTreeSet<JobId>> = None;
        for sort in SchedulesSort::ALL {
            for descending in [false, true] {
                let query = SchedulesQuery { sort, descending, ..filter.clone() };
                let rows = pages(&services, &query).await?;
                let jobs: BTreeSet<JobId> = rows.iter().map(|row| row.job).collect();
                assert_eq!(jobs.len(), rows.len(), "{query:?}: each once");
                assert_eq!(first.get_or_insert_with(|| jobs.clone()), &jobs, "{query:?}: the same ones");
                let is_sorted = match sort {
                    SchedulesSort::State => ordered(&rows, descending, |row| row.verdict),
                    SchedulesSort::Name => ordered(&rows, descending, |row| row.server_name.to_lowercase()),
                    SchedulesSort::Next => {
                        let with: Vec<_> =
                            rows.iter().take_while(|row| !row.schedule.next.is_empty()).collect();
                        let rest = &rows[with.len()..];
                        rest.iter().all(|row| row.schedule.next.is_empty())
                            && with.is_sorted_by(|one, other| {
                                let at = |row: &ScheduleRow| row.schedule.next.first().map(|next| next.at);
                                if descending { at(one) >= at(other) } else { at(one) <= at(other) }
                            })
                    }
                };
                assert!(is_sorted, "{query:?}");
            }
        }
        let found = first.unwrap_or_default();
        let expected = everything.iter().filter(|row| passes(row, &filter)).count();
        // A name below an alias is found and not shown.
        let is_shown = filter.text.is_empty() || !filter.text.is_ascii();
        if is_shown && filter.group.is_empty() && filter.tag.is_empty() && filter.source.is_none() {
            assert_eq!(found.len(), expected, "{filter:?}");
        }
        none += usize::from(found.is_empty());
        sets.insert(found.len());
    }
    assert_eq!(none, 3, "{sets:?}");
    assert!(sets.len() > 9, "{sets:?}");
    Ok(())
}

fn ordered<K: Ord>(rows: &[ScheduleRow], descending: bool, key: impl Fn(&ScheduleRow) -> K) -> bool {
    // Letters beyond ASCII are sorted by the database as they are.
    rows.is_sorted_by(|one, other| if descending { key(one) >= key(other) } else { key(one) <= key(other) })
}

fn passes(row: &ScheduleRow, query: &SchedulesQuery) -> bool {
    let text = query.text.to_lowercase();
    let named = format!("{}\n{}", row.server_name, row.job_name).to_lowercase();
    query.state.is_none_or(|state| row.verdict == state) && named.contains(&text)
}

#[tokio::test]
async fn a_page_of_very_many_jobs_reads_only_its_own() -> TestResult {
    let (_folder, services) = wide(1000).await?;
    let queries = services.db.queries().clone();
    queries.keep_all();
    for sort in SchedulesSort::ALL {
        list(&services, &ROOT, SchedulesQuery { sort, ..SchedulesQuery::default() }).await?;
    }
    let learned = SchedulesQuery { source: Some(ScheduleFrom::Learned), ..SchedulesQuery::default() };
    list(&services, &ROOT, learned).await?;
    let pages: Vec<String> = queries
        .slowest()
        .into_iter()
        .filter(|query| query.sql.contains("LIMIT 50 OFFSET"))
        .map(|query| format!("{}\n{}", query.sql, query.plan.unwrap_or_default()))
        .collect();
    assert_eq!(pages.len(), 4, "{pages:?}");
    for page in pages {
        assert!(page.contains("INDEX idx_"), "{page}");
        // A part of what is sorted is, among equals; never all of it.
        assert!(!page.contains("USE TEMP B-TREE FOR ORDER BY"), "{page}");
    }
    Ok(())
}

fn backup(machine: &str, job: &str) -> Value {
    let mut sent = report("2026-11-22T12:00:00Z", "Success");
    sent["Extra"]["backup-name"] = json!(job);
    sent["Extra"]["machine-id"] = json!(machine);
    sent["Extra"]["machine-name"] = json!(machine);
    sent
}

async fn two() -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    let (folder, services) = services()?;
    for (machine, job) in [("nas", "Photos"), ("nas", "=cmd|' /C calc'!A0"), ("desk", "Say \"hi\", Bob")] {
        send(&services, backup(machine, job)).await?;
    }
    Ok((folder, services))
}

fn laptop() -> RuleChange {
    RuleChange { tolerance: Change::Set(Tolerance::Laptop), ..RuleChange::default() }
}

fn daily() -> RuleChange {
    let form = RuleForm {
        schedule: "every".into(),
        every: "1".into(),
        unit: "D".into(),
        at: "02:00".into(),
        ..RuleForm::default()
    };
    read_rule(&form).unwrap_or_default()
}

#[tokio::test]
async fn a_row_says_where_what_is_set_comes_from_and_the_filter_finds_it_at_once() -> TestResult {
    let (_folder, services) = two().await?;
    labels::set_of_server(&services, &ROOT, ServerId(1), "A", "").await?;
    let of_job = |source| SchedulesQuery { source: Some(source), ..SchedulesQuery::default() };
    assert_eq!(pages(&services, &of_job(ScheduleFrom::None)).await?.len(), 3);
    set(&services, &ROOT, Target::Group(GroupId(1)), daily()).await?;
    set(&services, &ROOT, Target::Site, laptop()).await?;
    let found = pages(&services, &of_job(ScheduleFrom::Set)).await?;
    assert_eq!(found.iter().map(|row| row.server_name.as_str()).collect::<Vec<_>>(), ["nas", "nas"]);
    assert_eq!(found[0].schedule.source, ScheduleSource::Set(Origin::Group));
    assert_eq!(found[0].tolerance.origin, Some(Origin::Site));
    assert_eq!(found[0].schedule.next.len(), 1);
    let until = services.clock.now().plus(7200);
    pause(&services, &ROOT, Target::Server(ServerId(2)), Some(until), "").await?;
    let paused = SchedulesQuery { state: Some(Verdict::Paused), ..SchedulesQuery::default() };
    let paused = pages(&services, &paused).await?;
    assert_eq!(paused.len(), 1);
    assert_eq!(paused[0].paused_until.map(|until| until.at), Some(until));
    let never = RuleForm { schedule: "never".into(), ..RuleForm::default() };
    set(&services, &ROOT, Target::Jobs(vec![JobId(1)]), read_rule(&never)?).await?;
    let found = pages(&services, &of_job(ScheduleFrom::Never)).await?;
    assert_eq!(found[0].schedule.source, ScheduleSource::Never(Origin::Job));
    assert_eq!(services.db.read(lists::wrong).await?, []);
    // What is kept beside the jobs is made again as it was.
    services
        .db
        .write(|tx| {
            tx.conn.batch_execute("UPDATE jobs SET schedule_source = 'told'")?;
            Ok(())
        })
        .await?;
    assert_eq!(services.db.read(lists::wrong).await?.len(), 3);
    services.db.write(|tx| rebuild(tx.conn)).await?;
    assert_eq!(services.db.read(lists::wrong).await?, []);
    Ok(())
}

/// A file in memory.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn file(services: &Services, query: SchedulesQuery, format: ExportFormat) -> Result<String, Error> {
    let memory = Memory::default();
    let file = export::select(&ROOT, query, format)?;
    export::write_out(services, &ROOT, file, memory.clone()).await?;
    let bytes = memory.0.lock().unwrap().clone();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn files_have_exactly_what_the_filter_shows_and_no_formula() -> TestResult {
    let (_folder, services) = two().await?;
    set(&services, &ROOT, Target::Jobs(vec![JobId(2)]), daily()).await?;
    let set_ones = SchedulesQuery { source: Some(ScheduleFrom::Set), page: 7, ..SchedulesQuery::default() };
    let csv = file(&services, set_ones.clone(), ExportFormat::Csv).await?;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 2, "{csv}");
    assert!(lines[0].starts_with("\"server_id\",\"server\",\"job_id\""), "{csv}");
    assert!(lines[1].contains("\"'=cmd|' /C calc'!A0\""), "{csv}");
    assert!(lines[1].contains("\"set\",\"job\",\"every 1 days at 02:00\""), "{csv}");
    let json: Value = serde_json::from_str(&file(&services, set_ones, ExportFormat::Json).await?)?;
    assert_eq!(json.as_array().map(Vec::len), Some(1));
    assert_eq!(json[0]["job"], "=cmd|' /C calc'!A0");
    let quoted = SchedulesQuery { text: "bob".into(), ..SchedulesQuery::default() };
    let csv = file(&services, quoted, ExportFormat::Csv).await?;
    assert!(csv.contains("\"Say \"\"hi\"\", Bob\""), "{csv}");
    let none = SchedulesQuery { text: "zebra".into(), ..SchedulesQuery::default() };
    assert_eq!(file(&services, none, ExportFormat::Json).await?, "[\n]\n");
    let (_folder, services) = wide(300).await?;
    let csv = file(&services, SchedulesQuery::default(), ExportFormat::Csv).await?;
    assert_eq!(csv.lines().count(), 1501, "of all pages");
    Ok(())
}

#[tokio::test]
async fn many_jobs_are_chosen_by_boxes_or_by_a_filter_up_to_a_limit() -> TestResult {
    let (_folder, services) = wide(300).await?;
    let boxes =
        ChosenQuery { jobs: vec![JobId(7), JobId(3), JobId(7), JobId(99_999)], ..ChosenQuery::default() };
    let page = chosen::show(&services, &ROOT, boxes).await?;
    assert_eq!(page.jobs, [JobId(7), JobId(3)]);
    assert_eq!((page.names.len(), page.servers.len()), (2, 2));
    let late = SchedulesQuery { state: Some(Verdict::Late), ..SchedulesQuery::default() };
    let all = ChosenQuery { all: Some(late.clone()), ..ChosenQuery::default() };
    let page = chosen::show(&services, &ROOT, all).await?;
    let number = i64::try_from(page.jobs.len())?;
    assert!(number > 5);
    assert_eq!(chosen::still(&services, &ROOT, late.clone(), number).await?, page.jobs);
    let fewer = chosen::still(&services, &ROOT, late, number - 1).await;
    assert!(matches!(fewer, Err(Error::Invalid { field: "jobs", .. })), "others than the page showed");
    let everything = ChosenQuery { all: Some(SchedulesQuery::default()), ..ChosenQuery::default() };
    let refused = chosen::show(&services, &ROOT, everything).await;
    assert!(
        matches!(&refused, Err(Error::Invalid { hint, .. }) if hint.contains("more than 1000")),
        "{refused:?}"
    );
    let none = chosen::show(&services, &ROOT, ChosenQuery::default()).await?;
    assert!(none.jobs.is_empty());
    let form = RuleForm { schedule: "cron".into(), cron: "x".into(), ..RuleForm::default() };
    let wrong = ChosenQuery { jobs: vec![JobId(7)], form: Some(form), all: None };
    let page = chosen::show(&services, &ROOT, wrong).await?;
    assert!(matches!(page.preview, Some(crate::dto::job::Preview::Invalid(field, _)) if field == "cron"));
    Ok(())
}

#[tokio::test]
async fn what_is_set_for_a_server_a_group_and_everything_is_shown_with_what_it_would_have_done() -> TestResult
{
    let (_folder, services) = two().await?;
    labels::set_of_server(&services, &ROOT, ServerId(1), "A", "").await?;
    set(&services, &ROOT, Target::Group(GroupId(1)), laptop()).await?;
    pause(&services, &ROOT, Target::Site, None, "holidays").await?;
    let of = |of| DefaultsQuery { of, form: None };
    let page = defaults::show(&services, &ROOT, of(Defaults::Server(ServerId(1)))).await?;
    assert_eq!((page.jobs, page.servers, page.name.as_str()), (2, 1, "nas"));
    assert_eq!(page.group.map(|(_, name)| name).as_deref(), Some("A"));
    assert_eq!(page.form.tolerance, "inherit");
    assert_eq!(page.pauses[0].origin, Origin::Site);
    let page = defaults::show(&services, &ROOT, of(Defaults::Group(GroupId(1)))).await?;
    assert_eq!((page.jobs, page.servers, page.form.tolerance.as_str()), (2, 1, "laptop"));
    let form =
        Some(RuleForm { schedule: "inherit".into(), tolerance: "desktop".into(), ..RuleForm::default() });
    let page = defaults::show(&services, &ROOT, DefaultsQuery { of: Defaults::Site, form }).await?;
    assert_eq!((page.jobs, page.servers), (3, 2));
    let Some(crate::dto::job::Preview::Alarms(alarms)) = page.preview else {
        return Err("no preview".into());
    };
    assert_eq!(alarms.of, Some((3, 3)));
    for missing in [Defaults::Server(ServerId(9)), Defaults::Group(GroupId(9))] {
        assert!(matches!(defaults::show(&services, &ROOT, of(missing)).await, Err(Error::NotFound)));
    }
    Ok(())
}

#[tokio::test]
async fn labels_of_many_servers_are_changed_at_once() -> TestResult {
    let (_folder, services) = two().await?;
    labels::set_of_server(&services, &ROOT, ServerId(1), "A", "old, both").await?;
    let change = |group: Option<&str>, add: &[&str], remove: &[&str]| LabelChange {
        servers: vec![ServerId(1), ServerId(2), ServerId(9), ServerId(1)],
        group: group.map(str::to_owned),
        add: add.iter().map(|tag| (*tag).to_owned()).collect(),
        remove: remove.iter().map(|tag| (*tag).to_owned()).collect(),
    };
    let told = async |server: i64| {
        let labels = services.db.read(move |conn| labels::of_server(conn, ServerId(server))).await;
        labels.map(|labels| format!("{:?} {}", labels.group, labels.tags.join(",")))
    };
    assert_eq!(labels::set_of_servers(&services, &ROOT, &change(None, &["New, Both"], &["OLD"])).await?, 2);
    assert_eq!(told(1).await?, "Some(\"A\") both,New");
    assert_eq!(told(2).await?, "None both,New");
    assert_eq!(labels::set_of_servers(&services, &ROOT, &change(Some("B"), &[], &[])).await?, 2);
    assert_eq!(
        labels::set_of_servers(&services, &ROOT, &change(Some("b"), &["new"], &[])).await?,
        0,
        "so already"
    );
    assert_eq!(told(2).await?, "Some(\"B\") both,New");
    assert_eq!(labels::set_of_servers(&services, &ROOT, &change(Some(""), &[], &["new", "both"])).await?, 2);
    assert_eq!(told(1).await?, "None ");
    assert_eq!(services.db.read(lists::wrong).await?, []);
    let many: Vec<String> = (0..11).map(|tag| tag.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (wrong, field) in [
        (change(None, &[], &[]), "group"),
        (change(None, &["a"], &["A"]), "remove"),
        (change(None, &many, &[]), "add"),
        (change(Some("a\u{202e}"), &[], &[]), "group"),
        (LabelChange { servers: Vec::new(), ..change(Some("a"), &[], &[]) }, "servers"),
    ] {
        let refused = labels::set_of_servers(&services, &ROOT, &wrong).await;
        assert!(matches!(&refused, Err(Error::Invalid { field: at, .. }) if *at == field), "{refused:?}");
    }
    let gone = LabelChange { servers: vec![ServerId(9)], ..change(Some("a"), &[], &[]) };
    assert!(matches!(labels::set_of_servers(&services, &ROOT, &gone).await, Err(Error::NotFound)));
    let guest = Actor::Guest { address: String::new() };
    assert!(labels::set_of_servers(&services, &guest, &change(Some("a"), &[], &[])).await.is_err());
    Ok(())
}
