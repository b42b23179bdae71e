//! One's own account: one page with a section for each thing that can be changed.
//!
//! It does not follow the live revision: a page that is made anew would lose what was typed into its forms.

use duplistatus::{access::Role, dto::account::AccountPage as Data};
use leptos::prelude::*;

use self::{
    api::{reveal_api_key, reveal_recovery_codes, show_account},
    api_keys::ApiKeysSection,
    completed::Completed,
    one_time::Waiting,
    password::PasswordSection,
    preferences::PreferencesSection,
    profile::ProfileSection,
    second_factor::SecondFactorSection,
    section::SectionNav,
    sessions::SessionsSection,
};
use crate::{
    context::page_query::use_page_query,
    error::ApiError,
    locale::{Locale, use_locale},
    tr,
    ui::{
        form::plain_form::has_form_error,
        link::Link,
        loaded::Loaded,
        notice::{Notice, Tone},
        one_time_secret::OneTime,
        page_title::PageTitle,
    },
};

pub mod api;
mod api_keys;
mod codes;
pub mod completed;
pub mod create_key;
mod device;
mod enrolment;
mod new_key;
mod one_time;
mod password;
mod password_form;
mod preferences;
mod profile;
mod second_factor;
mod section;
mod sessions;
#[cfg(all(test, feature = "ssr"))]
mod tests;

async fn fetch(codes: String, key: String) -> Result<(Data, Waiting), ApiError> {
    let page = show_account().await?;
    let mut waiting = Waiting::default();
    // After an error the address still has the token of what was shown before it: that needs no saying.
    if !codes.is_empty() {
        waiting.codes = OneTime::new(reveal_recovery_codes(codes).await?);
    }
    if !key.is_empty() {
        waiting.key = OneTime::new(reveal_api_key(key).await?);
    }
    Ok((page, waiting))
}

/// The page.
#[component]
pub fn AccountPage() -> impl IntoView {
    let locale = use_locale();
    let query = use_page_query();
    let failed = has_form_error();
    // What was done before is no answer to a form that did not work.
    let text = move |name| query.read().get(name).filter(|_| !failed).unwrap_or_default();
    let done = move || Completed::from_word(&text("done"));
    let account = Resource::new(move || (text("codes"), text("key")), |(codes, key)| fetch(codes, key));
    view! {
        <PageTitle text=tr!(locale, account.title) />
        <Loaded data=account show=move |(page, waiting)| view! { <AccountView page=page waiting=waiting done=done() /> } />
    }
}

/// The page's content.
#[component]
pub fn AccountView(
    /// The answer.
    page: Data,
    /// What was just made.
    waiting: Waiting,
    /// What was done, by the address.
    done: Option<Completed>,
) -> impl IntoView {
    let locale = use_locale();
    let role = role_word(locale, page.role);
    let signed_in = tr!(locale, account.signed_in, name = page.name.clone(), role = role);
    let content = if page.must_change_password {
        view! {
            <Notice tone=Tone::Warn title=tr!(locale, account.must_change.title)>
                <p>{tr!(locale, account.must_change.what)}</p>
            </Notice>
            <PasswordSection name=page.name changed=None now=page.now done=done />
        }
        .into_any()
    } else {
        view! { <Sections page=page waiting=waiting done=done /> }.into_any()
    };
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(locale, account.title)}</h1>
                <p class="muted">{signed_in}</p>
            </div>
        </header>
        {content}
    }
}

#[component]
fn Sections(
    /// The answer.
    page: Data,
    /// What was just made.
    waiting: Waiting,
    /// What was done, by the address.
    done: Option<Completed>,
) -> impl IntoView {
    let Waiting { codes, key } = waiting;
    let Data { now, name, profile, password_changed, second_factor, sessions, api_keys, .. } = page;
    view! {
        <div class="account">
            <SectionNav />
            <div class="account-sections">
                <p>
                    <Link to="/account/notifications" class="text-link">
                        {tr!(use_locale(), own_notifications.title)}
                    </Link>
                </p>
                <ProfileSection name=name.clone() profile=profile.clone() done=done />
                <PreferencesSection
                    profile=profile
                    time_zones=page.time_zones
                    site_time_zone=page.site_time_zone
                    done=done
                />
                <PasswordSection name=name changed=password_changed now=now done=done />
                <SecondFactorSection state=second_factor codes=codes now=now done=done />
                <SessionsSection sessions=sessions now=now done=done />
                <ApiKeysSection keys=api_keys scopes=page.scopes new_key=key now=now done=done />
            </div>
        </div>
    }
}

fn role_word(locale: Locale, role: Role) -> String {
    match role {
        Role::Viewer => tr!(locale, account.role.viewer),
        Role::Operator => tr!(locale, account.role.operator),
        Role::Administrator => tr!(locale, account.role.administrator),
    }
}
