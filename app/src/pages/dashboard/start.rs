//! The dashboard before the first server: three steps to the first report.

use duplistatus::{access::Permission, dto::key::NewKey};
use leptos::prelude::*;

use crate::{
    api::key::{CreateKey, reveal_key},
    error::ApiError,
    locale::use_locale,
    tr,
    ui::{
        action_form::PostForm,
        error_notice::error_words,
        key_panel::{KeyGone, KeyPanel},
        notice::{Notice, Tone},
    },
    visitor::use_visitor,
};

/// A key that was just made, if there is one.
type NewKeyResource = Resource<Result<Option<NewKey>, ApiError>>;

/// Where the page keeps what these steps need. A live update makes the steps anew, but the secret of a new key is told
/// only once: it is asked for once in the life of the page, and only if the steps are shown at all.
#[derive(Clone)]
pub struct StartState {
    page: Owner,
    kept: StoredValue<Option<(NewKeyResource, ServerAction<CreateKey>)>>,
    token: Signal<String>,
}

impl StartState {
    /// For the page that is being made; `token` is the one-time token of a key that was just made, empty without one.
    pub fn new(token: Signal<String>) -> Self {
        Self { page: Owner::current().unwrap_or_default(), kept: StoredValue::new(None), token }
    }

    fn get(&self) -> (NewKeyResource, ServerAction<CreateKey>) {
        let Self { page, kept, token } = self;
        kept.get_value().unwrap_or_else(|| {
            let state = page.with(|| (new_key(*token), ServerAction::new()));
            kept.set_value(Some(state));
            state
        })
    }
}

fn new_key(token: Signal<String>) -> NewKeyResource {
    Resource::new(
        move || token.get(),
        |token| async move { if token.is_empty() { Ok(None) } else { reveal_key(token).await } },
    )
}

/// The three steps, with the address as soon as it was made.
#[component]
pub fn Start(
    /// What outlives a live update.
    state: StartState,
) -> impl IntoView {
    let locale = use_locale();
    if !use_visitor().may(Permission::ManageIngestKeys) {
        return view! { <Nothing /> }.into_any();
    }
    let (key, create) = state.get();
    let token = state.token;
    let panel = move || {
        let asked = !token.get().is_empty();
        key.get().map(|result| match result {
            Ok(Some(key)) => view! { <KeyPanel key=key /> }.into_any(),
            Ok(None) if asked => view! { <KeyGone /> }.into_any(),
            Ok(None) => ().into_any(),
            Err(error) => {
                let (title, what) = error_words(locale, &error);
                view! { <Notice tone=Tone::Fail title=title><p>{what}</p></Notice> }.into_any()
            }
        })
    };
    let panel = view! { <Transition>{panel}</Transition> }.into_any();
    view! { <Steps create=create panel=panel /> }.into_any()
}

/// For those who wait until somebody else has taken the steps.
#[component]
fn Nothing() -> impl IntoView {
    let locale = use_locale();
    view! {
        <section class="start">
            <h1>{tr!(locale, dashboard.start.nothing)}</h1>
            <p class="muted">{tr!(locale, dashboard.start.nothing_what)}</p>
            <p class="waiting" role="status">
                {tr!(locale, dashboard.start.waiting)}
            </p>
        </section>
    }
}

/// The steps as plain data: no resource is read in here.
#[component]
pub fn Steps(
    /// Makes a key.
    create: ServerAction<CreateKey>,
    /// The address that was made, or nothing.
    panel: AnyView,
) -> impl IntoView {
    let locale = use_locale();
    let failed = move || {
        create.value().get().and_then(Result::err).map(|error| {
            let (_, what) = error_words(locale, &error);
            view! {
                <Notice tone=Tone::Fail title=tr!(locale, dashboard.key.failed)>
                    <p>{what}</p>
                </Notice>
            }
        })
    };
    let make = view! {
        <PostForm action=create read=CreateKey::from_fields>
            <input type="hidden" name="server" value="" />
            <input type="hidden" name="page" value="/" />
            <button type="submit" class="btn" data-variant="primary">
                {tr!(locale, dashboard.start.make)}
            </button>
        </PostForm>
        {failed}
    }
    .into_any();
    // Erased step by step: the type of the whole would be too deep for the compiler.
    let step = move |title: String, text: String, more: AnyView| {
        view! {
            <li>
                <h2>{title}</h2>
                <p class="muted">{text}</p>
                {more}
            </li>
        }
        .into_any()
    };
    let waiting = view! {
        <p class="waiting" role="status">
            {tr!(locale, dashboard.start.waiting)}
        </p>
    }
    .into_any();
    view! {
        <section class="start">
            <h1>{tr!(locale, dashboard.start.title)}</h1>
            <p class="muted">{tr!(locale, dashboard.start.intro)}</p>
            <ol class="card steps">
                {step(
                    tr!(locale, dashboard.start.step_key),
                    tr!(locale, dashboard.start.step_key_text),
                    (make, panel).into_any(),
                )}
                {step(
                    tr!(locale, dashboard.start.step_set),
                    tr!(locale, dashboard.start.step_set_text),
                    ().into_any(),
                )}
                {step(tr!(locale, dashboard.start.step_run), tr!(locale, dashboard.start.step_run_text), waiting)}
            </ol>
        </section>
    }
    .into_any()
}
