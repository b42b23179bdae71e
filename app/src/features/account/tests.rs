//! The account page as HTML, from made-up data.

use duplistatus::{
    access::{Role, Scope},
    dto::{
        account::{AccountPage, DateFormat, Enrolment, Profile, SecondFactor, SessionRow},
        user::{ApiKeyRow, OneTimeSecret},
    },
    ids::{ApiKeyId, SessionId},
};
use leptos::{prelude::*, server::ServerActionError, server_fn::error::ServerFnUrlError};

use super::{
    AccountView,
    completed::Completed,
    one_time::{NewCodes, Waiting},
};
use crate::{
    context::viewer::Viewer,
    error::ApiError,
    testing::{HOSTILE, ago, assert_harmless, html, preview},
    ui::one_time_secret::OneTime,
};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/18.5 Mobile/15E148 Safari/604.1";

fn session(id: i64, device: &str) -> SessionRow {
    SessionRow {
        id: SessionId(id),
        current: id == 1,
        device: device.into(),
        address: "192.0.2.7".into(),
        created: ago(id * 90_000),
        last_seen: ago(id * 2000),
        expires: ago(-900_000),
    }
}

fn key(id: i64, name: &str, scope: Scope) -> ApiKeyRow {
    ApiKeyRow {
        id: ApiKeyId(id),
        owner: "jo".into(),
        name: name.into(),
        prefix: format!("dsk_k7f{id}x"),
        scope,
        created: ago(id * 400_000),
        expires: (id != 2).then(|| ago(-30 * 86_400)),
        expired: false,
        last_used: (id == 1).then(|| ago(2280)),
        last_address: (id == 1).then(|| "192.0.2.20".into()),
        revoked: (id == 3).then(|| ago(90_000)),
    }
}

fn page() -> AccountPage {
    AccountPage {
        now: ago(0),
        name: "jo".into(),
        profile: Profile { time_zone: "Europe/Berlin".into(), ..Profile::default() },
        role: Role::Operator,
        password_changed: Some(ago(20 * 86_400)),
        must_change_password: false,
        second_factor: SecondFactor::Off,
        sessions: vec![session(1, FIREFOX), session(2, IPHONE), session(3, "")],
        api_keys: vec![
            key(1, "Home screen widget", Scope::Read),
            key(2, "Nightly script", Scope::Write),
            key(3, "Old phone", Scope::Read),
        ],
        scopes: vec![Scope::Read, Scope::Write],
        time_zones: vec!["Africa/Abidjan".into(), "Europe/Berlin".into(), "UTC".into()],
        site_time_zone: "UTC".into(),
    }
}

fn enrolment() -> Enrolment {
    Enrolment {
        secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into(),
        uri: "otpauth://totp/duplistatus:jo?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=duplistatus"
            .into(),
        qr_size: 33,
        qr_path: "M4 4h7v1h-7zM4 10h7v1h-7zM4 5h1v5h-1zM10 5h1v5h-1zM6 6h3v3h-3z".into(),
    }
}

fn on(recovery_codes_left: i64) -> SecondFactor {
    SecondFactor::On { since: ago(40 * 86_400), recovery_codes_left }
}

fn shown() -> Waiting {
    let codes = (0..10).map(|number| format!("abc{number}-efgh-jkmn")).collect();
    let secret = "dsk_Zk3xWq81c0VnT5yQm2rJ7uLbE9sHfG4dPaXwKvNtYzM".to_owned();
    Waiting {
        codes: OneTime::Now(NewCodes { codes, site: "https://backup.example".into() }),
        key: OneTime::Now(OneTimeSecret { name: "Home screen widget".into(), secret }),
    }
}

fn show(page: AccountPage, waiting: Waiting, done: Option<Completed>) -> String {
    html(move || view! { <AccountView page=page waiting=waiting done=done /> })
}

fn plain(page: AccountPage) -> String {
    show(page, Waiting::default(), None)
}

/// The part of the HTML from one id to the next section.
fn section<'a>(html: &'a str, id: &str) -> &'a str {
    let start = html.find(&format!("id=\"{id}\"")).unwrap_or_default();
    html[start..].split("</section>").next().unwrap_or_default()
}

#[test]
fn a_password_that_somebody_else_chose_is_all_there_is() {
    let html = plain(AccountPage { must_change_password: true, ..page() });
    assert!(html.contains("Choose your own password"));
    assert_eq!(html.matches("<form").count(), 1);
    assert!(html.contains("action=\"/api/fn/change_password#password\""));
}

#[test]
fn ids_are_there_once() {
    for second_factor in [SecondFactor::Off, SecondFactor::Pending(enrolment()), on(8)] {
        let html = show(AccountPage { second_factor, ..page() }, shown(), None);
        let mut ids: Vec<&str> =
            html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{ids:?}");
    }
}

#[test]
fn the_second_factor_has_its_states() {
    let state =
        |second_factor| section(&plain(AccountPage { second_factor, ..page() }), "second-factor").to_owned();
    let off = state(SecondFactor::Off);
    assert!(off.contains("begin_second_factor") && !off.contains("remove_second_factor"));
    let pending = state(SecondFactor::Pending(enrolment()));
    assert!(
        pending.contains("viewBox=\"0 0 33 33\"") && pending.contains("GEZD GNBV GY3T QOJQ"),
        "{pending}"
    );
    assert!(pending.contains("confirm_second_factor") && pending.contains("autocomplete=\"one-time-code\""));
    let many = state(on(8));
    assert!(many.contains("8 recovery codes are left") && !many.contains("locks you out"));
    assert!(many.contains("renew_recovery_codes") && many.contains("remove_second_factor"));
    assert!(state(on(1)).contains("1 recovery code is left") && state(on(1)).contains("locks you out"));
    assert!(state(SecondFactor::Unreadable { recovery_codes_left: 4 }).contains("can no longer be verified"));
}

