//! SQLite itself reads the dump back. Exports of runs are tested in `export_tests.rs`.

use std::sync::{Arc, Mutex};

use diesel::connection::SimpleConnection as _;

use super::*;
use crate::{
    access::Role,
    db::engine::{connection::open_unpooled, migrate},
    service::testing::{
        TestResult,
        accounts::{actions, add, member},
        report, send, services,
    },
};

/// A writer whose content can be read afterwards.
#[derive(Clone, Default)]
pub(in crate::service) struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().map_err(|_| io::ErrorKind::Other)?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Written {
    pub fn text(&self) -> Result<String, Box<dyn std::error::Error>> {
        Ok(String::from_utf8(self.0.lock().map_err(|_| "poisoned")?.clone())?)
    }
}

async fn filled() -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    let (folder, services) = services()?;
    for (begin, status) in [("2026-11-22T02:00:00Z", "Success"), ("2026-11-23T02:00:00Z", "Warning")] {
        let mut report = report(begin, status);
        report["LogLines"] = serde_json::json!(["it's; \"quoted\"", "second\tline"]);
        send(&services, report).await?;
    }
    add(&services, "root", Role::Administrator).await?;
    Ok((folder, services))
}

#[tokio::test]
async fn a_dump_makes_the_same_database_anew() -> TestResult {
    let (folder, services) = filled().await?;
    // Values without a literal.
    services
        .db
        .write(|tx| {
            Ok(tx.conn.batch_execute(
                "UPDATE servers SET notes = CAST(X'610062ff' AS TEXT); UPDATE backups SET duration = 1e300 * 1e300 WHERE id = 1;",
            )?)
        })
        .await?;
    let first = Written::default();
    let rows = write_out(&services, &Actor::CommandLine, Text::Sql, first.clone()).await?;
    assert!(rows > 10, "{rows}");
    assert_eq!(actions(&services).await?.last().map(String::as_str), Some("database.dump"));

    let path = folder.path().join("anew.db");
    let mut anew = open_unpooled(&path)?;
    anew.batch_execute(&first.text()?)?;
    let pages =
        ["page_size", "auto_vacuum"].map(|name| crate::db::engine::connection::pragma(&mut anew, name));
    assert_eq!(pages, [Ok(16_384), Ok(2)], "as the program makes them");
    let same = services.db.read(migrate::schema_sql).await?;
    assert_eq!(migrate::schema_sql(&mut anew)?, same);
    let mut second = Vec::new();
    assert_eq!(dump::sql(&mut anew, &mut second)?, rows);
    assert_eq!(String::from_utf8(second)?, first.text()?);
    Ok(())
}

#[tokio::test]
async fn nobody_else_may_and_a_full_pipe_is_an_error() -> TestResult {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (_folder, services) = filled().await?;
    let operator = member(&services, "jo", Role::Operator).await?;
    let refused = write_out(&services, &operator, Text::Sql, Written::default()).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
    let failed = write_out(&services, &Actor::CommandLine, Text::Sql, Closed).await;
    assert!(matches!(failed, Err(Error::Store(_))), "{failed:?}");
    Ok(())
}
