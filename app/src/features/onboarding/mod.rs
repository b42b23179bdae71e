//! The dashboard before the first server: the steps to the first report and the first message, and what was refused on the way.

pub mod state;

use duplistatus::{
    access::Permission,
    dto::{Moment, channel::Reach, dashboard::Waiting, key::KeyRow, rejected::RejectedRow},
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use self::state::StartState;
use crate::{
    context::viewer::use_viewer,
    features::{
        ingest_keys::api::{CreateKey, RotateKey},
        rejected::row::from_words,
    },
    format::text::capitalised,
    locale::use_locale,
    tr,
    ui::{
        error_notice::error_words,
        form::{plain_form::PlainForm, post_form::PostForm},
        key_panel::{KeyAddress, KeyOptions, ShownKey},
        keyed::keyed,
        link::Link,
        notice::{Notice, Tone},
        one_time_secret::OneTime,
        option_text::OptionText,
        relative_time::{LocalTime, RelativeTime},
    },
};

/// The steps, with the address as soon as it was made.
#[component]
pub fn Start(
    /// What outlives a live update.
    state: StartState,
    /// When the data was asked for.
    now: Moment,
    /// Keys that exist, and what was refused.
    waiting: Waiting,
) -> impl IntoView {
    let locale = use_locale();
    if !use_viewer().may(Permission::ManageIngestKeys) {
        return view! { <Nothing /> }.into_any();
    }
    let (key, create) = state.get();
    let token = state.token;
    let Waiting { keys, refused, reach } = waiting;
    let address = move || {
        let asked = !token.get().is_empty();
        let make = || view! { <Make create=create keys=keys.clone() now=now /> };
        key.get().map(|result| match result {
            Ok(key) => {
                let make = key.is_none().then(make);
                let (gone, what) = (tr!(locale, dashboard.key.gone), tr!(locale, dashboard.key.gone_text));
                let shown =
                    OneTime::asked(asked, key).show(gone, what, |key| view! { <KeyAddress key=key /> });
                view! { {shown} {make} }.into_any()
            }
            Err(error) => {
                let (title, what) = error_words(locale, &error);
                view! { <Notice tone=Tone::Fail title=title><p>{what}</p></Notice> {make()} }.into_any()
            }
        })
    };
    let address = view! { <Transition>{address}</Transition> }.into_any();
    let options = move || {
        key.get().map(|result| match result {
            Ok(Some(key)) => {
                view! { <div class="key-options"><KeyOptions upload_url=key.upload_url /></div> }.into_any()
            }
            _ => {
                view! { <p class="muted small">{tr!(locale, dashboard.start.step_set_first)}</p> }.into_any()
            }
        })
    };
    let options = view! { <Transition>{options}</Transition> }.into_any();
    view! { <Steps address=address options=options refused=refused reach=reach now=now /> }.into_any()
}

/// The address that was created on this page, after the first report came: it may be needed for more machines.
#[component]
pub fn KeptKey(
    /// What outlives a live update.
    state: StartState,
) -> impl IntoView {
    let (key, _) = state.get();
    let shown = move || {
        let key = key.get().and_then(Result::ok).flatten();
        key.map(|key| view! { <ShownKey shown=OneTime::Now(key) /> })
    };
    view! { <Transition>{shown}</Transition> }
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

/// Makes the address; where one exists, says so, and offers a new secret or another address.
#[component]
pub fn Make(
    /// Makes a key.
    create: ServerAction<CreateKey>,
    /// Keys that work, newest first.
    keys: Vec<KeyRow>,
    /// When the data was asked for.
    now: Moment,
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
    let another = !keys.is_empty();
    let words =
        if another { tr!(locale, dashboard.start.another) } else { tr!(locale, dashboard.start.make) };
    let form = view! {
        <PostForm action=create read=CreateKey::from_fields>
            <input type="hidden" name="server" value="" />
            <input type="hidden" name="page" value="/" />
            <input type="hidden" name="another" value=another.to_string() />
            <button type="submit" class="btn" data-variant=(!another).then_some("primary")>
                {words}
            </button>
        </PostForm>
        {failed}
    }
    .into_any();
    if !another {
        return form;
    }
    let items = keyed(keys, |key| key.id, move |key| view! { <Existing key_row=key now=now /> });
    view! {
        <div class="existing">
            <p>{tr!(locale, dashboard.start.exists)}</p>
            <ul role="list">{items}</ul>
            {form}
        </div>
    }
    .into_any()
}

/// An address that exists: what can be told of it, and a new one in its place.
#[component]
fn Existing(
    /// Its key.
    key_row: KeyRow,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let KeyRow { id, prefix, created, expires, .. } = key_row;
    let begins = prefix.clone();
    let replace = expires.is_none().then(|| {
        view! {
            <PlainForm path=RotateKey::PATH quiet=true>
                <input type="hidden" name="key" value=id.to_string() />
                <input type="hidden" name="prefix" value=prefix.clone() />
                <input type="hidden" name="page" value="/" />
                <button type="submit" class="btn">
                    {tr!(locale, dashboard.start.replace)}
                    <span class="visually-hidden">" "{prefix.clone()}"…"</span>
                </button>
            </PlainForm>
        }
    });
    view! {
        <li>
            <span>
                <code>{begins}"…"</code>
                " "
                <span class="muted">
                    {tr!(locale, keys.columns.created)} " " <LocalTime at=created now=now />
                </span>
            </span>
            {replace}
        </li>
    }
}

/// The steps as plain data: no resource is read in here.
#[component]
pub fn Steps(
    /// The address that was made, or how to make one.
    address: AnyView,
    /// The options for Duplicati, or that the address comes first.
    options: AnyView,
    /// What was refused lately, newest first.
    refused: Vec<RejectedRow>,
    /// Whether anyone would be told of a problem.
    reach: Reach,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
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
        <Refused rows=refused now=now />
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
                    address,
                )}
                {step(
                    tr!(locale, dashboard.start.step_set),
                    tr!(locale, dashboard.start.step_set_text),
                    options,
                )}
                {step(tr!(locale, dashboard.start.step_run), tr!(locale, dashboard.start.step_run_text), waiting)}
                {step(
                    tr!(locale, dashboard.start.step_tell),
                    tr!(locale, dashboard.start.step_tell_text),
                    channel(reach).into_any(),
                )}
            </ol>
        </section>
    }
    .into_any()
}

