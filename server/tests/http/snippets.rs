//! The snippets for dashboards: every address exists, and every field that is named with it is in its answer.

use std::{collections::BTreeSet, fs, path::Path};

use axum::http::StatusCode;
use serde_json::Value;

use crate::site::{Site, report};

const ORIGIN: &str = "http://backup.lan:9666";
/// What comes before a field, and what may end it.
const FIELDS: [(&str, &str); 4] =
    [("field: ", "\n"), ("value_json.", " }"), (".JSON.Int \"", "\""), ("jsonQuery: ", "\n")];

/// The parts of the document that start with an address: up to the next one, or to the end of the block.
fn parts(text: &str) -> Vec<(String, String)> {
    let blocks = text.split("```yaml\n").skip(1).map(|block| block.split("```").next().unwrap());
    let mut parts = Vec::new();
    for block in blocks {
        for part in block.split(ORIGIN).skip(1) {
            let path: String = part.chars().take_while(|c| !c.is_whitespace()).collect();
            parts.push((path, part.to_owned()));
        }
    }
    parts
}

fn fields(part: &str) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    for (before, ends) in FIELDS {
        for rest in part.split(before).skip(1) {
            let field: String = rest.chars().take_while(|c| !ends.contains(*c)).collect();
            fields.insert(field);
        }
    }
    fields
}

#[tokio::test]
async fn every_address_exists_and_has_the_fields_that_are_named_with_it() {
    let site = Site::open();
    site.post("/api/upload", report(2)).await;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = fs::read_to_string(root.join("docs/how-to/connect-dashboards.md")).unwrap();
    let (mut addresses, mut named) = (BTreeSet::new(), 0);
    for (path, part) in parts(&text) {
        if path == "/" {
            continue;
        }
        let answer = site.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        for field in fields(&part) {
            let place = format!("/{}", field.replace('.', "/"));
            let value: Value = answer.json().pointer(&place).cloned().unwrap_or(Value::Null);
            assert!(!value.is_null(), "{path} has no {field}: {}", answer.body);
            named += 1;
        }
        addresses.insert(path);
    }
    let expected = ["/api/health", "/api/lastbackup/nas", "/api/summary"].map(str::to_owned);
    assert_eq!(addresses, BTreeSet::from(expected));
    assert!(named > 15, "{named}");
    assert!(text.contains("metrics_path: /metrics"));
    for file in ["contrib/prometheus/duplistatus.rules.yml", "contrib/grafana/duplistatus.json"] {
        assert!(text.contains(file) && root.join(file).is_file(), "{file}");
    }
}
