//! Name and e-mail address.

use duplistatus::dto::account::Profile;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::SaveProfile,
    completed::{Completed, Part},
    section::Section,
};
use crate::{
    locale::use_locale,
    tr,
    ui::form::{field::TextField, plain_form::PlainForm},
};

/// The section.
#[component]
pub fn ProfileSection(
    /// Name that signs in.
    name: String,
    /// What is known.
    profile: Profile,
    /// What was done on the page.
    done: Option<Completed>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Section part=Part::Profile done=done>
            <PlainForm path=SaveProfile::PATH at=Part::Profile.id() class="form">
                <TextField
                    name="display_name"
                    label=tr!(locale, account.profile.display_name)
                    value=profile.display_name
                    autocomplete="name"
                    optional=true
                    hint=tr!(locale, account.profile.display_name_hint, name = name)
                />
                <TextField
                    name="email"
                    label=tr!(locale, account.profile.email)
                    value=profile.email
                    kind="email"
                    autocomplete="email"
                    optional=true
                />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, account.profile.save)}
                </button>
            </PlainForm>
        </Section>
    }
}