/// How to be told of problems; done when a message was delivered, or a rule leads to a channel.
fn channel(reach: Reach) -> impl IntoView {
    let locale = use_locale();
    if !use_viewer().may(Permission::ViewSettings) {
        return ().into_any();
    }
    let (to, words) = match reach {
        Reach::Told => {
            return view! { <p class="waiting" data-tone="ok">{tr!(locale, dashboard.start.told)}</p> }
                .into_any();
        }
        Reach::Nobody => ("/settings/notifications#add-channel", tr!(locale, dashboard.start.add_channel)),
        Reach::Untried => ("/settings/notifications", tr!(locale, dashboard.untried_link)),
    };
    view! {
        <p>
            <Link to=to class="text-link">
                {words}
            </Link>
        </p>
    }
    .into_any()
}

/// Reports that came and were refused: whoever waits learns why nothing happens.
#[component]
fn Refused(
    /// Newest first; hostile text.
    rows: Vec<RejectedRow>,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    (!rows.is_empty()).then(|| {
        let count = rows.len();
        let item = move |row: RejectedRow| {
            let RejectedRow { last, reason, hint, machine, job, source, .. } = row;
            let from = from_words(locale, machine.as_deref(), job.as_deref());
            view! {
                <li>
                    <strong>{capitalised(&reason)}</strong>
                    " "
                    <span class="muted">
                        <RelativeTime at=last now=now />
                        ", "
                        <code>{source}</code>
                    </span>
                    {from.map(|from| view! { <p>{from}</p> })}
                    <p>
                        <OptionText text=hint />
                    </p>
                </li>
            }
        };
        let items = keyed(rows, |row| row.id, item);
        view! {
            <Notice tone=Tone::Warn title=tr!(locale, dashboard.start.refused, count = count)>
                <ul class="refused" role="list">{items}</ul>
                <p>
                    <Link to="/rejected" class="text-link">
                        {tr!(locale, dashboard.start.refused_link)}
                    </Link>
                </p>
            </Notice>
        }
    })
}
