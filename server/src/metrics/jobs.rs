//! The figures of each job.

use std::fmt;

use duplistatus::service::programs::metrics::Job;
use prometheus_client::{encoding::DescriptorEncoder, metrics::MetricType, registry::Unit};

/// A figure that each job has at most once.
struct JobGauge {
    name: &'static str,
    unit: Option<Unit>,
    help: &'static str,
    value: fn(&Job) -> Option<i64>,
}

const fn gauge(name: &'static str, help: &'static str, value: fn(&Job) -> Option<i64>) -> JobGauge {
    JobGauge { name, unit: None, help, value }
}

const fn bytes(name: &'static str, help: &'static str, value: fn(&Job) -> Option<i64>) -> JobGauge {
    JobGauge { name, unit: Some(Unit::Bytes), help, value }
}

const fn seconds(name: &'static str, help: &'static str, value: fn(&Job) -> Option<i64>) -> JobGauge {
    JobGauge { name, unit: Some(Unit::Seconds), help, value }
}

static GAUGES: [JobGauge; 16] = [
    seconds("duplistatus_job_last_success_timestamp", "When the last good run began", |job| job.last_success),
    seconds("duplistatus_job_last_run_timestamp", "When the latest run began", |job| job.last_run),
    seconds("duplistatus_job_last_report_timestamp", "When the last report arrived", |job| job.last_report),
    seconds("duplistatus_job_last_duration", "How long the latest run took", |job| job.last_duration),
    bytes("duplistatus_job_last_uploaded", "What the latest run uploaded", |job| job.last_uploaded),
    gauge("duplistatus_job_consecutive_failures", "Failed runs since the last that did not fail", |job| {
        Some(job.failures)
    }),
    gauge("duplistatus_job_runs", "Stored runs", |job| Some(job.runs)),
    gauge("duplistatus_job_source_files", "Files of the source", |job| job.source_files),
    bytes("duplistatus_job_source", "Size of the source", |job| job.source_size),
    bytes("duplistatus_job_stored", "Size at the destination", |job| job.stored_size),
    gauge("duplistatus_job_versions", "Versions at the destination", |job| job.versions),
    bytes("duplistatus_job_quota", "Quota of the destination", |job| job.quota),
    bytes("duplistatus_job_quota_free", "Free part of the quota of the destination", |job| job.quota_free),
    seconds("duplistatus_job_next_slot_timestamp", "The slot whose good run is awaited", |job| job.next_slot),
    seconds("duplistatus_job_due_timestamp", "When the awaited run makes the job overdue", |job| job.due),
    gauge("duplistatus_job_open_incidents", "Open incidents: 0 or 1", |job| Some(job.incidents)),
];

/// A job with its names as label values.
#[derive(Debug)]
pub(super) struct LabelledJob {
    job: Job,
    server: String,
    backup: String,
}

impl LabelledJob {
    pub(super) fn of(job: Job) -> Self {
        Self { server: printable(&job.server), backup: printable(&job.name), job }
    }

    /// Prometheus calls a scraped target a job, so the label has another name.
    fn labels(&self) -> [(&str, &str); 2] {
        [("server", &self.server), ("backup", &self.backup)]
    }
}

/// Writes everything about jobs.
pub(super) fn encode(jobs: &[LabelledJob], encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    info(jobs, encoder)?;
    let help = "The state of a job, in the label; always 1";
    let mut family = encoder.encode_descriptor("duplistatus_job_state", help, None, MetricType::Gauge)?;
    for job in jobs {
        let [server, backup] = job.labels();
        family.encode_family(&[server, backup, ("state", job.job.state)])?.encode_gauge(&1_i64)?;
    }
    for JobGauge { name, unit, help, value } in &GAUGES {
        let mut family = encoder.encode_descriptor(name, help, unit.as_ref(), MetricType::Gauge)?;
        for job in jobs {
            if let Some(value) = value(&job.job) {
                family.encode_family(&job.labels())?.encode_gauge(&value)?;
            }
        }
    }
    Ok(())
}

fn info(jobs: &[LabelledJob], encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let help = "Ids, aliases and group of a job; always 1";
    let mut family = encoder.encode_descriptor("duplistatus_job", help, None, MetricType::Info)?;
    for one in jobs {
        let job = &one.job;
        let (server_id, job_id) = (job.server_id.to_string(), job.id.to_string());
        let (server_alias, alias) = (printable(&job.server_alias), printable(&job.alias));
        let group = printable(&job.group);
        let [server, backup] = one.labels();
        family.encode_info(&[
            server,
            backup,
            ("server_id", server_id.as_str()),
            ("job_id", job_id.as_str()),
            ("server_alias", server_alias.as_str()),
            ("backup_alias", alias.as_str()),
            ("group", group.as_str()),
        ])?;
    }
    Ok(())
}

/// Replaces what some readers take for the end of a line. The library escapes the rest.
fn printable(text: &str) -> String {
    let is_odd = |c: char| matches!(c, '\u{2028}' | '\u{2029}') || c != '\n' && c.is_control();
    text.chars().map(|c| if is_odd(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_replaced() {
        let text = printable("a\\b\"c\nd\re\u{2028}f\u{0}ä");
        assert_eq!(text, "a\\b\"c\nd\u{fffd}e\u{fffd}f\u{fffd}ä");
    }
}
