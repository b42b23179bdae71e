//! Language, colours, time zone, and how dates are written.

use duplistatus::dto::account::{DateFormat, Profile};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::SavePreferences,
    completed::{Completed, Part},
    section::Section,
};
use crate::{
    context::theme::{Theme, use_theme},
    locale::{language_name, languages, use_locale},
    tr,
    ui::form::{field::SelectField, plain_form::PlainForm},
};

/// The section.
#[component]
pub fn PreferencesSection(
    /// What is known.
    profile: Profile,
    /// Names of all time zones.
    time_zones: Vec<String>,
    /// Name of the site's time zone.
    site_time_zone: String,
    /// What was done on the page.
    done: Option<Completed>,
) -> impl IntoView {
    let locale = use_locale();
    let languages = languages().iter().map(|known| (known.to_string(), language_name(*known).to_owned()));
    let themes = [
        (Theme::System, tr!(locale, frame.theme_system)),
        (Theme::Light, tr!(locale, frame.theme_light)),
        (Theme::Dark, tr!(locale, frame.theme_dark)),
    ]
    .map(|(theme, label)| (theme.as_str().to_owned(), label));
    let site = (String::new(), tr!(locale, account.preferences.site_zone, zone = site_time_zone));
    let zones = std::iter::once(site).chain(time_zones.into_iter().map(|name| (name.clone(), name)));
    let dates = [
        (DateFormat::Words, tr!(locale, account.preferences.dates_words)),
        (DateFormat::Iso, tr!(locale, account.preferences.dates_iso)),
    ]
    .map(|(format, label)| (format.as_str().to_owned(), label));
    view! {
        <Section part=Part::Preferences done=done>
            <PlainForm path=SavePreferences::PATH at=Part::Preferences.id() class="form form-columns">
                <SelectField
                    name="language"
                    label=tr!(locale, account.preferences.language)
                    options=languages.collect()
                    value=locale.to_string()
                />
                // What is in force in this browser, also when the switch in the top bar chose it.
                <SelectField
                    name="theme"
                    label=tr!(locale, account.preferences.theme)
                    options=themes.into()
                    value=use_theme().as_str()
                />
                <SelectField
                    name="time_zone"
                    label=tr!(locale, account.preferences.time_zone)
                    options=zones.collect()
                    value=profile.time_zone
                    hint=tr!(locale, account.preferences.time_zone_hint)
                />
                <SelectField
                    name="date_format"
                    label=tr!(locale, account.preferences.dates)
                    options=dates.into()
                    value=profile.date_format.as_str()
                />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, account.preferences.save)}
                </button>
            </PlainForm>
        </Section>
    }
}
