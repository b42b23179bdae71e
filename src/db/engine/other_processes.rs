//! Detects writes of other programs to the same file, such as commands next to the server. Live pages then update as after a report.

use std::time::Duration;

use super::Db;

/// Interval of the checks while the revision has subscribers.
const PACE: Duration = Duration::from_secs(1);

impl Db {
    /// Changes the revision when other programs write, for as long as the future is polled. Does nothing while the revision has no
    /// subscribers.
    pub async fn follow_others(&self) {
        loop {
            if self.0.revision.receiver_count() == 0 {
                self.0.followed.notified().await;
                continue;
            }
            self.check_other_processes().await;
            tokio::time::sleep(PACE).await;
        }
    }

    /// Checks once. A read-only database is not checked.
    pub async fn check_other_processes(&self) {
        if let Ok(current) = self.current().await
            && let Some(writer) = &current.writer
        {
            writer.check_other_processes().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{engine::connection::open_writer, tables::servers};

    type TestResult = Result<(), Box<dyn std::error::Error>>;

    #[tokio::test]
    async fn what_another_program_writes_is_a_change_and_what_this_one_wrote_is_counted_once() -> TestResult {
        let folder = tempfile::tempdir()?;
        let db = Db::open(&folder.path().join("duplistatus.db"))?;
        let mut other = open_writer(db.path())?;
        let number = || *db.revision().borrow();
        db.write(|tx| servers::create(tx.conn, "here", Default::default())).await?;
        db.write_unseen(|tx| servers::create(tx.conn, "quiet", Default::default())).await?;
        let before = number();
        db.check_other_processes().await;
        assert_eq!(number(), before, "what was written here");
        servers::create(&mut other, "there", Default::default())?;
        assert_eq!(number(), before, "nobody looked");
        db.check_other_processes().await;
        assert_eq!(number(), before + 1);
        db.check_other_processes().await;
        assert_eq!(number(), before + 1, "nothing new");
        Ok(())
    }

    #[tokio::test]
    async fn who_follows_is_told_of_what_another_program_writes() -> TestResult {
        let folder = tempfile::tempdir()?;
        let db = Db::open(&folder.path().join("duplistatus.db"))?;
        let following = tokio::spawn({
            let db = db.clone();
            async move { db.follow_others().await }
        });
        let mut other = open_writer(db.path())?;
        let mut revision = db.revision();
        revision.mark_unchanged();
        servers::create(&mut other, "there", Default::default())?;
        tokio::time::timeout(Duration::from_secs(20), revision.changed()).await??;
        following.abort();
        Ok(())
    }
}
