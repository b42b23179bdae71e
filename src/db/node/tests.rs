//! What is opened, what is refused, and that nothing is left beside the file.

use std::{collections::BTreeSet, fs, path::Path};

use super::{
    Source, SourceError,
    fixture::{Fixture, NodeRun, Version},
};

type TestResult = Result<(), Box<dyn std::error::Error>>;

fn filled(path: &Path, version: Version) -> Result<Fixture, rusqlite::Error> {
    let mut fixture = Fixture::create(path, version)?;
    fixture.server("0123456789abcdef0123456789abcdef", "nas")?;
    fixture.run(&NodeRun::default())?;
    Ok(fixture)
}

fn names(folder: &Path) -> std::io::Result<BTreeSet<String>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

#[test]
fn every_version_is_read() -> TestResult {
    for version in Version::ALL {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("backups.db");
        drop(filled(&path, version)?);
        let source = Source::open(&path)?;
        let mut rows = Vec::new();
        source.run_keys(|key| rows.push(key.rowid))?;
        let run = source.runs()?.read(rows[0])?;
        assert_eq!(run.server_id.text(), Some("0123456789abcdef0123456789abcdef"), "{version:?}");
        assert_eq!(run.backup_name.text(), Some("Documents"));
        assert_eq!(run.parsed_result.text(), Some("Success"));
        assert_eq!(run.backup_list_count.count(), Some(27));
        assert_eq!(source.servers()?.len(), 1);
        assert_eq!(names(folder.path())?.len(), 1, "nothing is left beside a file that nobody uses");
    }
    Ok(())
}

#[test]
fn what_waits_in_the_log_beside_it_is_read() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("back ups?#%.db");
    let open = filled(&path, Version::V1_4)?;
    let source = Source::open(&path)?;
    let mut count = 0;
    source.run_keys(|_| count += 1)?;
    assert_eq!(count, 1, "the Node application has it open, and its newest rows are in the log");
    drop(open);
    Ok(())
}

#[test]
fn other_files_are_refused_with_a_reason() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    assert!(matches!(Source::open(&path("missing.db")), Err(SourceError::Unreadable { .. })));
    fs::write(path("text.db"), "not a database, but longer than its header")?;
    assert!(matches!(Source::open(&path("text.db")), Err(SourceError::NotADatabase)));
    fs::write(path("empty.db"), "")?;
    assert!(matches!(Source::open(&path("empty.db")), Err(SourceError::NotADatabase)));
    drop(crate::db::Db::open(&path("ours.db"))?);
    assert!(matches!(Source::open(&path("ours.db")), Err(SourceError::Ours)));
    let other = rusqlite::Connection::open(path("other.db"))?;
    other.execute_batch("CREATE TABLE backups (x); CREATE VIEW servers AS SELECT 1 AS id, 2 AS name;")?;
    drop(other);
    let refused = Source::open(&path("other.db")).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("no table `machines`"), "{refused}");
    Ok(())
}

#[test]
fn damage_is_found_before_anything_is_imported() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("backups.db");
    let mut fixture = filled(&path, Version::V1_4)?;
    for minute in 10..60 {
        fixture.run(&NodeRun { begin: &format!("2026-11-20T02:{minute}:00.000Z"), ..NodeRun::default() })?;
    }
    drop(fixture);
    let whole = fs::read(&path)?;
    // A cut file, and one with a page of zeros in the middle.
    fs::write(&path, &whole[..whole.len() - 4096])?;
    assert!(matches!(Source::open(&path), Err(SourceError::Damaged(_))));
    let mut zeroed = whole.clone();
    let middle = whole.len() / 2 / 4096 * 4096;
    zeroed[middle..middle + 4096].fill(0);
    fs::write(&path, &zeroed)?;
    assert!(matches!(Source::open(&path), Err(SourceError::Damaged(_))));
    fs::write(&path, [&whole[..100], &[0xff; 4000]].concat())?;
    let refused = Source::open(&path).err();
    assert!(matches!(refused, Some(SourceError::Damaged(_) | SourceError::NotADatabase)), "{refused:?}");
    Ok(())
}
