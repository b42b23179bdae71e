//! Each state has one name everywhere: the words of `common.verdict` in every sentence about it.

use serde_json::Value;

const ENGLISH: &str = include_str!("../../../locales/en.json");

/// Returns every text with its key.
fn texts() -> Vec<(String, String)> {
    fn walk(prefix: &str, value: &Value, found: &mut Vec<(String, String)>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                    walk(&path, value, found);
                }
            }
            Value::String(text) => found.push((prefix.to_owned(), text.clone())),
            other => panic!("{prefix}: {other}"),
        }
    }
    let mut found = Vec::new();
    walk("", &serde_json::from_str(ENGLISH).unwrap(), &mut found);
    assert!(found.len() > 1000, "{}", found.len());
    found
}

#[test]
fn a_state_is_called_by_its_name_on_chip_row_card_and_heading() {
    let texts = texts();
    let name = |state: &str| {
        let key = format!("common.verdict.{state}");
        texts.iter().find(|(known, _)| *known == key).map(|(_, text)| text.to_lowercase()).unwrap()
    };
    let places =
        ["common.badge.", "dashboard.hero.", "dashboard.problem.", "dashboard.server.", "server.state."];
    let mut checked = 0;
    for state in ["failed", "late", "check", "stale", "new", "ok"] {
        let word = if state == "new" { name("new_job") } else { name(state) };
        for (key, text) in &texts {
            let last = key.rsplit('.').next().unwrap_or_default();
            let is_about = last.split('_').any(|part| part == state);
            if !places.iter().any(|place| key.starts_with(place)) || !is_about || key == "dashboard.hero.ok" {
                continue;
            }
            assert!(text.to_lowercase().contains(&word), "{key}: “{text}” does not say “{word}”");
            checked += 1;
        }
    }
    assert!(checked > 30, "{checked}");
}
