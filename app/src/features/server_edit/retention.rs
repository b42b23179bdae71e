//! How long the runs of a server are kept. The page of the database asks first, when the next clean-up would delete more by another rule.

use duplistatus::dto::{database::Retention, edit::ServerEditPage as Data};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::section::Section;
use crate::{
    features::database::{
        api::{ClearRetention, SetRetention},
        retention::kept,
    },
    locale::use_locale,
    tr,
    ui::form::{field::TextField, plain_form::PlainForm},
};

/// The section.
#[component]
pub fn RetentionSection<'a>(
    /// The page's data.
    page: &'a Data,
) -> impl IntoView + use<> {
    let locale = use_locale();
    let Data { name, retention, site_retention, .. } = page.clone();
    let now = match retention {
        Some(own) => tr!(locale, edit.retention.own, kept = kept(locale, own)),
        None => tr!(locale, edit.retention.site, kept = kept(locale, site_retention)),
    };
    let Retention { days, keep_last } = retention.unwrap_or(site_retention);
    let named = name.clone();
    let clear = retention.map(move |_| {
        view! {
            <PlainForm path=ClearRetention::PATH at="retention">
                <input type="hidden" name="server" value=named />
                <input type="hidden" name="job" value="" />
                <button type="submit" class="btn">
                    {tr!(locale, edit.retention.clear)}
                </button>
            </PlainForm>
        }
    });
    view! {
        <Section id="retention" title=tr!(locale, edit.retention.title)>
            <p class="muted">{now}</p>
            <PlainForm path=SetRetention::PATH at="retention" class="form">
                <input type="hidden" name="server" value=name.clone() />
                <input type="hidden" name="job" value="" />
                <div class="edit-pair">
                    <TextField
                        name="days"
                        kind="number"
                        label=tr!(locale, database.fields.days)
                        value=days.map(|days| days.to_string()).unwrap_or_default()
                        hint=tr!(locale, database.fields.days_hint)
                        optional=true
                    />
                    <TextField
                        name="keep_last"
                        kind="number"
                        label=tr!(locale, database.fields.keep_last)
                        value=keep_last.to_string()
                        hint=tr!(locale, database.fields.keep_last_hint)
                    />
                </div>
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, edit.save)}
                </button>
            </PlainForm>
            {clear}
        </Section>
    }
}
