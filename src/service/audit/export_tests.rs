use super::*;
use crate::{
    dto::Moment,
    service::testing::{TestResult, services},
};

fn row() -> AuditRow {
    AuditRow {
        id: 7,
        at: Moment { at: "2026-11-23T12:00:00Z".parse().unwrap_or_default(), offset: 3600 },
        actor_kind: "user".into(),
        actor: "jo".into(),
        address: Some("192.0.2.7".into()),
        action: "user.set_role".into(),
        target_kind: Some("user".into()),
        target_id: Some(3),
        target: Some("kim".into()),
        success: true,
        before: vec![("role".into(), "viewer".into())],
        after: vec![("role".into(), "operator".into())],
    }
}

#[test]
fn a_table_for_spreadsheets() -> TestResult {
    let failed = AuditRow {
        address: None,
        target_kind: None,
        target_id: None,
        target: None,
        success: false,
        before: Vec::new(),
        after: Vec::new(),
        ..row()
    };
    assert_eq!(
        String::from_utf8(csv(&[row(), failed])?)?,
        "at,actor_kind,actor,address,action,target_kind,target_id,target,success,before,after\n\
         2026-11-23T12:00:00Z,user,jo,192.0.2.7,user.set_role,user,3,kim,true,\"{\"\"role\"\":\"\"viewer\"\"}\",\
         \"{\"\"role\"\":\"\"operator\"\"}\"\n\
         2026-11-23T12:00:00Z,user,jo,,user.set_role,,,,false,,\n"
    );
    Ok(())
}

#[test]
fn no_name_becomes_a_formula() -> TestResult {
    for name in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1"] {
        let hostile = AuditRow { actor: name.into(), target: Some(name.into()), ..row() };
        let table = csv(&[hostile])?;
        let mut reader = csv::Reader::from_reader(table.as_slice());
        let cells = reader.records().next().ok_or("no line")??;
        assert_eq!(cells.get(2), Some(format!("'{name}").as_str()));
        assert_eq!(cells.get(7), Some(format!("'{name}").as_str()));
    }
    assert_eq!(escape_formula("a=b"), "a=b");
    Ok(())
}

#[test]
fn a_cell_keeps_quotes_commas_and_lines() -> TestResult {
    let hostile = AuditRow { actor: "a\",\nb".into(), ..row() };
    let table = csv(&[hostile])?;
    let cells = csv::Reader::from_reader(table.as_slice()).records().next().ok_or("no line")??;
    assert_eq!(cells.get(2), Some("a\",\nb"));
    Ok(())
}

#[test]
fn an_array_for_programs() -> TestResult {
    let value: Value = serde_json::from_slice(&json(&[row()])?)?;
    assert_eq!(
        value,
        serde_json::json!([{
            "at": "2026-11-23T12:00:00Z", "actor_kind": "user", "actor": "jo", "address": "192.0.2.7",
            "action": "user.set_role", "target_kind": "user", "target_id": 3, "target": "kim", "success": true,
            "before": { "role": "viewer" }, "after": { "role": "operator" },
        }])
    );
    Ok(())
}

#[tokio::test]
async fn files_are_named_after_the_day_and_only_for_administrators() -> TestResult {
    let (_folder, services) = services()?;
    let file = file(&services, &Actor::CommandLine, AuditQuery::default(), Format::Csv).await?;
    assert_eq!(file.name, "duplistatus-audit-2026-11-23.csv");
    let guest = Actor::Guest { address: String::new() };
    let refused = super::file(&services, &guest, AuditQuery::default(), Format::Json).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
    Ok(())
}
