//! The report of an import as text.

use std::fmt;

use duplistatus::dto::import::{ImportFormat, ImportPhase, ImportReport, Problem, Tally};

/// Formats a report.
pub(super) struct Text<'r>(pub &'r ImportReport);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ImportReport { file, format, version, dry_run, .. } = self.0;
        let ImportReport { servers, runs, people, keys, audit, settings, secrets, .. } = self.0;
        let what = match (format, version) {
            (ImportFormat::Node, Some(version)) => {
                format!("database of the Node application, schema {version}")
            }
            (ImportFormat::Node, None) => "database of the Node application 0.4 or 0.5".into(),
            (ImportFormat::Csv, _) => "CSV".into(),
            (ImportFormat::Json, _) => "JSON".into(),
        };
        writeln!(f, "{file}: {what}")?;
        if *dry_run {
            writeln!(f, "Dry run: nothing was stored. The result would be:")?;
        }
        writeln!(
            f,
            "\n{:<14} {:>9} {:>9} {:>9} {:>9} {:>9}",
            "", "found", "added", "completed", "existing", "skipped"
        )?;
        let kinds = [
            ("servers", servers),
            ("runs", runs),
            ("users", people),
            ("API keys", keys),
            ("settings", settings),
            ("secrets", secrets),
            ("audit entries", audit),
        ];
        for (kind, Tally { found, added, completed, known, left_out }) in kinds {
            if *format == ImportFormat::Node || matches!(kind, "servers" | "runs") {
                writeln!(f, "{kind:<14} {found:>9} {added:>9} {completed:>9} {known:>9} {left_out:>9}")?;
            }
        }
        self.rest(f)
    }
}

impl Text<'_> {
    fn rest(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ImportReport { notes, kept, problems, more_problems, .. } = self.0;
        if !notes.is_empty() {
            writeln!(f, "\nNotes:")?;
            for (what, count) in notes {
                writeln!(f, "  {count:>7} × {what}")?;
            }
        }
        if !kept.is_empty() {
            writeln!(f, "\nStored, but not used yet:")?;
            for key in kept {
                writeln!(f, "  {key}")?;
            }
        }
        if !problems.is_empty() {
            writeln!(f, "\nProblems:")?;
            for Problem { place, what } in problems {
                writeln!(f, "  {place}: {what}")?;
            }
        }
        if *more_problems > 0 {
            writeln!(f, "  … and {more_problems} more")?;
        }
        Ok(())
    }
}

/// Returns the name of a phase.
pub(super) fn phase(phase: ImportPhase) -> &'static str {
    match phase {
        ImportPhase::Checking => "checking the file",
        ImportPhase::Servers => "servers",
        ImportPhase::Runs => "runs",
        ImportPhase::People => "users",
        ImportPhase::Settings => "settings",
        ImportPhase::Audit => "audit log",
        ImportPhase::Done => "done",
    }
}
