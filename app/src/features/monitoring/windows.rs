//! Maintenance windows: what is set, and a form for another one.

use duplistatus::dto::{Moment, job::WindowView};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{AddWindow, DeleteWindow},
    place::Place,
    schedule_form::weekday_boxes,
    wider::Wider,
    words::{origin_words, window_words},
};
use crate::{
    locale::use_locale,
    tr,
    ui::{
        disclosure::Details,
        form::{
            field::{SelectField, TextField},
            plain_form::PlainForm,
        },
        keyed::keyed,
    },
};

/// The windows that are ahead, and the form. Those that are inherited are deleted where they are set.
#[component]
pub fn Windows(
    /// For what they are.
    place: Place,
    /// Where the inherited ones are set.
    wider: Wider,
    /// The windows.
    windows: Vec<WindowView>,
    /// Whether the viewer may set anything.
    may_manage: bool,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    if windows.is_empty() && !may_manage {
        return ().into_any();
    }
    let count = windows.len();
    let own = place.clone();
    let row = move |window: WindowView| {
        let words = window_words(locale, &window.times, now);
        let is_own = window.origin == own.origin();
        let origin = (!is_own).then(|| {
            let words = origin_words(locale, window.origin);
            view! { <span class="muted">" " {wider.said(Some(window.origin), words)}</span> }
        });
        let name = window.name.clone();
        let fields = own.fields();
        let delete = (may_manage && is_own).then(|| {
            view! {
                <PlainForm path=DeleteWindow::PATH quiet=true>
                    <input type="hidden" name="window" value=window.id.to_string() />
                    {fields}
                    <button type="submit" class="btn">
                        {tr!(locale, job.windows.delete)}
                        <span class="visually-hidden">" " {name}</span>
                    </button>
                </PlainForm>
            }
        });
        view! {
            <li>
                <span>
                    {(!window.name.is_empty()).then(|| format!("{}: ", window.name))} {words} {origin}
                </span>
                {delete}
            </li>
        }
    };
    let rows = keyed(windows, |window| window.id, row);
    // Inside of the panel, which opens when the form failed.
    let add = move || may_manage.then(|| view! { <WindowForm place=place /> });
    let title = match count {
        0 => tr!(locale, job.windows.none),
        count => tr!(locale, job.windows.title, count = count),
    };
    view! {
        <Details class="windows" summary=title.into_any()>
            <ul role="list">{rows}</ul>
            {add()}
        </Details>
    }
    .into_any()
}

/// The form for another window.
#[component]
pub fn WindowForm(
    /// For what it is.
    place: Place,
) -> impl IntoView {
    let locale = use_locale();
    let kinds = vec![
        ("once".to_owned(), tr!(locale, job.windows.once)),
        ("weekly".to_owned(), tr!(locale, job.windows.weekly)),
        ("monthly".to_owned(), tr!(locale, job.windows.monthly)),
    ];
    view! {
        <PlainForm path=AddWindow::PATH class="window-form">
            {place.fields()}
            <SelectField name="form[kind]" id="window-kind" label=tr!(locale, job.windows.kind) options=kinds />
            <TextField name="form[name]" id="window-name" label=tr!(locale, job.windows.name) optional=true />
            <div class="window-part" data-kind="once">
                <TextField
                    name="form[from]"
                    id="window-from"
                    kind="datetime-local"
                    label=tr!(locale, job.windows.from)
                    optional=true
                />
                <TextField
                    name="form[until]"
                    id="window-until"
                    kind="datetime-local"
                    label=tr!(locale, job.windows.until)
                    optional=true
                />
            </div>
            <div class="window-part" data-kind="repeated">
                <TextField
                    name="form[at]"
                    id="window-at"
                    kind="time"
                    label=tr!(locale, job.windows.at)
                    optional=true
                />
                <TextField
                    name="form[length]"
                    id="window-length"
                    label=tr!(locale, job.windows.length)
                    hint=tr!(locale, job.form.span_hint)
                    optional=true
                />
            </div>
            <div class="window-part" data-kind="weekly">{weekday_boxes(locale, &[], false)}</div>
            <div class="window-part" data-kind="monthly">
                <TextField
                    name="form[day]"
                    id="window-day"
                    kind="number"
                    label=tr!(locale, job.windows.day)
                    optional=true
                />
            </div>
            <button type="submit" class="btn">
                {tr!(locale, job.windows.add)}
            </button>
        </PlainForm>
    }
}
