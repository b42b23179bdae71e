//! What a user is told in browsers, and a form that subscribes this one. A script (`public/push.js`) asks the browser for the subscription.

use duplistatus::{
    dto::{
        Moment,
        push::{PushPage as Data, PushRow, SharedChannel},
    },
    topic::Topic,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use self::api::{SubscribeBrowser, TestBrowser, UnsubscribeBrowser, show_own};
use crate::{
    context::{base_path::use_base_path, page_query::use_page_query},
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::{
        card::Card,
        form::{
            choice::{Choice, Choices},
            plain_form::{Failed, PlainForm, form_error},
        },
        keyed::keyed,
        link::Link,
        loaded::Loaded,
        notice::{EmptyState, Notice, Tone},
        notification::topic_word,
        page_title::PageTitle,
        relative_time::RelativeTime,
    },
};

pub mod api;
#[cfg(all(test, feature = "ssr"))]
mod tests;

/// The page.
#[component]
pub fn OwnNotificationsPage() -> impl IntoView {
    let search = use_page_query();
    let data = Resource::new(|| (), |()| show_own());
    let forms = [SubscribeBrowser::PATH, TestBrowser::PATH, UnsubscribeBrowser::PATH];
    let failed = forms.into_iter().find_map(form_error);
    load_script(use_base_path().url("/push.js"));
    view! {
        <PageTitle text=tr!(use_locale(), own_notifications.title) />
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(use_locale(), own_notifications.title)}</h1>
                <p class="muted lead">{tr!(use_locale(), own_notifications.what)}</p>
            </div>
        </header>
        {failed.map(|error| view! { <Failed error=error /> })}
        <Loaded
            data=data
            show=move |page| {
                let query = search.read();
                let done = ["subscribed", "tested", "failed"].into_iter().find(|word| query.get(word).is_some());
                view! { <OwnNotificationsView page=page done=done /> }
            }
        />
    }
}

/// Adds a script to the page, once it is alive in the browser.
fn load_script(url: String) {
    Effect::new(move || {
        let _ = &url;
        #[cfg(feature = "hydrate")]
        if let (Ok(script), Some(body)) = (document().create_element("script"), document().body()) {
            // It listens to the whole document, and does nothing if it is there already.
            let _ = script.set_attribute("src", &url).and_then(|()| body.append_child(&script).map(drop));
        }
    });
}

/// The page's content.
#[component]
pub fn OwnNotificationsView(
    /// The answer.
    page: Data,
    /// What was done a moment ago: `"subscribed"`, `"tested"` or `"failed"`.
    done: Option<&'static str>,
) -> impl IntoView {
    let locale = use_locale();
    let Data { now, key, topics, browsers, shared } = page;
    let done = done.map(|word| {
        let (tone, text) = match word {
            "subscribed" => (Tone::Ok, tr!(locale, own_notifications.subscribed)),
            "tested" => (Tone::Ok, tr!(locale, own_notifications.tested)),
            _ => (Tone::Fail, tr!(locale, own_notifications.test_failed)),
        };
        view! {
            <Notice tone=tone>
                <p role="status">{text}</p>
            </Notice>
        }
    });
    let list = if browsers.is_empty() {
        view! {
            <div class="card">
                <EmptyState title=tr!(locale, own_notifications.empty)>
                    <p>{tr!(locale, own_notifications.empty_what)}</p>
                </EmptyState>
            </div>
        }
        .into_any()
    } else {
        let items = keyed(browsers, |row| row.id, move |row| browser(locale, row, now));
        view! {
            <ul class="channels" role="list" aria-label=tr!(locale, own_notifications.browsers)>
                {items}
            </ul>
        }
        .into_any()
    };
    view! {
        {done}
        {list}
        {subscribe(locale, key, topics)}
        {shared_channels(locale, shared, now)}
        <p class="muted">
            {tr!(locale, own_notifications.others)} " "
            <Link to="/account" class="text-link">
                {tr!(locale, account.title)}
            </Link>
        </p>
    }
}

/// The channels that administrators manage.
fn shared_channels(locale: Locale, shared: Vec<SharedChannel>, now: Moment) -> impl IntoView {
    let list = if shared.is_empty() {
        view! { <p class="muted">{tr!(locale, own_notifications.shared_empty)}</p> }.into_any()
    } else {
        let items = keyed(shared, |row| row.id, move |row| shared_channel(locale, row, now));
        view! {
            <ul class="shared-channels" role="list">
                {items}
            </ul>
        }
        .into_any()
    };
    view! {
        <Card label=tr!(locale, own_notifications.shared) class="shared-channels-card" pad=true>
            <h2>{tr!(locale, own_notifications.shared)}</h2>
            {list}
        </Card>
    }
}

