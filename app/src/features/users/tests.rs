//! The page of people as HTML, from made-up data.

use duplistatus::{
    access::{Role, Scope},
    dto::user::{ApiKeyRow, OneTimeSecret, UserRow, UsersPage},
    ids::{ApiKeyId, UserId},
};
use leptos::prelude::*;

use super::{PeopleView, password::PasswordPanel};
use crate::testing::{HOSTILE, ago, assert_harmless, html};

fn person(id: i64, name: &str, role: Role) -> UserRow {
    UserRow {
        id: UserId(id),
        name: name.into(),
        display_name: None,
        role,
        second_factor: false,
        password_temporary: false,
        blocked: false,
        disabled: None,
        created: ago(900_000),
        last_login: Some(ago(4000)),
        sessions: 2,
    }
}

fn key(owner: &str) -> ApiKeyRow {
    ApiKeyRow {
        id: ApiKeyId(5),
        owner: owner.into(),
        name: "Hall widget".into(),
        prefix: "dsk_k7f1x".into(),
        scope: Scope::Read,
        created: ago(400_000),
        expires: None,
        expired: false,
        last_used: None,
        last_address: None,
        revoked: None,
    }
}

fn show(users: Vec<UserRow>, api_keys: Vec<ApiKeyRow>) -> String {
    html(move || {
        let page = UsersPage { now: ago(0), users, api_keys, me: Some(UserId(1)) };
        view! { <PeopleView page=page /> }
    })
}

/// The row of a person.
fn row<'h>(html: &'h str, name: &str) -> &'h str {
    let mut rows = html.split("<tr");
    // An empty row fails whatever is asked of it.
    rows.find(|row| row.contains(&format!("rowheader\">{name}"))).unwrap_or_default()
}

/// The forms in a part of the page.
fn forms(html: &str) -> Vec<&str> {
    html.split("action=\"/api/fn/").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect()
}

#[test]
fn what_can_be_done_depends_on_the_person() {
    let people = || vec![person(1, "ann", Role::Administrator), person(2, "kim", Role::Viewer)];
    let page = show(people(), vec![key("kim")]);
    assert_eq!(forms(row(&page, "ann")), [""; 0], "one's own row leads to one's account");
    let usual = ["reset_user_password", "end_user_sessions", "set_user_role", "disable_user", "delete_user"];
    assert_eq!(forms(row(&page, "kim")), usual);
    assert!(row(&page, "kim").contains("Ends 2 sessions and suspends 1 API key"), "{page}");

    let mut others = people();
    others[1].blocked = true;
    others[1].disabled = Some(ago(60));
    others[1].sessions = 0;
    let page = show(others, Vec::new());
    let blocked = ["unlock_user", "reset_user_password", "set_user_role", "enable_user", "delete_user"];
    assert_eq!(forms(row(&page, "kim")), blocked);
    assert!(row(&page, "kim").contains("with no sessions and no API keys"), "{page}");
    assert!(row(&page, "kim").contains("Disabled") && row(&page, "kim").contains("Locked"));
    assert!(!row(&page, "kim").contains("Active"));
}

#[test]
fn the_last_administrator_stays() {
    let mut people = vec![person(1, "ann", Role::Administrator), person(2, "kim", Role::Administrator)];
    people[0].disabled = Some(ago(60));
    let page = show(people.clone(), Vec::new());
    assert_eq!(forms(row(&page, "kim")), ["reset_user_password", "end_user_sessions"]);
    people[0].disabled = None;
    assert!(forms(row(&show(people, Vec::new()), "kim")).contains(&"delete_user"));
}

#[test]
fn hostile_text_stays_text() {
    let hostile = || HOSTILE.to_owned();
    let mut user = person(2, HOSTILE, Role::Viewer);
    user.display_name = Some(hostile());
    let mut key = key(HOSTILE);
    (key.name, key.prefix, key.last_address) = (hostile(), hostile(), Some(hostile()));
    assert_harmless(&show(vec![user], vec![key]));
    let shown = OneTimeSecret { name: hostile(), secret: hostile() };
    assert_harmless(&html(
        || view! { <PasswordPanel shown=crate::ui::one_time_secret::OneTime::Now(shown) /> },
    ));
}
