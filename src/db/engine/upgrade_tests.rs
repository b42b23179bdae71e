//! Migrations of a file with data: it is copied first, and unchanged if a migration fails.

use std::fs;

use diesel::{
    connection::BoxableConnection,
    migration::{MigrationMetadata, MigrationName, MigrationVersion, Result as MigrationResult},
};

use super::*;
use crate::{
    db::{
        care::derived,
        engine::{
            connection::open_writer,
            copy::{self, folder},
            integrity::check as integrity_check,
        },
    },
    zone::Zone,
};

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// The first migrations of the program, and one more.
struct Source {
    first: usize,
    then: Option<&'static str>,
}

struct Extra(&'static str);

struct Name;

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("9000_extra")
    }
}

impl MigrationName for Name {
    fn version(&self) -> MigrationVersion<'_> {
        MigrationVersion::from("9000")
    }
}

struct Metadata;

impl MigrationMetadata for Metadata {}

impl Migration<Sqlite> for Extra {
    fn run(&self, conn: &mut dyn BoxableConnection<Sqlite>) -> MigrationResult<()> {
        Ok(conn.batch_execute(self.0)?)
    }

    fn revert(&self, _: &mut dyn BoxableConnection<Sqlite>) -> MigrationResult<()> {
        Ok(())
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        &Metadata
    }

    fn name(&self) -> &dyn MigrationName {
        &Name
    }
}

impl MigrationSource<Sqlite> for Source {
    fn migrations(&self) -> MigrationResult<Vec<Box<dyn Migration<Sqlite>>>> {
        let mut all = MigrationSource::<Sqlite>::migrations(&MIGRATIONS)?;
        all.sort_by_key(|migration| migration.name().version().to_string());
        all.truncate(self.first);
        all.extend(self.then.map(|sql| Box::new(Extra(sql)) as Box<dyn Migration<Sqlite>>));
        Ok(all)
    }
}

/// Creates a database of an older version.
fn old() -> Result<(tempfile::TempDir, PathBuf, Connection), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("duplistatus.db");
    let mut connection = open_writer(&path)?;
    let done =
        upgrade_from(&Source { first: 2, then: None }, &mut connection, &path, derived::after_migration)?;
    assert_eq!((done.applied.len(), done.copy), (2, None), "a new file has nothing to copy");
    connection.batch_execute("INSERT INTO servers (name) VALUES ('nas'), ('office')")?;
    Ok((folder, path, connection))
}

fn servers(connection: &mut Connection) -> Result<i64, StoreError> {
    Ok(dynamic::number(connection, "SELECT count(*) FROM servers")?.unwrap_or(-1))
}

fn versions(connection: &mut Connection) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    Ok(connection.applied_migrations().map_err(|e| e.to_string())?.iter().map(ToString::to_string).collect())
}

#[test]
fn what_was_there_is_copied_before_it_is_migrated() -> TestResult {
    let (_folder, path, mut connection) = old()?;
    let before = schema_sql(&mut connection)?;
    let done = upgrade(&mut connection, &path, derived::after_migration)?;
    assert!(done.applied.contains(&"0005_deleted_jobs".to_owned()), "{done:?}");
    let copy = done.copy.ok_or("no copy")?;
    assert_eq!(copy.parent(), path.parent().map(|folder| folder.join("copies")).as_deref());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&copy)?.permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(folder(&path)?)?.permissions().mode() & 0o777, 0o700);
    }
    let mut old = establish(&copy)?;
    assert_eq!((schema_sql(&mut old)?, servers(&mut old)?), (before, 2));
    assert_eq!(integrity_check(&mut old)?, [""; 0]);
    assert_eq!(
        upgrade(&mut connection, &path, derived::after_migration)?,
        Upgrade::default(),
        "nothing to do, nothing to copy"
    );
    assert_eq!(copy::list(&folder(&path)?, COPIES)?.len(), 1);
    assert_eq!(fs::read_dir(folder(&path)?)?.count(), 1, "nothing unfinished is left");
    Ok(())
}

