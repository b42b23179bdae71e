//! CSV and JSON.

use super::*;

async fn import_text(services: &Services, content: impl AsRef<[u8]>) -> Result<ImportReport, ImportError> {
    let folder = tempfile::tempdir().map_err(|error| ImportError::Table(error.to_string()))?;
    let path = folder.path().join("runs");
    std::fs::write(&path, content).map_err(|error| ImportError::Table(error.to_string()))?;
    import_file(services, &path).await
}

#[tokio::test]
async fn rows_become_runs_once_and_wrong_ones_are_named_by_line() -> TestResult {
    let (_folder, services) = services()?;
    let csv = "\u{feff}Server;Job;Start Time;status;duration;files_count;messages;colour\r\n\
        nas;Documents;2026-11-20T02:00:00Z;Success;00:10:00;100;;red\r\n\
        nas;Documents;2026-11-21T02:00:00Z;Success;1.02:00:00;101;\"one\ntwo\";red\r\n\
        nas;Documents;yesterday;Success;1;1;;\r\n\
        nas;;2026-11-22T02:00:00Z;Success;1;1;;\r\n\
        nas;Documents;2026-11-22T02:00:00Z;Splendid;1;1;;\r\n\
        nas;Documents;2026-11-22T02:00:00Z;Success;1;-1;;\r\n\
        nas;Documents;2027-11-22T02:00:00Z;Success;1;1;;\r\n\
        too;few\r\n\
        other;Photos;1795000000;error;12.5;;;\r\n";
    let report = import_text(&services, csv).await?;
    assert_eq!(report.format, ImportFormat::Csv);
    assert_eq!(report.runs, Tally { left_out: 6, ..tally(9, 3, 0, 0) });
    assert_eq!(report.servers, tally(2, 2, 0, 0));
    let lines: Vec<&str> = report.problems.iter().map(|problem| problem.place.as_str()).collect();
    assert_eq!(
        lines,
        ["line 5", "line 6", "line 7", "line 8", "line 9", "line 10"],
        "a quoted value has two lines"
    );
    assert!(report.notes.keys().any(|note| note.contains("“colour”")));
    let runs = stored(&services).await?;
    assert_eq!((runs[1].duration, runs[1].start_time.as_str()), (Some(600), "2026-11-20T02:00:00Z"));
    assert_eq!(runs[2].duration, Some(93_600));
    assert_eq!((runs[0].status.as_str(), runs[0].duration), ("error", Some(12)));
    assert!(runs[2].messages.clone().unwrap_or_default().contains("two"));
    assert_eq!(import_text(&services, csv).await?.runs, Tally { left_out: 6, ..tally(9, 0, 0, 3) });
    Ok(())
}

#[tokio::test]
async fn lines_are_counted_whatever_ends_them() -> TestResult {
    for end in ["\n", "\r\n"] {
        let (_folder, services) = services()?;
        let csv =
            ["server,job,start", "nas,A,never", "nas,A,2026-11-20T02:00:00Z", "\"n\nas\",,", "nas,A,no"]
                .join(end);
        let report = import_text(&services, csv).await?;
        let lines: Vec<&str> = report.problems.iter().map(|problem| problem.place.as_str()).collect();
        assert_eq!(lines, ["line 2", "line 4", "line 6"], "{end:?}");
    }
    Ok(())
}

#[tokio::test]
async fn json_comes_as_an_array_or_object_by_object() -> TestResult {
    let (_folder, services) = services()?;
    let array = r#"[{"server":"nas","job":"A","start":"2026-11-20T02:00:00Z","status":"success","partial":true,
        "messages":["2026-11-20 02:00:00 +00 - [Warning-A.B-C]: odd"],"versions":3}, 17, {"server":"nas"}]"#;
    let report = import_text(&services, array).await?;
    assert_eq!(
        (report.format, report.runs),
        (ImportFormat::Json, Tally { left_out: 2, ..tally(3, 1, 0, 0) })
    );
    assert_eq!(report.problems[0].place, "entry 2");
    let lines = "{\"server\":\"nas\",\"job\":\"A\",\"start\":1795000000}\n{\"server\":\"nas\",\"job\":\"B\",\"start\":1795000000}\n";
    assert_eq!(import_text(&services, lines).await?.runs, tally(2, 2, 0, 0));
    let runs = stored(&services).await?;
    assert_eq!((runs.len(), runs[2].partial, runs[2].versions), (3, true, Some(3)));
    assert_eq!(runs[2].headline.as_deref(), Some("Stopped manually"), "a partial run says so");
    Ok(())
}

#[tokio::test]
async fn a_file_that_breaks_off_says_so_and_what_came_before_is_there() -> TestResult {
    let (_folder, services) = services()?;
    let cut = r#"[{"server":"nas","job":"A","start":"2026-11-20T02:00:00Z"},{"server":"#;
    let broken = import_text(&services, cut).await.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(broken.contains("line 1") && broken.contains("before were imported"), "{broken}");
    assert_eq!(stored(&services).await?.len(), 1);
    let deep = "[".repeat(100_000);
    assert!(import_text(&services, deep).await.is_err());
    let binary = [b"server,job,start\n".as_slice(), b"nas,\xff\xfe,2026-11-20T02:00:00Z\n"].concat();
    assert!(import_text(&services, binary).await?.problems[0].what.contains("not UTF-8"));
    let twice = "server,job,start,date\n";
    let refused =
        import_text(&services, twice).await.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("two columns of the header stand for `start`"), "{refused}");
    Ok(())
}

#[test]
fn the_manual_names_every_column() {
    let manual = include_str!("../../../../docs/IMPORT.md");
    for (name, others) in COLUMNS {
        for name in others.iter().chain([&name]) {
            assert!(manual.contains(&format!("`{name}`")), "docs/IMPORT.md does not name `{name}`");
        }
    }
}
