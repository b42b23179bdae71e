//! The options with which a Duplicati server reports to an upload address.

/// Reports of all operations, with all log messages.
const OPTIONS: [(&str, &str); 3] = [
    ("--send-http-any-operation", "true"),
    ("--send-http-log-level", "Information"),
    ("--send-http-max-log-lines", "0"),
];

/// Returns the address for live status that belongs to an upload address.
pub fn status_url(upload_url: &str) -> String {
    match upload_url.rsplit_once("/upload/") {
        Some((before, key)) => format!("{before}/status/{key}"),
        None => upload_url.to_owned(),
    }
}

/// Returns the options of Duplicati 2.1 and newer as lines, as *Default options* takes them. Versions before 2.3.1 do not know live
/// status, and would add a warning to each run.
pub fn lines(upload_url: &str, has_live_status: bool) -> String {
    let options = named("--send-http-json-urls", upload_url, has_live_status);
    options.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n")
}

/// Returns the options of Duplicati 2.0 as lines.
pub fn old_lines(upload_url: &str) -> String {
    let mut lines = format!("--send-http-url={upload_url}\n--send-http-result-output-format=Json");
    for (name, value) in OPTIONS {
        lines.push_str(&format!("\n{name}={value}"));
    }
    lines
}

/// Returns the same options as [`lines`] as a JSON object, as Duplicati's REST API takes them.
pub fn object(upload_url: &str, has_live_status: bool) -> String {
    // URLs contain no characters that JSON escapes.
    let options = named("--send-http-json-urls", upload_url, has_live_status);
    let fields: Vec<_> = options.iter().map(|(name, value)| format!(r#""{name}": "{value}""#)).collect();
    format!("{{{}}}", fields.join(", "))
}

/// Returns the contents of a `preload.json`, which Duplicati 2.1 and newer read at each start.
pub fn preload(upload_url: &str, has_live_status: bool) -> String {
    format!(r#"{{"db": {{"server": {}}}}}"#, object(upload_url, has_live_status))
}

fn named(target: &'static str, upload_url: &str, has_live_status: bool) -> Vec<(&'static str, String)> {
    let others = OPTIONS.map(|(name, value)| (name, value.to_owned()));
    let live = has_live_status.then(|| ("--http-report-status-url", status_url(upload_url)));
    [(target, upload_url.to_owned())].into_iter().chain(others).chain(live).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://backup.example/upload/base/api/upload/k7";

    #[test]
    fn options_are_the_forms_that_duplicati_reads() -> Result<(), serde_json::Error> {
        let (live, json, old) = (lines(URL, true), lines(URL, false), old_lines(URL));
        assert_eq!(
            live,
            format!("{json}\n--http-report-status-url=https://backup.example/upload/base/api/status/k7")
        );
        assert!(json.starts_with(&format!("--send-http-json-urls={URL}\n")) && !json.contains("status-url"));
        assert!(old.starts_with(&format!("--send-http-url={URL}\n")) && !old.contains("json-urls"));
        let preload: serde_json::Value = serde_json::from_str(&preload(URL, true))?;
        let server = &preload["db"]["server"];
        assert_eq!(server["--send-http-json-urls"], URL);
        assert_eq!(server["--send-http-any-operation"], "true");
        assert_eq!(server["--http-report-status-url"], status_url(URL));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&object(URL, true))?, *server);
        Ok(())
    }
}