#[test]
fn a_failing_migration_leaves_the_database_as_it_was() -> TestResult {
    let cases = [
        (
            "CREATE TABLE half (id INTEGER); DELETE FROM servers; INSERT INTO nowhere VALUES (1);",
            "no such table: nowhere",
        ),
        // Foreign keys are off during migrations; violations are found before the commit.
        (
            "INSERT INTO jobs (server_id, name, created_at) VALUES (77, 'of nobody', '2026');",
            "1 rows with missing references",
        ),
    ];
    for (sql, reason) in cases {
        let (_folder, path, mut connection) = old()?;
        let before = (schema_sql(&mut connection)?, versions(&mut connection)?);
        let source = Source { first: 99, then: Some(sql) };
        let error = upgrade_from(&source, &mut connection, &path, derived::after_migration)
            .err()
            .ok_or("it worked")?
            .to_string();
        assert!(error.contains(reason) && error.contains("is unchanged"), "{error}");
        assert_eq!((schema_sql(&mut connection)?, versions(&mut connection)?), before, "{reason}");
        assert_eq!(servers(&mut connection)?, 2);
        assert_eq!(crate::db::engine::connection::pragma(&mut connection, "foreign_keys")?, 1);
        // A failed attempt leaves no copy, which would displace older ones, and the next version can migrate the
        // file.
        assert_eq!(copy::list(&folder(&path)?, COPIES)?.len(), 0);
        assert!(!upgrade(&mut connection, &path, derived::after_migration)?.applied.is_empty());
    }
    Ok(())
}

#[test]
fn the_three_newest_copies_are_kept() -> TestResult {
    let (_folder, path, mut connection) = old()?;
    let folder = folder(&path)?;
    fs::write(folder.join("mine.db"), "not ours")?;
    let now = crate::time::Timestamp::from_unix(1_795_435_200);
    let owner = Owner::of(&mut connection, &path);
    let mut made = Vec::new();
    for hours in [0, 0, 1, 2, 3] {
        made.push(copy::make(
            &mut connection,
            &owner,
            (&folder, COPIES),
            copy::KEPT,
            now.plus(hours * 3600),
            copy::Form::CHECKED,
        )?);
    }
    made.reverse();
    let kept: Vec<_> = copy::list(&folder, COPIES)?.into_iter().map(|copy| copy.path).collect();
    assert_eq!(kept, made[..3]);
    let name = format!("before-migration-20261123T120000Z-{}.db", owner.tag().ok_or("no tag")?);
    assert_eq!(made[4].file_name().and_then(|n| n.to_str()), Some(name.as_str()));
    assert!(!made[4].exists() && folder.join("mine.db").exists());
    Ok(())
}

/// Older versions treated these runs as good: figures, totals and summaries are correct after the migration.
#[test]
fn runs_of_an_older_program_are_told_apart() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("duplistatus.db");
    let mut connection = open_writer(&path)?;
    // All migrations up to 0006.
    upgrade_from(&Source { first: 5, then: None }, &mut connection, &path, derived::after_migration)?;
    connection.batch_execute(
        "INSERT INTO configuration (key, value) VALUES ('site.time_zone', 'Europe/Berlin');
         INSERT INTO servers (name) VALUES ('nas');
         INSERT INTO jobs (server_id, name, created_at, last_incomplete, files_size, versions, recent, last_success_at)
             VALUES (1, 'a', '2026', 1, 0, 0, '1795487400s', '2026-11-24T02:30:00Z');
         INSERT INTO backups (server_id, job_id, backup_name, status, start_time, created_at, interrupted, files_count, files_size,
                              storage_size, uploaded_size, versions)
             VALUES (1, 1, 'a', 'success', '2026-11-22T23:30:00Z', '2026-11-22T23:40:00Z', 0, 100, 1000, 5000, 50, 7),
                    (1, 1, 'a', 'success', '2026-11-23T23:30:00Z', '2026-11-23T23:30:01Z', 1, 0, 0, 0, 0, 0),
                    (1, 1, 'a', 'error', '2026-11-24T01:30:00Z', '2026-11-24T01:40:00Z', 0, 100, 1001, 5001, 50, 8),
                    (1, 1, 'a', 'fatal', '2026-11-24T02:30:00Z', '2026-11-24T02:30:01Z', 0, 0, 0, 0, 0, 0);
         UPDATE backups SET exception = 'System.OperationCanceledException: stopped' WHERE status = 'fatal';
         INSERT INTO job_days (day, job_id, runs, successes, warnings, failures, duration_sum, duration_runs, uploaded_size, files_size)
             VALUES ('2026-11-23', 1, 2, 2, 0, 0, 0, 0, 50, 0);
         INSERT INTO site_days VALUES ('2026-11-23', 2, 2, 0, 0, 50, 0);",
    )?;
    upgrade(&mut connection, &path, derived::after_migration)?;
    let outcomes = dynamic::texts(&mut connection, "SELECT outcome FROM backups ORDER BY start_time")?;
    assert_eq!(outcomes, ["good", "skipped", "errors", "stopped"]);
    let job = dynamic::texts(
        &mut connection,
        "SELECT files_size || ' ' || versions || ' ' || last_success_at || ' ' || last_outcome || ' ' || failures FROM jobs",
    )?;
    assert_eq!(job, ["1001 8 2026-11-22T23:30:00Z stopped 1"]);
    let days = dynamic::texts(
        &mut connection,
        "SELECT day || ' ' || runs || ' ' || successes || ' ' || failures || ' ' || incomplete FROM job_days ORDER BY day",
    )?;
    assert_eq!(days, ["2026-11-23 1 1 0 0", "2026-11-24 3 0 1 2"], "by the zone of the site");
    let zone = Zone::named("Europe/Berlin")?;
    assert_eq!(crate::db::care::invariants::verify(&mut connection, &zone)?.discrepancies, []);
    Ok(())
}

