//! Log lines of the modules that send reports. Their problems are not problems of the backup. Invariant: decided by the tag
//! alone, in any language.

use super::line::{Level, LogLine};

/// The part of a tag that identifies Duplicati's modules.
const MODULES: &str = ".Modules.";

/// The ends of our addresses, with a key in the path or, as for the Node application, in the query.
const OURS: [&str; 4] =
    ["/api/upload/***", "/api/status/***", "/api/upload?api_key=***", "/api/status?api_key=***"];

/// Returns whether a line is about sending reports: from `HttpReportStatus`, `SendHttpMessage`, `SendMail`, `ReportHelper` and
/// the like.
#[must_use]
pub fn is_about(line: &LogLine) -> bool {
    let tag = line.tag.as_deref().unwrap_or_default();
    let path = tag.split('-').next().unwrap_or_default();
    let class = path.rsplit('.').next().unwrap_or_default();
    path.contains(MODULES) && (class.starts_with("Send") || class.contains("Report"))
}

/// Returns whether such a line contains one of our addresses, whose secret is masked.
#[must_use]
pub fn is_about_us(line: &LogLine) -> bool {
    is_about(line) && OURS.iter().any(|path| line.text.contains(path))
}

/// Returns how many warnings are about reporting.
#[must_use]
pub fn warnings(lines: &[LogLine]) -> i64 {
    let count = lines.iter().filter(|line| line.level == Level::Warning && is_about(line)).count();
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Duplicati.Library.Modules.Builtin.HttpReportStatus-HttpReportStatusSendError", true)]
    #[case("Duplicati.Library.Modules.Builtin.SendHttpMessage-HttpResponseError", true)]
    #[case("Duplicati.Library.Modules.Builtin.SendMail-SendMailError", true)]
    #[case("Duplicati.Library.Modules.Builtin.SendTelegramMessage-Error", true)]
    #[case("Duplicati.Library.Modules.Builtin.SendJabberMessage-XMPPSendError", true)]
    #[case("Duplicati.Library.Modules.Builtin.ReportHelper-ReportSubmitError", true)]
    #[case("Duplicati.Library.Modules.Builtin.RunScript-ScriptExecuteError", false)]
    #[case("Duplicati.Library.Main.Operation.BackupHandler-SendReport", false)]
    fn by_the_tag(#[case] tag: &str, #[case] expected: bool) {
        let line = LogLine { time: None, level: Level::Warning, tag: Some(tag.into()), text: String::new() };
        assert_eq!(is_about(&line), expected);
    }

    #[rstest]
    #[case::report("SendHttpMessage-HttpResponseError", "POST http://nas:9666/api/upload/*** failed", true)]
    #[case::live(
        "HttpReportStatus-HttpReportStatusSendError",
        "to http://nas/x/api/status/***: timeout",
        true
    )]
    #[case::old(
        "SendHttpMessage-HttpResponseError",
        "POST http://nas:9666/api/upload?api_key=*** failed",
        true
    )]
    #[case::another("SendHttpMessage-HttpResponseError", "POST https://chat.example/api/send failed", false)]
    #[case::of_a_script("RunScript-ScriptExecuteError", "curl http://nas:9666/api/upload/***", false)]
    fn our_address_in_a_line_about_reporting(#[case] tag: &str, #[case] text: &str, #[case] expected: bool) {
        let tag = Some(format!("Duplicati.Library.Modules.Builtin.{tag}"));
        let line = LogLine { time: None, level: Level::Warning, tag, text: text.into() };
        assert_eq!(is_about_us(&line), expected);
    }
}
