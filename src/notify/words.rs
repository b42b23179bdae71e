//! Why something is wrong, in sentences.

use crate::{
    noticing::{
        checks::{Change, Finding},
        lateness::Overdue,
        state::{Reason, Wrong},
    },
    outcome::RunOutcome,
    time::Timestamp,
    units::{size, span, thousands},
    zone::Zone,
};

/// Why something is wrong, with its figures; times are those of `zone`. `headline` is the cause that the last run gave.
#[must_use]
pub fn reason(wrong: &Wrong, headline: Option<&str>, zone: &Zone) -> String {
    let at = |time: Timestamp| zone.moment(time).zoned();
    match &wrong.reason {
        Reason::Failing { begin } => {
            let cause = headline.map_or_else(String::new, |text| format!(" {text}"));
            format!("The run of {} failed.{cause}", at(*begin))
        }
        Reason::Silent { last } => format!("There was no report since {}.", at(*last)),
        Reason::Overdue { slot, overdue } => self::overdue(*slot, *overdue, wrong.since, &at),
        Reason::Found(finding) => found(finding, &at),
    }
}

fn overdue(
    slot: Option<Timestamp>,
    overdue: Overdue,
    since: Timestamp,
    at: &impl Fn(Timestamp) -> String,
) -> String {
    match overdue {
        Overdue::Late => match slot {
            Some(slot) => {
                format!(
                    "A good run was expected about {}. It has been overdue since {}.",
                    at(slot),
                    at(since)
                )
            }
            None => format!("A good run has been overdue since {}.", at(since)),
        },
        Overdue::NoReport => {
            format!("A run ended, but its report has not arrived. It has been overdue since {}.", at(since))
        }
        Overdue::Stuck { begin, heard } => {
            format!(
                "The run started at {} and did not finish. It was last heard of at {}.",
                at(begin),
                at(heard)
            )
        }
    }
}

fn found(finding: &Finding, at: &impl Fn(Timestamp) -> String) -> String {
    use crate::checks::Check;
    match finding {
        Finding::Shrank { files: Some(Change { before, now }), .. } => {
            format!("The source shrank from {} to {} files.", thousands(*before), thousands(*now))
        }
        Finding::Shrank { size: Some(Change { before, now }), .. } => {
            format!("The source shrank from {} to {}.", size(*before), size(*now))
        }
        Finding::Shrank { .. } => "The source shrank by more than half.".to_owned(),
        Finding::VersionsFell { versions: Change { before, now } } => {
            format!("The number of versions fell from {before} to {now}.")
        }
        Finding::MassChange { deleted, modified, known } => format!(
            "{} files were deleted and {} modified, of {}.",
            thousands(*deleted),
            thousands(*modified),
            thousands(*known)
        ),
        Finding::Incomplete { outcome } => match outcome {
            RunOutcome::Stopped => "The run was stopped before it was complete.".to_owned(),
            RunOutcome::Partial => "The run left a partial version.".to_owned(),
            RunOutcome::Skipped => "A script skipped the run.".to_owned(),
            _ => "The run left no complete version.".to_owned(),
        },
        Finding::Damaged => "The last verification found damaged files.".to_owned(),
        Finding::Retries { retries: Change { before, now } } => {
            format!("{now} requests to the destination were repeated; {before} are usual.")
        }
        Finding::Slow { seconds: Change { before, now } } => {
            format!("The run took {}; {} is usual.", span(*now), span(*before))
        }
        Finding::QuotaLow { free, total } => {
            format!("Only {} of {} are free at the destination.", size(*free), size(*total))
        }
        Finding::QuotaSoon { free, days } => {
            format!("{} are free at the destination, which will be full in {days} days.", size(*free))
        }
        Finding::NewWarnings { kinds } => match kinds.as_slice() {
            [one] => format!("There is a warning of a new kind: {one}"),
            [one, rest @ ..] => format!("There are warnings of {} new kinds: {one}, …", rest.len() + 1),
            [] => "There are warnings of a new kind.".to_owned(),
        },
        Finding::TwoJobs { .. } => "The server reports two jobs under this name.".to_owned(),
        Finding::NoReport { ended } => {
            format!("A run ended at {}, and its report did not arrive.", at(*ended))
        }
        Finding::Contradiction { check } => match check {
            Check::NothingExamined { .. } => "The run examined no files.",
            Check::NothingUploaded { .. } => "Files changed, and nothing was uploaded.",
            Check::NothingStored => "Nothing is stored at the destination.",
            Check::NoVersions => "The run says that there are no versions.",
            Check::FilesWithErrors { .. } => "Some files could not be read.",
            _ => "The run contradicts itself.",
        }
        .to_owned(),
    }
}