/// An older version stored the names of machine and job in the hint, on separate lines.
#[test]
fn who_sent_a_rejected_report_has_its_own_columns() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("duplistatus.db");
    let mut connection = open_writer(&path)?;
    // All migrations up to 0011.
    upgrade_from(&Source { first: 10, then: None }, &mut connection, &path, derived::after_migration)?;
    for (source, hint) in
        [("a", "Do.\nnas\nPhotos"), ("b", "Do.\n\nPhotos"), ("c", "Do.\nnas\n"), ("d", "Do.")]
    {
        connection.batch_execute(&format!(
            "INSERT INTO rejected_reports (reason, source, http_status, hint, first_at, last_at, count, size, sample)
             VALUES ('r', '{source}', 400, '{hint}', '2026-11-23T12:00:00Z', '2026-11-23T12:00:00Z', 1, 1, '')"
        ))?;
    }
    upgrade(&mut connection, &path, derived::after_migration)?;
    let rows = dynamic::texts(
        &mut connection,
        "SELECT source || ' ' || hint || ' ' || coalesce(machine, '-') || ' ' || coalesce(job, '-')
         FROM rejected_reports ORDER BY source",
    )?;
    assert_eq!(rows, ["a Do. nas Photos", "b Do. - Photos", "c Do. nas -", "d Do. - -"]);
    Ok(())
}

/// Damages the middle of the file, after the schema; a copy would contain the damage.
#[test]
fn a_damaged_database_is_not_migrated() -> TestResult {
    use std::io::{Seek as _, SeekFrom, Write as _};
    let (_folder, path, mut connection) = old()?;
    connection.batch_execute(
        "INSERT INTO servers (name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
             SELECT printf('%0200d', i) FROM n;
         PRAGMA wal_checkpoint(TRUNCATE);",
    )?;
    drop(connection);
    let length = fs::metadata(&path)?.len();
    let mut file = fs::OpenOptions::new().write(true).open(&path)?;
    for page in 100..length / 16_384 {
        file.seek(SeekFrom::Start(page * 16_384))?;
        file.write_all(&[0xff; 512])?;
    }
    drop(file);
    let mut connection = open_writer(&path)?;
    let error = upgrade(&mut connection, &path, derived::after_migration).err().ok_or("it was migrated")?;
    assert_eq!(error.kind, StoreErrorKind::Corrupt, "{error}");
    assert_eq!(versions(&mut connection)?.len(), 2);
    assert_eq!(copy::list(&folder(&path)?, COPIES)?.len(), 0);
    Ok(())
}

#[test]
fn looking_changes_nothing() -> TestResult {
    let missing = tempfile::tempdir()?;
    let path = missing.path().join("duplistatus.db");
    assert!(list(&path)?.iter().all(|row| row.applied_at.is_none() && row.is_known));
    assert_eq!(rehearse(&path, derived::after_migration)?.len(), list(&path)?.len());
    assert_eq!(fs::read_dir(missing.path())?.count(), 0);

    let (_folder, path, mut connection) = old()?;
    let all = list(&path)?;
    let pending: Vec<&str> =
        all.iter().filter(|row| row.applied_at.is_none()).map(|row| row.name.as_str()).collect();
    assert_eq!(all.iter().filter(|row| row.applied_at.as_ref().is_some_and(|at| at.len() == 20)).count(), 2);
    assert_eq!(rehearse(&path, derived::after_migration)?, pending);
    assert!(!pending.is_empty() && versions(&mut connection)?.len() == 2);
    assert_eq!(fs::read_dir(folder(&path)?)?.count(), 0, "the copy is thrown away");

    connection.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')")?;
    let newer = list(&path)?.pop().ok_or("empty")?;
    assert!(!newer.is_known && newer.version == "9999");
    assert!(
        rehearse(&path, derived::after_migration)
            .is_err_and(|error| error.to_string().contains("newer duplistatus"))
    );
    Ok(())
}
