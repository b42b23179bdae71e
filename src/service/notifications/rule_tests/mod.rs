//! Who is told, when, and how often: rules, quiet hours, reminders, escalation, through the real database and receivers on loopback.

mod later;
mod routing;

use serde_json::json;

use super::{all, channels, resend, rules, tests::*};
use crate::{
    access::Permission,
    db::tables::{channels as rows, notification_rules as stored},
    dto::{
        channel::ChannelForm,
        incidents::{IncidentFilter, IncidentQuery},
        notification_history::{HistoryPage, HistoryQuery},
        notification_rules::{HoursForm, RuleForm, RulePreview, RulesQuery},
    },
    error::Error,
    ids::{ChannelId, ServerId},
    service::{
        Actor, Services, labels,
        monitoring::{self, Target},
        noticing::{
            evaluator,
            incidents::{self, Act},
        },
        servers,
        testing::{NOON, TestResult, accounts::trail, at, report, send, services},
    },
    time::Timestamp,
    topic::Topic,
};

const ROOT: Actor = Actor::System;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
/// When the report of a run that began at noon arrives.
const TOLD: i64 = 600;

/// Two channels, `family` and `boss`, with their receivers.
struct Two {
    family: Receiver,
    boss: Receiver,
    ids: [ChannelId; 2],
}

async fn two(services: &Services) -> Result<Two, Box<dyn std::error::Error>> {
    let (family, boss) = (Receiver::start(), Receiver::start());
    let one = create(services, form(&family.server)).await?;
    let two = create(services, ChannelForm { name: "boss".into(), ..form(&boss.server) }).await?;
    Ok(Two { family, boss, ids: [one, two] })
}

fn rule(scope: &str, name: &str, channels: &[ChannelId]) -> RuleForm {
    RuleForm {
        scope: scope.into(),
        name: name.into(),
        topics: Topic::ALL.to_vec(),
        tells: if channels.is_empty() { "nobody" } else { "channels" }.into(),
        channels: channels.to_vec(),
        ..RuleForm::default()
    }
}

async fn add(services: &Services, form: RuleForm) -> Result<i64, Error> {
    rules::save(services, &ROOT, None, form).await
}

async fn history(services: &Services, query: HistoryQuery) -> Result<HistoryPage, Error> {
    all(services, &ROOT, query).await
}

/// `"sent"`, or `"dropped good"`, of the newest first.
async fn results(services: &Services) -> Result<Vec<String>, Error> {
    let rows = history(services, HistoryQuery::default()).await?.rows.into_iter();
    Ok(rows
        .map(|one| format!("{} {}", one.row.status, one.reason.unwrap_or_default()).trim().to_owned())
        .collect())
}

async fn wait(services: &Services, seconds: i64) -> TestResult {
    at(services, seconds);
    evaluator::judge(services).await?;
    dispatch(services).await
}

async fn act(services: &Services, act: Act) -> TestResult {
    let query = IncidentQuery { filter: IncidentFilter::Open, ..IncidentQuery::default() };
    let open = incidents::list(services, &ROOT, query).await?.rows;
    incidents::handle(services, &ROOT, open.iter().map(|row| row.id).collect(), act).await?;
    Ok(())
}

fn acknowledge() -> Act {
    Act::Acknowledge { note: String::new() }
}
