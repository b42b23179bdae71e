//! The security page as HTML, from made-up data.

use duplistatus::dto::{
    public_address::{AddressCheck, Obstacle, Reachability},
    security::{Check, Fact, Share, State},
};
use leptos::prelude::*;

use super::{
    SecurityView,
    data::{Finding, PublicAddress, SecurityPage, SettingsNow},
    public_address_words::found,
    words::finding,
};
use crate::{
    locale::Locale,
    testing::{HOSTILE, ago, assert_harmless, html},
};

fn check(reach: Reachability) -> (Finding, String) {
    found(Locale::en, &AddressCheck { url: "https://backup.example/d".into(), at: ago(0), reach }, ago(60))
}

fn page(checks: Vec<Check>) -> SecurityPage {
    let findings = checks.into_iter().map(|check| finding(Locale::en, check, ago(0))).collect();
    SecurityPage {
        now: ago(0),
        findings,
        address: PublicAddress { url: "https://backup.example/d".into(), fixed: true, checked: None },
        settings: SettingsNow { local_read_api: true, audit_days: 90, private_networks: false },
    }
}

fn show(page: SecurityPage) -> String {
    html(move || view! { <SecurityView page=page /> })
}

fn every_answer() -> Vec<Reachability> {
    let broken = |obstacle| Reachability::Unreachable { obstacle, reason: "the cable is cut".into() };
    let mut all = vec![
        Reachability::Reachable,
        Reachability::Private { address: [127, 0, 0, 1].into() },
        Reachability::Private { address: [192, 168, 1, 9].into() },
    ];
    all.push(Reachability::Untrusted { reason: "it has expired".into(), sha1: Some("48BA".into()) });
    all.extend([200, 401, 404, 502].map(|status| Reachability::Other { status }));
    all.extend(
        [Obstacle::Name, Obstacle::Connection, Obstacle::Time, Obstacle::Redirect, Obstacle::Other]
            .map(broken),
    );
    all
}

#[test]
fn each_answer_of_the_public_address_is_told_apart_and_says_what_it_is_about() {
    let mut said = Vec::new();
    for reach in every_answer() {
        let (Finding { state, title, text, .. }, when) = check(reach.clone());
        assert!(when.starts_with("https://backup.example/d was checked from this machine "), "{when}");
        let (expected, fact) = match reach {
            Reachability::Reachable => (State::Ok, "https://backup.example/d/api/health".to_owned()),
            Reachability::Private { address } => (State::Advice, address.to_string()),
            Reachability::Other { status } => (State::Weak, status.to_string()),
            Reachability::Untrusted { reason, sha1 } => {
                let option = format!("--send-http-accept-specified-ssl-hash={}", sha1.unwrap());
                assert!(text.contains(&option), "{text}");
                (State::Weak, reason)
            }
            Reachability::Unreachable { reason, .. } => (State::Weak, reason),
        };
        assert_eq!(state, expected, "{title}");
        assert!(text.contains(&fact), "{title}: {text}");
        said.push(title);
    }
    let count = said.len();
    said.sort();
    said.dedup();
    assert_eq!(said.len(), count);
}

#[test]
fn the_worst_is_the_headline_and_what_is_fine_is_short() {
    let weak = Check { state: State::Weak, fact: Fact::OpenIngest { on: true } };
    let advice = Check { state: State::Advice, fact: Fact::Administrators { count: 1 } };
    let fine = Check { state: State::Ok, fact: Fact::SecondFactor(Share { some: 0, of: 2 }) };
    let all = show(page(vec![weak, advice.clone(), fine.clone()]));
    assert!(all.contains("1 security issue"), "{all}");
    assert!(all.contains("1 recommended, 1 OK"));
    assert_eq!(all.matches("class=\"card finding\"").count(), 2, "{all}");
    assert!(show(page(vec![advice, fine.clone()])).contains("1 recommendation"));
    assert!(show(page(vec![fine])).contains("<h1>No issues"));
}

#[test]
fn hostile_text_stays_text() {
    let reach = Reachability::Unreachable { obstacle: Obstacle::Other, reason: HOSTILE.into() };
    let address = PublicAddress { url: HOSTILE.into(), fixed: false, checked: Some(check(reach)) };
    let proxy = Check { state: State::Advice, fact: Fact::UnknownProxy { address: Some(HOSTILE.into()) } };
    let html = show(SecurityPage { address, ..page(vec![proxy]) });
    assert_harmless(&html);
    assert!(html.matches("&lt;img").count() >= 3, "{html}");
}
