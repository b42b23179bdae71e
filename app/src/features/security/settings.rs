//! Settings of the whole program, each with its risk.

use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{api::ChangeSettings, data::SettingsNow};
use crate::{
    locale::use_locale,
    tr,
    ui::form::{checkbox::Checkbox, choice::Choice, field::TextField, plain_form::PlainForm},
};

/// The form.
#[component]
pub fn SettingsForm(
    /// As they are.
    settings: SettingsNow,
) -> impl IntoView {
    let locale = use_locale();
    let SettingsNow { local_read_api, audit_days, private_networks } = settings;
    view! {
        <section class="section" id="settings" aria-labelledby="settings-title">
            <h2 id="settings-title">{tr!(locale, security.settings.title)}</h2>
            <div class="card" data-pad=true>
                <PlainForm path=ChangeSettings::PATH class="form">
                    <Check
                        name="local_read_api"
                        checked=local_read_api
                        label=tr!(locale, security.settings.local_read_api)
                        risk=tr!(locale, security.settings.local_read_api_risk)
                    />
                    <Check
                        name="private_networks"
                        checked=private_networks
                        label=tr!(locale, security.settings.private_networks)
                        risk=tr!(locale, security.settings.private_networks_risk)
                    />
                    <TextField
                        name="audit_days"
                        kind="number"
                        label=tr!(locale, security.settings.audit_days)
                        value=audit_days.to_string()
                        hint=tr!(locale, security.settings.audit_days_hint)
                    />
                    <Choice
                        name="sure"
                        value="true"
                        checked=false
                        label=tr!(locale, security.settings.sure).into_any()
                    />
                    <button type="submit" class="btn" data-variant="primary">
                        {tr!(locale, security.settings.submit)}
                    </button>
                </PlainForm>
            </div>
        </section>
    }
}

/// Something that is allowed or not.
#[component]
fn Check(
    /// Name in the form.
    name: &'static str,
    /// Whether it is allowed.
    checked: bool,
    /// What is allowed.
    label: String,
    /// What that risks.
    risk: String,
) -> impl IntoView {
    let risk_id = format!("{name}-risk");
    view! {
        <div class="check-field">
            <Checkbox name=name checked=checked label=label described_by=risk_id.clone() />
            <p class="muted small" id=risk_id>
                {risk}
            </p>
        </div>
    }
}
