//! Writes figures as OpenMetrics, and in the format before it.

use std::fmt;

use duplistatus::{service::programs::metrics::Snapshot, verdict::Verdict};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, text::encode},
    metrics::MetricType,
    registry::{Registry, Unit},
};

use super::{
    jobs::{self, LabelledJob},
    uploads::UploadMetrics,
};

/// Returns all figures as OpenMetrics.
///
/// # Errors
/// Never, because a text takes everything.
pub fn open_metrics(snapshot: Snapshot, uploads: &UploadMetrics) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    uploads.register(&mut registry);
    registry.register_collector(Box::new(Figures::of(snapshot)));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

/// Converts OpenMetrics to the format before it: the type of a counter and of an info names the sample, and there are neither units nor an
/// end.
pub fn classic(open_metrics: &str) -> String {
    let mut text = String::with_capacity(open_metrics.len());
    let mut help = "";
    for line in open_metrics.lines() {
        if let Some(of) = line.strip_prefix("# HELP ") {
            help = of.split_once(' ').map_or("", |(_, help)| help);
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|of| of.split_once(' ')) {
            let (end, kind) = match kind {
                "counter" => ("_total", "counter"),
                "info" => ("_info", "gauge"),
                kind => ("", kind),
            };
            text.push_str(&format!("# HELP {name}{end} {help}\n# TYPE {name}{end} {kind}\n"));
        } else if !line.starts_with("# ") {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// What is stored.
#[derive(Debug)]
struct Figures {
    snapshot: Snapshot,
    jobs: Vec<LabelledJob>,
}

impl Figures {
    fn of(mut snapshot: Snapshot) -> Self {
        let jobs = std::mem::take(&mut snapshot.jobs).into_iter().map(LabelledJob::of).collect();
        Self { snapshot, jobs }
    }
}

/// A figure of the whole site.
type SiteGauge = (&'static str, Option<Unit>, &'static str, Option<i64>);

impl Collector for Figures {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let encoder = &mut encoder;
        let mut build = encoder.encode_descriptor(
            "duplistatus_build",
            "The version; always 1",
            None,
            MetricType::Info,
        )?;
        build.encode_info(&[("version", env!("CARGO_PKG_VERSION"))])?;
        let shot = &self.snapshot;
        let by_state = Verdict::ALL.map(|verdict| (verdict.as_str(), shot.totals.of(verdict)));
        labelled(encoder, "duplistatus_jobs", "Jobs by state", "state", &by_state)?;
        let (open, acknowledged) = shot.incidents;
        let incidents = [("false", open), ("true", acknowledged)];
        labelled(encoder, "duplistatus_open_incidents", "Open incidents", "acknowledged", &incidents)?;
        let [working, failing, off] = shot.channels;
        let channels = [("working", working), ("failing", failing), ("off", off)];
        labelled(encoder, "duplistatus_channels", "Notification channels by state", "state", &channels)?;
        for (name, unit, help, value) in self.site() {
            let mut family = encoder.encode_descriptor(name, help, unit.as_ref(), MetricType::Gauge)?;
            if let Some(value) = value {
                family.encode_gauge(&value)?;
            }
        }
        jobs::encode(&self.jobs, encoder)
    }
}

impl Figures {
    fn site(&self) -> Vec<SiteGauge> {
        let shot = &self.snapshot;
        let size = |bytes: u64| Some(i64::try_from(bytes).unwrap_or(i64::MAX));
        let unix = |at: Option<duplistatus::time::Timestamp>| at.map(|at| at.unix());
        let (bytes, seconds) = (|| Some(Unit::Bytes), || Some(Unit::Seconds));
        let counted = |number: u64| Some(i64::try_from(number).unwrap_or(i64::MAX));
        vec![
            ("duplistatus_servers", None, "Servers", Some(shot.servers)),
            (
                "duplistatus_jobs_omitted",
                None,
                "Jobs without figures of their own, because of --metrics-max-jobs",
                Some(shot.omitted),
            ),
            ("duplistatus_runs", None, "Stored runs", Some(shot.totals.runs)),
            ("duplistatus_versions", None, "Versions at all destinations", Some(shot.totals.versions)),
            ("duplistatus_source", bytes(), "Size of all sources", Some(shot.totals.source)),
            ("duplistatus_stored", bytes(), "Size at all destinations", Some(shot.totals.stored)),
            (
                "duplistatus_notifications_waiting",
                None,
                "Messages that wait to be sent",
                Some(shot.outbox.waiting),
            ),
            (
                "duplistatus_notifications_failed",
                None,
                "Messages of the last 24 hours that were given up",
                Some(shot.outbox.failed),
            ),
            (
                "duplistatus_database_writable",
                None,
                "Whether reports can be stored: 1 or 0",
                Some(i64::from(shot.is_writable)),
            ),
            ("duplistatus_database_size", bytes(), "Size of the database file", size(shot.database_size)),
            ("duplistatus_database_wal_size", bytes(), "Size of the write-ahead log", size(shot.wal_size)),
            (
                "duplistatus_database_disk_free",
                bytes(),
                "Free space on the disk of the database",
                shot.free_space.and_then(size),
            ),
            (
                "duplistatus_database_backup_timestamp",
                seconds(),
                "When the database was last backed up",
                unix(shot.last_backup),
            ),
            (
                "duplistatus_database_reads_waiting",
                None,
                "Queries that wait for a connection",
                counted(shot.pool.waiting),
            ),
            (
                "duplistatus_database_writes_waiting",
                None,
                "Writes that wait for the writer",
                counted(shot.pool.writes_waiting),
            ),
            (
                "duplistatus_evaluation_timestamp",
                seconds(),
                "When the states of jobs were last evaluated",
                unix(shot.last_evaluation),
            ),
            (
                "duplistatus_evaluation_lag",
                seconds(),
                "For how long the longest due evaluation of a job has waited",
                Some(shot.evaluator_lag),
            ),
        ]
    }
}

/// Writes a family with one label.
fn labelled(
    encoder: &mut DescriptorEncoder<'_>,
    name: &'static str,
    help: &'static str,
    label: &'static str,
    values: &[(&'static str, i64)],
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for (word, value) in values {
        family.encode_family(&[(label, *word)])?.encode_gauge(value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_format_names_counters_by_their_samples() {
        let open = "# HELP a_uploads What it is\n# TYPE a_uploads counter\na_uploads_total{x=\"# EOF\"} 1\n\
                    # HELP a_time_seconds T\n# TYPE a_time_seconds gauge\n# UNIT a_time_seconds seconds\na_time_seconds 2\n\
                    # HELP a_build B\n# TYPE a_build info\na_build_info{v=\"1\"} 1\n# EOF\n";
        assert_eq!(
            classic(open),
            "# HELP a_uploads_total What it is\n# TYPE a_uploads_total counter\na_uploads_total{x=\"# EOF\"} 1\n\
             # HELP a_time_seconds T\n# TYPE a_time_seconds gauge\na_time_seconds 2\n\
             # HELP a_build_info B\n# TYPE a_build_info gauge\na_build_info{v=\"1\"} 1\n"
        );
    }
}
