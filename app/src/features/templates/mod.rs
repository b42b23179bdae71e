//! Texts of messages: what they say, with which values, and what they become.

use duplistatus::{
    access::Permission,
    dto::{
        channel::KINDS,
        template::{Origin, TemplateQuery, TemplateTopic, TemplatesPage as Data},
    },
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::params::ParamsMap;

use self::{
    api::{ImportTemplates, PreviewTemplate, ResetTemplate, SaveTemplate, show_template},
    form::TemplateFields,
    imported::Imported,
    preview::Preview,
    words::{kind_word, word},
};
use crate::{
    context::{page_query::use_page_query, url::with_query, viewer::use_viewer},
    locale::{Locale, use_locale},
    tr,
    ui::{
        filter::Chip,
        form::plain_form::{Failed, PlainForm, form_error},
        loaded::Loaded,
        page_title::PageTitle,
    },
};

pub mod api;
mod form;
mod imported;
mod preview;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod variables;
mod words;

/// The page.
#[component]
pub fn TemplatesPage() -> impl IntoView {
    let search = use_page_query();
    let query = Memo::new(move |_| from_params(&search.read()));
    let data = Resource::new(move || query.get(), show_template);
    let forms = [SaveTemplate::PATH, PreviewTemplate::PATH, ResetTemplate::PATH, ImportTemplates::PATH];
    let failed = forms.into_iter().find_map(form_error);
    view! {
        <PageTitle text=tr!(use_locale(), templates.title) />
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(use_locale(), templates.title)}</h1>
                <p class="muted lead">{tr!(use_locale(), templates.what)}</p>
            </div>
        </header>
        {failed.map(|error| view! { <Failed error=error /> })}
        <Loaded data=data show=move |page| view! { <TemplatesView page=page /> } />
    }
}

/// What the URL asks for. A topic that is none is that of a failed run.
fn from_params(params: &ParamsMap) -> TemplateQuery {
    let get = |name: &str| params.get(name).unwrap_or_default();
    TemplateQuery {
        topic: TemplateTopic::from_word(&get("topic")).unwrap_or(TemplateQuery::default().topic),
        kind: get("kind"),
        draft: get("draft"),
    }
}

/// The path that shows a text.
fn path(topic: TemplateTopic, kind: &str) -> String {
    let words = [("topic", topic.as_str().to_owned()), ("kind", kind.to_owned())];
    with_query("/settings/templates", words.into_iter().filter(|(_, word)| !word.is_empty()))
}

/// The page's content.
#[component]
pub fn TemplatesView(
    /// The answer.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let may_change = use_viewer().may(Permission::ManageSettings);
    let Data { query, form, origin, changed, preview, imported } = page;
    let origin_words = match origin {
        Origin::Own => tr!(locale, templates.origin.own),
        Origin::AllKinds => tr!(locale, templates.origin.all_kinds),
        Origin::Default => tr!(locale, templates.origin.default),
        Origin::Draft => tr!(locale, templates.origin.draft),
    };
    let is_changed = changed.contains(&(query.topic, query.kind.clone()));
    let (of, topic, kind) = (query.topic, query.topic.as_str(), query.kind.clone());
    let reset = (may_change && is_changed).then(move || {
        view! {
            <PlainForm path=ResetTemplate::PATH quiet=true>
                <input type="hidden" name="topic" value=topic />
                <input type="hidden" name="kind" value=kind />
                <button type="submit" class="btn">
                    {tr!(locale, templates.reset)}
                </button>
            </PlainForm>
        }
    });
    let fields = may_change.then(|| view! { <TemplateFields form=form.clone() /> });
    let imported =
        (!imported.is_empty()).then(|| view! { <Imported templates=imported may_change=may_change /> });
    let kind = kind_word(locale, &query.kind);
    let choices = choices(locale, &query, &changed);
    view! {
        {choices}
        <div class="templates">
            <section class="card template-edit" aria-labelledby="template-title">
                <h2 id="template-title">
                    {word(locale, query.topic)} " · " {kind}
                </h2>
                <p class="muted">{origin_words}</p>
                {fields}
                {reset}
            </section>
            <Preview preview=preview />
        </div>
        <variables::Variables topic=of />
        {imported}
    }
}

/// Chips that choose the topic and the kind of channel. Those that somebody changed are marked.
fn choices(
    locale: Locale,
    query: &TemplateQuery,
    changed: &[(TemplateTopic, String)],
) -> impl IntoView + use<> {
    let mark = move |is_changed: bool| match is_changed {
        true => format!(" · {}", tr!(locale, templates.changed)),
        false => String::new(),
    };
    let topics = TemplateTopic::ALL.into_iter().map(|topic| {
        let is_changed = changed.iter().any(|(known, _)| *known == topic);
        let label = format!("{}{}", word(locale, topic), mark(is_changed));
        view! {
            <li>
                <Chip to=path(topic, &query.kind) current=topic == query.topic>
                    {label}
                </Chip>
            </li>
        }
    });
    // A monitor of duplistatus itself gets no messages.
    let kinds = KINDS.into_iter().filter(|kind| *kind != "heartbeat");
    let kinds = [""].into_iter().chain(kinds).map(|kind| {
        let is_changed = changed.iter().any(|(topic, known)| *topic == query.topic && known == kind);
        let label = format!("{}{}", kind_word(locale, kind), mark(is_changed));
        view! {
            <li>
                <Chip to=path(query.topic, kind) current=kind == query.kind>
                    {label}
                </Chip>
            </li>
        }
    });
    view! {
        <div class="template-choices">
            <ul class="chips" role="list" aria-label=tr!(locale, templates.topics)>
                {topics.collect_view()}
            </ul>
            <ul class="chips" role="list" aria-label=tr!(locale, templates.kinds)>
                {kinds.collect_view()}
            </ul>
        </div>
    }
}
