//! The health page as HTML, and its sentences, from made-up facts.

use std::collections::HashSet;

use duplistatus::{
    dto::health::{Check, Fact, Judged, ReadOnly, State},
    service::health::judge,
};
use leptos::prelude::*;

use super::{HealthView, title, words::check};
use crate::{
    locale::Locale,
    testing::{HOSTILE, assert_harmless, html},
};

/// Every kind of fact, in every way that has its own words.
fn facts() -> Vec<Fact> {
    let file = |age, problems, damaged| Fact::File { age, problems, damaged };
    let schema = |missing, newer| Fact::Schema { version: "0009".into(), missing, newer };
    let writing = |read_only, holders| Fact::Writing { read_only, holders };
    let names = |name: &str| vec![name.to_owned(), "other".to_owned()];
    vec![
        Fact::Database { answers: true },
        Fact::Database { answers: false },
        writing(None, vec![]),
        writing(Some(ReadOnly::Damaged), vec![]),
        writing(Some(ReadOnly::Unwritable), vec![]),
        writing(Some(ReadOnly::Gone), vec![]),
        writing(Some(ReadOnly::Full), vec![]),
        writing(Some(ReadOnly::Locked), vec![]),
        writing(Some(ReadOnly::Locked), names("sqlite3 (process 7)")),
        file(None, 0, false),
        file(Some(7200), 0, false),
        file(Some(86_400 * 20), 0, false),
        file(Some(7200), 2, false),
        file(Some(7200), 2, true),
        schema(0, false),
        schema(2, false),
        schema(0, true),
        Fact::Space { free: None, database: 7_000_000 },
        Fact::Space { free: Some(5_000_000_000), database: 7_000_000 },
        Fact::Space { free: Some(90_000_000), database: 7_000_000 },
        Fact::Log { bytes: 4_000_000 },
        Fact::Log { bytes: 400_000_000 },
        Fact::Tasks { all: 7, overdue: vec![], failed: vec![], interrupted: vec![] },
        Fact::Tasks { all: 7, overdue: names("keys"), failed: names("audit"), interrupted: names("backup") },
        Fact::Backup { age: None },
        Fact::Backup { age: Some(86_400 * 9) },
        Fact::Queue { reads: 0, writes: 2 },
        Fact::Queue { reads: 40, writes: 900 },
        Fact::Secrets { readable: true, lost: 0 },
        Fact::Secrets { readable: false, lost: 0 },
        Fact::Reports { age: None },
        Fact::Reports { age: Some(60) },
        Fact::Reports { age: Some(86_400 * 9) },
        Fact::TimeZone { name: "Europe/Berlin".into(), totals_by: None },
        Fact::TimeZone { name: "Europe/Berlin".into(), totals_by: Some("UTC".into()) },
        Fact::Refused { count: 0 },
        Fact::Refused { count: 3 },
        Fact::Channels { all: 0, failing: vec![] },
        Fact::Channels { all: 1, failing: vec![] },
        Fact::Channels { all: 2, failing: names("family (403: forbidden)") },
        Fact::Weak { count: 1 },
    ]
}

fn in_words(facts: Vec<Fact>) -> Vec<Check> {
    let judged = |fact: Fact| Judged { state: judge(&fact), fact };
    facts.into_iter().map(|fact| check(Locale::en, &judged(fact))).collect()
}

#[test]
fn every_check_has_a_figure_and_says_what_to_do_where_something_is_to_be_done() {
    let mut said = HashSet::new();
    for Check { name, state, figure, advice } in in_words(facts()) {
        assert!(!figure.is_empty() && !figure.contains("{{"), "{name}: {figure}");
        assert_eq!(advice.is_empty(), state == State::Ok, "{name} {state:?}: {advice}");
        assert_ne!(title(Locale::en, &name), name, "it has a name for people");
        assert!(said.insert((name.clone(), figure.clone(), advice)), "{name}: {figure} is said twice");
    }
}

#[test]
fn the_worst_is_the_headline() {
    let show = |facts| {
        let checks = in_words(facts);
        html(move || view! { <HealthView checks=checks /> })
    };
    let failing = show(vec![
        Fact::Database { answers: false },
        Fact::Backup { age: Some(86_400 * 9) },
        Fact::Refused { count: 3 },
    ]);
    assert!(failing.contains("<h1>1 problem needs fixing</h1>"), "{failing}");
    assert!(failing.contains("data-check=\"backup\"") && failing.contains(">9 days ago<"), "{failing}");
    assert!(failing.contains("href=\"/rejected\""), "where more is said: {failing}");
    let warning = show(vec![Fact::Log { bytes: 400_000_000 }, Fact::Refused { count: 3 }]);
    assert!(warning.contains("<h1>1 warning</h1>"), "{warning}");
    let fine = show(vec![Fact::Refused { count: 0 }, Fact::Refused { count: 3 }]);
    assert!(fine.contains("<h1>Working, with 1 recommendation</h1>"), "a note is not all green: {fine}");
    assert!(fine.contains("data-size=\"large\" data-tone=\"run\""), "{fine}");
    insta::assert_snapshot!(show(vec![Fact::Secrets { readable: true, lost: 0 }]), @r##"<section class="hero"><span data-size="large" data-tone="ok" class="disc"><svg viewBox="0 0 16 16" aria-hidden="true" class="icon"><path d="M3.5 8.5l3 3 6-7"></path></svg></span><div><h1>Everything works</h1><p>The database, the disk and automatic tasks. duplistatus doctor runs the same checks on the command line, even when the server does not start.</p></div></section><ul class="findings"><!></ul><section aria-labelledby="fine-title" class="section"><h2 id="fine-title">OK</h2><ul class="card fine"><li data-tone="ok" data-check="secrets"><svg viewBox="0 0 16 16" aria-hidden="true" class="icon"><path d="M3.5 8.5l3 3 6-7"></path></svg><span class="fine-name">Encryption key</span><span class="muted">Readable</span></li><!></ul></section>"##);
}

#[test]
fn names_from_the_file_stay_text() {
    let checks = in_words(vec![
        Fact::Schema { version: HOSTILE.into(), missing: 0, newer: true },
        Fact::TimeZone { name: "UTC".into(), totals_by: Some(HOSTILE.into()) },
        Fact::Tasks { all: 1, overdue: vec![HOSTILE.into()], failed: vec![], interrupted: vec![] },
    ]);
    assert_harmless(&html(move || view! { <HealthView checks=checks /> }));
}
