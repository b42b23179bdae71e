//! Links to where group, tags and schedule of the server are set.

use duplistatus::{access::Permission, dto::schedules::Defaults, ids::ServerId};
use leptos::prelude::*;

use super::section::Section;
use crate::{context::viewer::use_viewer, locale::use_locale, tr, ui::link::Link};

/// The section; nothing for those who may not set anything.
#[component]
pub fn Monitoring(
    /// The server.
    server: ServerId,
) -> impl IntoView {
    let locale = use_locale();
    use_viewer().may(Permission::ManageMonitoring).then(|| {
        view! {
            <Section id="monitoring" title=tr!(locale, edit.monitoring.title)>
                <p class="muted">{tr!(locale, edit.monitoring.what)}</p>
                <p class="edit-links">
                    <Link to=format!("/servers/{server}/labels") class="btn">
                        {tr!(locale, labels.edit)}
                    </Link>
                    <Link to=Defaults::Server(server).path() class="btn">
                        {tr!(locale, schedules.server_link)}
                    </Link>
                </p>
            </Section>
        }
    })
}
