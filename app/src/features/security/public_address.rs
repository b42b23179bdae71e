//! Under which address the program is reached, and a button that tries it.

use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::CheckPublicUrl,
    data::{Finding, PublicAddress},
    findings::shape_and_tone,
};
use crate::{
    locale::use_locale,
    tr,
    ui::{form::plain_form::PlainForm, icon::Icon},
};

/// Id of the section, to which the browser comes back.
const ID: &str = "public-address";

/// The section.
#[component]
pub fn PublicAddressCard(
    /// The address, and what came of asking there.
    address: PublicAddress,
) -> impl IntoView {
    let locale = use_locale();
    let PublicAddress { url, fixed, checked } = address;
    let what =
        if fixed { tr!(locale, security.reach.fixed) } else { tr!(locale, security.reach.from_request) };
    view! {
        <section class="section" id=ID aria-labelledby="public-address-title">
            <h2 id="public-address-title">{tr!(locale, security.reach.title)}</h2>
            <div class="card public-address" data-pad=true>
                <div class="public-address-what">
                    <p>
                        <code>{url}</code>
                    </p>
                    <p class="muted small">{what}</p>
                </div>
                <PlainForm path=CheckPublicUrl::PATH at=ID>
                    <button type="submit" class="btn">
                        {tr!(locale, security.reach.submit)}
                    </button>
                </PlainForm>
                {checked.map(|(finding, when)| view! { <Checked finding=finding when=when /> })}
            </div>
        </section>
    }
}

/// What came back.
#[component]
fn Checked(
    /// In words.
    finding: Finding,
    /// Which address was asked, and when.
    when: String,
) -> impl IntoView {
    let Finding { state, title, text, mend: _ } = finding;
    let (shape, tone) = shape_and_tone(state);
    view! {
        <div class="public-address-found" role="status">
            <span class="disc" data-tone=tone>
                <Icon shape=shape />
            </span>
            <div class="finding-text">
                <h3>{title}</h3>
                <p class="muted">{text}</p>
                <p class="muted small">{when}</p>
            </div>
        </div>
    }
}
