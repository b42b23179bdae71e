//! People: add, see, change, and the API keys of all of them.
//!
//! The page does not follow the live revision: a question must not close while somebody reads it.

use duplistatus::dto::user::UsersPage as Data;
use leptos::{prelude::*, server_fn::ServerFn as _};

use self::{
    add::AddForm,
    api::{
        CreateUser, DeleteUser, DisableUser, EnableUser, EndUserSessions, ResetUserPassword, RevokeUserKey,
        SetUserRole, UnlockUser, list_users, reveal_password,
    },
    keys::ApiKeyTable,
    password::PasswordPanel,
    table::PeopleTable,
};
use crate::{
    context::page_query::use_page_query,
    locale::{Locale, use_locale},
    tr,
    ui::{
        error_notice::ErrorNotice,
        form::plain_form::{Failed, form_error},
        notice::{Notice, Tone},
        one_time_secret::OneTime,
        page_title::PageTitle,
        password_notice::PasswordNotice,
    },
};

mod actions;
mod add;
pub mod api;
mod keys;
mod password;
mod row;
mod table;
#[cfg(all(test, feature = "ssr"))]
mod tests;

/// Forms of which the page has one for each person or key: why one of them did not work is said above the tables.
const FORMS_OF_ROWS: [&str; 8] = [
    SetUserRole::PATH,
    DisableUser::PATH,
    EnableUser::PATH,
    DeleteUser::PATH,
    ResetUserPassword::PATH,
    UnlockUser::PATH,
    EndUserSessions::PATH,
    RevokeUserKey::PATH,
];

/// The page.
#[component]
pub fn UsersPage() -> impl IntoView {
    let locale = use_locale();
    let query = use_page_query().get_untracked();
    let error = FORMS_OF_ROWS.into_iter().find_map(form_error);
    // What went wrong came later than what the address says.
    let is_fresh = error.is_none() && form_error(CreateUser::PATH).is_none();
    let said = |name: &str| query.get(name).filter(|_| is_fresh).unwrap_or_default();
    let (done, token) = (done_words(locale, &said("done")), said("shown"));
    let asked = !token.is_empty();
    // A secret can be asked for only once.
    let secret = Resource::new(
        move || token.clone(),
        |token| async move { if token.is_empty() { Ok(None) } else { reveal_password(token).await } },
    );
    let users = Resource::new(|| (), |()| list_users());
    let panel = move || {
        secret.get().map(|answer| match answer {
            Ok(secret) => view! { <PasswordPanel shown=OneTime::asked(asked, secret) /> }.into_any(),
            Err(error) => view! { <Failed error=error /> }.into_any(),
        })
    };
    view! {
        <PageTitle text=tr!(locale, users.title) />
        <PasswordNotice />
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(locale, users.title)}</h1>
                <p class="muted lead">{tr!(locale, users.what)}</p>
            </div>
        </header>
        {error.map(|error| view! { <Failed error=error /> })}
        {done.map(|done| view! { <Notice tone=Tone::Ok><p role="status">{done}</p></Notice> })}
        <Suspense>{panel}</Suspense>
        <Suspense fallback=move || view! { <p class="muted loading">{tr!(locale, common.loading)}</p> }>
            {move || {
                users
                    .get()
                    .map(|answer| match answer {
                        Ok(page) => view! { <PeopleView page=page /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    })
            }}
        </Suspense>
    }
}

/// What was done, by the word in the address.
fn done_words(locale: Locale, word: &str) -> Option<String> {
    Some(match word {
        "role" => tr!(locale, users.done.role),
        "disabled" => tr!(locale, users.done.disabled),
        "enabled" => tr!(locale, users.done.enabled),
        "deleted" => tr!(locale, users.done.deleted),
        "unlocked" => tr!(locale, users.done.unlocked),
        "sessions" => tr!(locale, users.done.sessions),
        "key" => tr!(locale, users.done.key),
        _ => return None,
    })
}

/// The page's content below its heading.
#[component]
pub fn PeopleView(
    /// The answer.
    page: Data,
) -> impl IntoView {
    let Data { now, users, api_keys, me } = page;
    view! {
        <AddForm />
        <PeopleTable users=users api_keys=api_keys.clone() me=me now=now />
        <ApiKeyTable keys=api_keys now=now />
    }
}
