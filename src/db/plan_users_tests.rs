//! Users, sessions and audit entries are found by index at each request.

use super::{TestResult, both_with_and_without_statistics, plans};
use crate::{
    db::tables::{
        api_keys,
        audit::{self, AuditFilter},
        login_failures, sessions, users,
    },
    ids::{ApiKeyId, SessionId, UserId},
    time::Timestamp,
};

#[test]
fn who_is_asking_is_found_by_index_at_each_request() -> TestResult {
    let now = Timestamp::from_unix(1_795_435_200);
    both_with_and_without_statistics(|conn| {
        let plans = plans(conn, |conn| {
            sessions::find(conn, "hash 7")?;
            sessions::find_by_id(conn, SessionId(7))?;
            sessions::exists(conn, SessionId(7))?;
            sessions::note_use(conn, SessionId(7), "", now)?;
            sessions::of_user(conn, UserId(7), now, now)?;
            sessions::bound(conn, UserId(7), sessions::COMPLETE, 50)?;
            api_keys::find_valid(conn, "hash 7", now)?;
            api_keys::find_valid_by_id(conn, ApiKeyId(7), now)?;
            api_keys::note_use(conn, ApiKeyId(7), "", now)?;
            login_failures::find(conn, "hash 7")?;
            users::find_by_name(conn, "person 7")?;
            users::use_recovery_code(conn, UserId(7), "x", now)?;
            Ok(())
        })?;
        assert_eq!(plans.len(), 12);
        for plan in &plans {
            for step in plan.split("; ") {
                assert!(!step.starts_with("SCAN ") || step == "SCAN CONSTANT ROW", "{plan}");
            }
        }
        Ok(())
    })
}

#[test]
fn a_page_of_the_audit_trail_reads_no_more_than_it_shows() -> TestResult {
    let at = Timestamp::from_unix(1_795_435_200);
    let any = AuditFilter::default;
    let cases = [
        (any(), "idx_audit_log_at"),
        (
            AuditFilter { from: Some(at), to: Some(at.plus(86_400)), ..any() },
            "idx_audit_log_at (at>? AND at<?)",
        ),
        (AuditFilter { actor: Some("person 7".into()), ..any() }, "idx_audit_log_actor (actor_name=?)"),
        (AuditFilter { success: Some(false), ..any() }, "idx_audit_log_at"),
    ];
    both_with_and_without_statistics(|conn| {
        for (filter, index) in &cases {
            let plans = plans(conn, |conn| audit::list(conn, filter, 50, 0).map(drop))?;
            assert!(plans[0].contains(index) && !plans[0].contains("TEMP B-TREE"), "{filter:?}: {plans:?}");
        }
        // Actions are a range: read by time without sorting, or by action with sorting of the found
        // entries.
        let filter = AuditFilter { action: Some("action 7".into()), ..any() };
        let plans = plans(conn, |conn| audit::list(conn, &filter, 50, 0).map(drop))?;
        assert!(plans[0].contains("INDEX idx_audit_log_"), "{plans:?}");
        let plans = super::plans(conn, |conn| audit::expire(conn, Timestamp::MIN, 500).map(drop))?;
        assert!(plans[0].contains("idx_audit_log_at (at<?)"), "{plans:?}");
        Ok(())
    })
}
