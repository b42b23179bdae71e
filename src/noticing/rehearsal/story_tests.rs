//! Helps tests to tell a story and to say what must be raised.

use serde_json::{Value, json};

use super::{Alarm, Scenario, rehearse, replay::Closed};
use crate::time::Timestamp;

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A story of one job.
pub(super) fn story(zone: &str, from: &str, until: &str, job: Value) -> Value {
    let mut job = job;
    job["job"] = json!("nas/job");
    json!({"name": "story", "zone": zone, "from": from, "until": until, "jobs": [job]})
}

pub(super) fn told(story: &Value) -> Vec<Alarm> {
    let scenario = Scenario::read(story.to_string().as_bytes()).unwrap();
    rehearse(&scenario).unwrap()
}

/// The alarms, each as `kind opened closed`; a change within one has a plus.
pub(super) fn alarms(story: &Value) -> Vec<String> {
    let text = |alarm: &Alarm| {
        let plus = if alarm.within { "+" } else { "" };
        let closed = match alarm.closed {
            Closed::At(Some(at)) => format!(" {at}"),
            Closed::At(None) => " open".to_owned(),
            Closed::OfAnother => String::new(),
        };
        format!("{plus}{} {}{closed}", alarm.kind, alarm.opened)
    };
    told(story).iter().map(text).collect()
}

/// Only kinds, with a plus for changes.
pub(super) fn kinds(story: &Value) -> Vec<String> {
    let short = |text: String| text.split(' ').next().unwrap_or_default().to_owned();
    alarms(story).into_iter().map(short).collect()
}