#[test]
fn secrets_are_shown_once_and_said_to_be_gone_afterwards() {
    let html =
        show(AccountPage { second_factor: on(10), ..page() }, shown(), Some(Completed::SecondFactorOn));
    assert!(html.contains("abc9-efgh-jkmn") && html.contains("Print them"));
    assert!(
        html.contains("download=\"duplistatus-recovery-codes.txt\"") && html.contains("abc9-efgh-jkmn%0A")
    );
    assert!(html.contains("Authorization: Bearer dsk_Zk3") && html.contains("X-API-Key: dsk_Zk3"));
    let gone = Waiting { codes: OneTime::Gone, key: OneTime::Gone };
    let html = show(page(), gone, None);
    assert!(html.contains("These codes were already shown") && html.contains("This key was already shown"));
}

#[test]
fn what_was_done_is_said_where_it_was_done() {
    let html = show(page(), Waiting::default(), Some(Completed::SessionEnded));
    assert_eq!(html.matches("role=\"status\"").count(), 1);
    assert!(section(&html, "sessions").contains("The session was ended."));
}

#[test]
fn only_what_still_works_can_be_ended() {
    let html = plain(page());
    let sessions = section(&html, "sessions");
    assert_eq!(sessions.matches("/api/fn/end_session#sessions").count(), 2, "not the one of this request");
    assert!(sessions.contains("Firefox on Linux") && sessions.contains("Safari on iPhone"), "{sessions}");
    assert!(sessions.contains("Unknown device"));
    let keys = section(&html, "api-keys");
    assert_eq!(keys.matches("/api/fn/revoke_api_key#api-keys").count(), 2);
    assert!(keys.contains("never expires") && keys.contains("not used yet"));
    assert!(!keys.contains("value=\"admin\""), "no more than the person may");
    let alone = plain(AccountPage { sessions: vec![session(1, FIREFOX)], ..page() });
    assert!(!alone.contains("end_other_sessions") && alone.contains("No other sessions"));
}

#[test]
fn what_is_in_force_is_chosen() {
    let html = html(|| {
        provide_context(crate::context::theme::Theme::Dark);
        view! { <AccountView page=page() waiting=Waiting::default() done=None /> }
    });
    for chosen in ["dark", "Europe/Berlin", "words", "en", "90"] {
        let option = html.split("<option").find(|rest| rest.contains(&format!("value=\"{chosen}\"")));
        assert!(option.is_some_and(|rest| rest.contains("selected")), "{chosen}: {option:?}");
    }
    assert!(html.contains("Same as this site: UTC"));
}

#[test]
fn dates_are_in_figures_where_they_are_preferred() {
    let html = html(|| {
        provide_context(Viewer { dates: DateFormat::Iso, ..Viewer::default() });
        view! { <AccountView page=page() waiting=Waiting::default() done=None /> }
    });
    assert!(html.contains("signed in 2026-11-"), "{html}");
}

#[test]
fn a_form_that_did_not_work_says_so_above_its_fields() {
    let html = html(|| {
        let error = ServerFnUrlError::new("/api/fn/remove_second_factor", ApiError::Credentials);
        let url = error.to_url("http://localhost/account").unwrap();
        let encoded = url.query_pairs().find(|(name, _)| name == "__err").unwrap().1.into_owned();
        provide_context(ServerActionError::new("/api/fn/remove_second_factor", &encoded));
        let page = AccountPage { second_factor: on(8), ..page() };
        view! { <AccountView page=page waiting=Waiting::default() done=None /> }
    });
    assert_eq!(html.matches("Wrong password").count(), 1);
    assert_eq!(html.matches("<details open").count(), 1, "the question is open");
}

#[test]
fn hostile_text_stays_text() {
    let hostile = || HOSTILE.to_owned();
    let mut page = AccountPage {
        name: hostile(),
        profile: Profile { display_name: hostile(), email: hostile(), ..Profile::default() },
        sessions: vec![session(1, HOSTILE), session(2, HOSTILE)],
        api_keys: vec![key(1, HOSTILE, Scope::Read)],
        site_time_zone: hostile(),
        ..page()
    };
    page.api_keys[0].last_address = Some(hostile());
    let key = OneTime::Now(OneTimeSecret { name: hostile(), secret: hostile() });
    let waiting = Waiting { codes: OneTime::Now(NewCodes { codes: vec![hostile()], site: hostile() }), key };
    assert_harmless(&show(page, waiting, None));
}

#[test]
fn a_session_is_a_row() {
    let html = plain(AccountPage { sessions: vec![session(2, IPHONE)], api_keys: Vec::new(), ..page() });
    insta::assert_snapshot!(section(&html, "sessions").split("<ul").nth(1).unwrap_or_default());
}

#[test]
#[ignore = "for the eye: writes target/preview/*.html"]
fn preview_account() {
    let look = |name, second_factor, waiting, done| {
        let page = AccountPage { second_factor, ..page() };
        preview(name, move || view! { <AccountView page=page waiting=waiting done=done /> }).unwrap();
    };
    look("account", on(2), Waiting::default(), Some(Completed::Password));
    look(
        "account-pending",
        SecondFactor::Pending(enrolment()),
        Waiting::default(),
        Some(Completed::SecondFactorBegun),
    );
    look("account-shown", on(10), shown(), Some(Completed::KeyMade));
    let page = AccountPage { must_change_password: true, ..page() };
    preview("account-first", || view! { <AccountView page=page waiting=Waiting::default() done=None /> })
        .unwrap();
}
