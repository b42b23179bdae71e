//! Ingest keys: make, see, revoke.

use self::{
    api::{CreateKey, RevokeKey, RotateKey, list_keys, reveal_key},
    create::CreateForm,
    search::{KeySearch, is_found},
    table::KeyTable,
};
use crate::{
    context::page_query::use_page_query,
    live::use_followed,
    locale::use_locale,
    tr,
    ui::{
        form::plain_form::{Failed, form_error},
        key_panel::ShownKey,
        loaded::Loaded,
        notice::{Notice, Tone},
        one_time_secret::OneTime,
        page_title::PageTitle,
        password_notice::PasswordNotice,
    },
};
use duplistatus::dto::key::{KeyRow, KeysPage as Data};
use leptos::{prelude::*, server_fn::ServerFn as _};

pub mod api;
mod create;
mod row;
mod search;
mod table;
#[cfg(all(test, feature = "ssr"))]
mod tests;

/// The page.
#[component]
pub fn KeysPage() -> impl IntoView {
    let locale = use_locale();
    let search = use_page_query();
    let create = ServerAction::<CreateKey>::new();
    let revoke = ServerAction::<RevokeKey>::new();
    let token = Memo::new(move |_| search.read().get("shown").unwrap_or_default());
    // A secret can be asked for only once: its resource must not follow the live revision.
    let secret = Resource::new(
        move || token.get(),
        |token| async move { if token.is_empty() { Ok(None) } else { reveal_key(token).await } },
    );
    let keys = use_followed(move || (create.version().get(), revoke.version().get()), |_| list_keys());
    let panel = move || {
        let asked = !token.get().is_empty();
        secret.get().map(|answer| match answer {
            Ok(key) => view! { <ShownKey shown=OneTime::asked(asked, key) /> }.into_any(),
            Err(error) => view! { <Failed error=error /> }.into_any(),
        })
    };
    let failed = move || {
        let first = create.value().get().and_then(Result::err);
        let error = first
            .or_else(|| revoke.value().get().and_then(Result::err))
            .or_else(|| form_error(RotateKey::PATH));
        error.map(|error| view! { <Failed error=error /> })
    };
    view! {
        <PageTitle text=tr!(locale, keys.title) />
        <PasswordNotice />
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(locale, keys.title)}</h1>
                <p class="muted lead">{tr!(locale, keys.what)}</p>
            </div>
        </header>
        <Transition>{panel}</Transition>
        {failed}
        <Loaded
            data=keys
            show=move |page| {
                let words = search.read().get("q").unwrap_or_default();
                view! { <KeysView page=page words=words create=create revoke=revoke /> }
            }
        />
    }
}

/// The page's content below its heading.
#[component]
pub fn KeysView(
    /// The answer.
    page: Data,
    /// What is looked for among the keys.
    #[prop(optional)]
    words: String,
    /// Makes a key.
    create: ServerAction<CreateKey>,
    /// Revokes a key.
    revoke: ServerAction<RevokeKey>,
) -> impl IntoView {
    let locale = use_locale();
    let Data { now, keys, servers, open_ingest } = page;
    let found: Vec<KeyRow> =
        keys.iter().filter(|key| is_found(key, &words, &tr!(locale, keys.any))).cloned().collect();
    view! {
        {open_ingest
            .then(|| {
                view! {
                    <Notice tone=Tone::Warn title=tr!(locale, keys.open.title)>
                        <p>{tr!(locale, keys.open.what)}</p>
                    </Notice>
                }
            })}
        <CreateForm servers=servers action=create />
        <KeySearch words=words.clone() all=keys.len() found=found.len() />
        <KeyTable keys=found has_keys=!keys.is_empty() now=now revoke=revoke />
    }
}