fn shared_channel(locale: Locale, row: SharedChannel, now: Moment) -> impl IntoView {
    let topics: Vec<String> = row.topics.iter().map(|topic| topic_word(locale, *topic)).collect();
    let events = match topics.is_empty() {
        true => tr!(locale, channels.by_rules),
        false => tr!(locale, channels.told_about, events = topics.join(", ")),
    };
    let state = match (row.failing_since, row.quiet_until) {
        _ if !row.is_enabled => Some(tr!(locale, channels.state.off)),
        (Some(since), _) => {
            Some(tr!(locale, own_notifications.failing, time = calendar_time(locale, since, now)))
        }
        (None, Some(until)) => {
            Some(tr!(locale, own_notifications.quiet, time = calendar_time(locale, until, now)))
        }
        (None, None) => None,
    };
    view! {
        <li>
            <strong>{row.name}</strong>
            <span class="muted">{events}</span>
            {state.map(|state| view! { <span class="small">{state}</span> })}
        </li>
    }
}

/// A browser that is subscribed.
fn browser(locale: Locale, row: PushRow, now: Moment) -> impl IntoView {
    let topics: Vec<String> = row.topics.iter().map(|topic| topic_word(locale, *topic)).collect();
    let state = match (row.failing, row.delivered) {
        (Some((since, why)), _) => {
            let time = calendar_time(locale, since, now);
            view! { <strong>{tr!(locale, channels.state.failing, time = time, why = why)}</strong> }
                .into_any()
        }
        _ if !row.is_enabled => tr!(locale, channels.state.off).into_any(),
        (None, Some(at)) => {
            view! { {tr!(locale, channels.state.delivered)} " " <RelativeTime at=at now=now /> }.into_any()
        }
        (None, None) => tr!(locale, channels.state.untried).into_any(),
    };
    let quiet = row.quiet_until.map(|until| {
        let time = calendar_time(locale, until, now);
        view! { <p class="muted small">{tr!(locale, own_notifications.quiet, time = time)}</p> }
    });
    let (id, test_name, end_name) = (row.id.to_string(), row.name.clone(), row.name.clone());
    let (item, other) = (format!("browser-{id}"), id.clone());
    view! {
        <li class="card channel" id=item>
            <div class="channel-text">
                <h2>{row.name}</h2>
                <p>{state}</p>
                <p class="muted small">{tr!(locale, channels.told_about, events = topics.join(", "))}</p>
                {quiet}
            </div>
            <div class="channel-actions">
                <PlainForm path=TestBrowser::PATH quiet=true>
                    <input type="hidden" name="channel" value=id />
                    <button type="submit" class="btn">
                        {tr!(locale, channels.test)}
                        <span class="visually-hidden">" " {test_name}</span>
                    </button>
                </PlainForm>
                <PlainForm path=UnsubscribeBrowser::PATH quiet=true>
                    <input type="hidden" name="channel" value=other />
                    <button type="submit" class="btn">
                        {tr!(locale, own_notifications.remove)}
                        <span class="visually-hidden">" " {end_name}</span>
                    </button>
                </PlainForm>
            </div>
        </li>
    }
}

/// The form that subscribes this browser: the script fills in what the browser says.
fn subscribe(locale: Locale, key: Option<String>, topics: Vec<Topic>) -> impl IntoView {
    let Some(key) = key else {
        return view! {
            <Notice tone=Tone::Warn>
                <p>{tr!(locale, own_notifications.no_key)}</p>
            </Notice>
        }
        .into_any();
    };
    let boxes = topics.into_iter().map(move |topic| {
        let (label, checked) = (topic_word(locale, topic).into_any(), topic.whole() == topic);
        view! { <Choice name="form[topics][]" value=topic.as_str() checked=checked label=label /> }
    });
    let worker = use_base_path().url("/push_worker.js");
    view! {
        <section
            class="card channel-add"
            aria-labelledby="subscribe-title"
            data-push-key=key
            data-push-worker=worker
            data-push-unsupported=tr!(locale, own_notifications.unsupported)
            data-push-denied=tr!(locale, own_notifications.denied)
            data-push-failed=tr!(locale, own_notifications.not_subscribed)
        >
            <h2 id="subscribe-title">{tr!(locale, own_notifications.this_browser)}</h2>
            <p class="muted">{tr!(locale, own_notifications.needs)}</p>
            <PlainForm path=SubscribeBrowser::PATH class="channel-form" quiet=true>
                <input type="hidden" name="form[endpoint]" value="" />
                <input type="hidden" name="form[p256dh]" value="" />
                <input type="hidden" name="form[auth]" value="" />
                <input type="hidden" name="form[browser]" value="" />
                <Choices name="form[topics][]" legend=tr!(locale, channels.field.topics) class="choices">
                    {boxes.collect_view()}
                </Choices>
                <p class="field-error" role="alert" data-push-error=""></p>
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, own_notifications.subscribe)}
                </button>
            </PlainForm>
        </section>
    }
    .into_any()
}
