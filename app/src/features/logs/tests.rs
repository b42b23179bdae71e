//! The page of the log as HTML, from made-up data.

use duplistatus::dto::{
    Paging,
    log::{LogLevel, LogPage, LogRow},
};
use leptos::prelude::*;

use super::{LogView, query::LogSelection};
use crate::testing::{HOSTILE, ago, assert_harmless, html, preview};

fn row(number: i64, level: LogLevel, message: &str, fields: &[(&str, &str)]) -> LogRow {
    LogRow {
        number,
        at: ago((20 - number) * (20 - number) * 700),
        level,
        target: "server::middleware::access_log".into(),
        message: message.into(),
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}

fn page() -> LogPage {
    let stack = "internal error\n  at database\n  caused by: the disk I/O failed while a page of the write-ahead log \
                 was being synchronised, and the file system answered with ENOSPC";
    let request = [("method", "POST"), ("route", "/api/upload/{key}"), ("status", "503"), ("ms", "12")];
    LogPage {
        now: ago(0),
        rows: vec![
            row(20, LogLevel::Info, "stopping", &[]),
            row(19, LogLevel::Warn, "request", &request),
            row(18, LogLevel::Error, stack, &[("id", "7f3a90c1"), ("cause", "disk full")]),
            row(16, LogLevel::Debug, "request", &request),
            row(12, LogLevel::Warn, "whether a stream may go on could not be asked", &[("error", "busy")]),
            row(4, LogLevel::Trace, "step", &[]),
            row(1, LogLevel::Info, "duplistatus is at http://127.0.0.1:9666/", &[]),
        ],
        paging: Paging::new(1, 200, 1240),
        kept: 3021,
        capacity: 5000,
        began: ago(90_000),
        filter: "info,server=debug".into(),
    }
}

fn show(choice: LogSelection, page: LogPage) -> String {
    html(move || view! { <LogView choice=choice page=page /> })
}

fn choice(words: &[(&str, &str)]) -> LogSelection {
    LogSelection::from_words(|name| {
        words.iter().find(|(known, _)| *known == name).map(|(_, word)| (*word).to_owned())
    })
}

#[test]
fn every_choice_survives_the_url_and_only_the_first_page_follows() {
    let first = choice(&[("level", "warn"), ("text", "disk full"), ("follow", "1")]);
    assert_eq!(first.path(), "/settings/logs?level=warn&text=disk%20full&follow=1");
    assert_eq!(choice(&[("page", "2"), ("follow", "1")]).path(), "/settings/logs?page=2");
    assert_eq!(choice(&[]).path(), "/settings/logs");
}

#[test]
fn without_a_script_there_is_a_link_to_reload_and_no_following() {
    let html = show(choice(&[("text", "a&b"), ("level", "error")]), page());
    assert!(html.contains("Reload") && !html.contains("Follow"));
    assert!(html.contains("href=\"/api/v1/logs?level=error&amp;text=a%26b\""));
    assert!(html.contains("name=\"level\" value=\"error\""), "a search keeps the level");
    assert!(html.contains("href=\"/settings/logs?level=warn&amp;text=a%26b\""), "a level keeps the search");
    assert!(
        html.contains("--log=<!>info,server=debug") || html.contains("--log=info,server=debug"),
        "{html}"
    );
}

#[test]
fn a_level_is_shape_and_word_and_another_day_has_a_heading() {
    let html = show(choice(&[]), page());
    assert_eq!(html.matches("data-tone=\"fail\"").count(), 1);
    assert_eq!(html.matches("data-tone=\"warn\"").count(), 2);
    assert_eq!(html.matches("class=\"icon\"").count(), 3, "a line without a problem has no shape");
    assert!(html.matches("class=\"card log-day\"").count() > 1);
}

#[test]
fn an_empty_log_says_why() {
    let none = |kept| LogPage { rows: Vec::new(), paging: Paging::new(1, 200, 0), kept, ..page() };
    assert!(show(choice(&[]), none(0)).contains("No lines yet"));
    assert!(show(choice(&[]), none(9)).contains("No matches"));
}

#[test]
fn hostile_text_stays_text() {
    let mut page = page();
    page.filter = HOSTILE.into();
    for row in &mut page.rows {
        row.target = HOSTILE.into();
        row.message = format!("</li></ol>{HOSTILE}");
        row.fields = vec![(HOSTILE.into(), HOSTILE.into())];
    }
    assert_harmless(&show(choice(&[("text", &format!("\"{HOSTILE}"))]), page));
}

#[test]
#[ignore = "for the eye: writes target/preview/*.html"]
fn preview_log() {
    preview("log", || view! { <LogView choice=choice(&[]) page=page() /> }).unwrap();
    preview("log-empty", || {
        let page = LogPage { rows: Vec::new(), paging: Paging::new(1, 200, 0), ..page() };
        view! { <LogView choice=choice(&[("text", "nowhere"), ("level", "error")]) page=page /> }
    })
    .unwrap();
}
