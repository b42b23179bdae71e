//! A strict reader of OpenMetrics and of the format before it: whatever the specification does not allow fails.

use std::collections::{BTreeMap, BTreeSet};

/// A sample.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) value: f64,
}

/// Everything that was exposed.
#[derive(Debug, Default)]
pub(super) struct Exposition {
    /// Type of each family by its name.
    pub(super) families: BTreeMap<String, String>,
    pub(super) samples: Vec<Sample>,
}

impl Exposition {
    /// Returns the value of the one sample with this name and these labels.
    pub(super) fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let has = |sample: &&Sample| {
            sample.name == name
                && labels
                    .iter()
                    .all(|(key, value)| sample.labels.get(*key).is_some_and(|found| found == value))
        };
        let mut found = self.samples.iter().filter(has);
        let first = found.next()?;
        assert!(found.next().is_none(), "{name} {labels:?} is not unique");
        Some(first.value)
    }
}

/// Reads OpenMetrics.
pub(super) fn open_metrics(text: &str) -> Exposition {
    let body = text.strip_suffix("# EOF\n").unwrap_or_else(|| panic!("no end: {text}"));
    read(body, true)
}

/// Reads the format before it.
pub(super) fn classic(text: &str) -> Exposition {
    read(text, false)
}

fn read(text: &str, is_open: bool) -> Exposition {
    assert!(text.is_empty() || text.ends_with('\n'), "the last line has no end");
    let mut all = Exposition::default();
    let mut seen = BTreeSet::new();
    let (mut family, mut kind, mut unit) = (String::new(), String::new(), None::<String>);
    for line in text.split_terminator('\n') {
        assert!(!line.chars().any(char::is_control), "{line:?}");
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').unwrap_or_else(|| panic!("no help: {line}"));
            assert!(is_name(name) && !help.is_empty() && !help.contains('\\'), "{line}");
            family = name.to_owned();
            kind.clear();
            unit = None;
        } else if let Some(of) = line.strip_prefix("# TYPE ") {
            let (name, word) = of.split_once(' ').unwrap_or_else(|| panic!("no type: {line}"));
            let known = if is_open {
                &["gauge", "counter", "histogram", "info"][..]
            } else {
                &["gauge", "counter", "histogram"]
            };
            assert!(name == family && kind.is_empty() && known.contains(&word), "{line}");
            kind = word.to_owned();
            let is_new = all.families.insert(family.clone(), kind.clone()).is_none();
            assert!(is_new, "the family {family} is given twice");
        } else if let Some(of) = line.strip_prefix("# UNIT ") {
            let (name, word) = of.split_once(' ').unwrap_or_else(|| panic!("no unit: {line}"));
            assert!(
                is_open && name == family && name.ends_with(&format!("_{word}")) && unit.is_none(),
                "{line}"
            );
            unit = Some(word.to_owned());
        } else {
            let sample = sample(line);
            let suffix =
                sample.name.strip_prefix(&family).unwrap_or_else(|| panic!("not of {family}: {line}"));
            let allowed = match (kind.as_str(), is_open) {
                ("gauge", _) | ("counter", false) => &[""][..],
                ("counter", true) => &["_total"],
                ("info", _) => &["_info"],
                ("histogram", _) => &["_sum", "_count", "_bucket"],
                _ => panic!("a sample before its type: {line}"),
            };
            assert!(allowed.contains(&suffix), "{line}");
            assert!(is_open || kind != "counter" || family.ends_with("_total"), "{line}");
            assert!(kind != "info" || sample.value == 1.0, "{line}");
            assert!(seen.insert((sample.name.clone(), format!("{:?}", sample.labels))), "twice: {line}");
            all.samples.push(sample);
        }
    }
    histograms(&all);
    all
}

/// Buckets grow, and the last one counts everything.
fn histograms(all: &Exposition) {
    for family in all.families.iter().filter(|(_, kind)| *kind == "histogram").map(|(name, _)| name) {
        let buckets: Vec<&Sample> =
            all.samples.iter().filter(|sample| sample.name == format!("{family}_bucket")).collect();
        let bounds: Vec<f64> = buckets.iter().map(|bucket| number(&bucket.labels["le"])).collect();
        assert!(bounds.is_sorted() && bounds.last() == Some(&f64::INFINITY), "{bounds:?}");
        let counts: Vec<f64> = buckets.iter().map(|bucket| bucket.value).collect();
        assert!(counts.is_sorted() && counts.last().copied() == all.value(&format!("{family}_count"), &[]));
    }
}

fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn sample(line: &str) -> Sample {
    let end = line.find(['{', ' ']).unwrap_or_else(|| panic!("no value: {line}"));
    let (name, rest) = line.split_at(end);
    assert!(is_name(name), "{line}");
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(rest) => labels(rest, line),
        None => (BTreeMap::new(), rest),
    };
    let value = rest.strip_prefix(' ').unwrap_or_else(|| panic!("no value: {line}"));
    Sample { name: name.to_owned(), labels, value: number(value) }
}

/// Reads labels up to the brace that ends them.
fn labels<'l>(mut rest: &'l str, line: &str) -> (BTreeMap<String, String>, &'l str) {
    let mut labels = BTreeMap::new();
    loop {
        let (name, from) = rest.split_once("=\"").unwrap_or_else(|| panic!("no label: {line}"));
        assert!(is_name(name) && !name.starts_with("__"), "{line}");
        let (mut value, mut chars) = (String::new(), from.char_indices());
        let end = loop {
            match chars.next() {
                Some((at, '"')) => break at,
                Some((_, '\\')) => value.push(match chars.next() {
                    Some((_, 'n')) => '\n',
                    Some((_, c @ ('\\' | '"'))) => c,
                    other => panic!("not an escape {other:?}: {line}"),
                }),
                Some((_, c)) => value.push(c),
                None => panic!("a label value does not end: {line}"),
            }
        };
        assert!(labels.insert(name.to_owned(), value).is_none(), "{line}");
        rest = &from[end + 1..];
        match rest.strip_prefix(',') {
            Some(next) => rest = next,
            None => return (labels, rest.strip_prefix('}').unwrap_or_else(|| panic!("no brace: {line}"))),
        }
    }
}

fn number(text: &str) -> f64 {
    match text {
        "+Inf" => f64::INFINITY,
        text => text.parse().unwrap_or_else(|_| panic!("not a number: {text}")),
    }
}
