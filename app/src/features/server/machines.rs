//! The machines that reported as this server.

use duplistatus::dto::{Moment, server::MachineId};
use leptos::prelude::*;

use crate::{
    locale::use_locale,
    tr,
    ui::{keyed::keyed, relative_time::RelativeTime},
};

/// Behind a heading, because it is rarely needed; nothing when no machine told its id.
#[component]
pub fn Machines(
    /// Newest first.
    machines: Vec<MachineId>,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    (!machines.is_empty()).then(|| {
        let count = machines.len();
        let item = move |MachineId { machine_id, machine_name, last_seen }| {
            view! {
                <li>
                    <code>{machine_id}</code>
                    {machine_name.map(|name| view! { <span>{name}</span> })}
                    <span class="muted">
                        {tr!(locale, server.machines.last)} " " <RelativeTime at=last_seen now=now />
                    </span>
                </li>
            }
        };
        let items = keyed(machines, |machine| machine.machine_id.clone(), item);
        view! {
            <details class="card machines">
                <summary>{tr!(locale, server.machines.title, count = count)}</summary>
                <p class="muted small">{tr!(locale, server.machines.hint)}</p>
                <ul>{items}</ul>
            </details>
        }
    })
}
