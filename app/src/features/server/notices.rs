//! What of a server's identity a person should know.

use duplistatus::{
    access::Permission,
    dto::{Moment, server::KeyMismatch},
    ids::ServerId,
};
use leptos::prelude::*;

use crate::{
    context::{url::with_query, viewer::use_viewer},
    locale::use_locale,
    tr,
    ui::{
        link::Link,
        notice::{Notice, Tone},
        relative_time::LocalTime,
    },
};

/// Perhaps the same machine as another; a key used by another machine; a job without a name.
#[component]
pub fn Notices(
    /// The server.
    id: ServerId,
    /// Another server with the same name.
    same_name_as: Option<(ServerId, String)>,
    /// A key that came from elsewhere.
    key_mismatch: Option<KeyMismatch>,
    /// Whether a job has no name.
    has_unnamed_jobs: bool,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let may_merge = use_viewer().may(Permission::ManageDatabase);
    let same = same_name_as.map(|(other, name)| {
        let merge = may_merge.then(|| {
            let to = with_query(&format!("/servers/{id}/edit"), [("merge", name.clone())]);
            view! {
                " "
                <Link to=format!("{to}#merge") class="text-link">
                    {tr!(locale, server.same.merge)}
                </Link>
            }
        });
        view! {
            <Notice tone=Tone::Info title=tr!(locale, server.same.title, name = &name)>
                <p>
                    {tr!(locale, server.same.what)} " "
                    <Link to=format!("/servers/{other}") class="text-link">
                        {tr!(locale, server.same.link, name = name)}
                    </Link>
                    {merge}
                </p>
            </Notice>
        }
    });
    let mismatch = key_mismatch.map(|KeyMismatch { machine, other, at }| {
        view! {
            <Notice tone=Tone::Warn title=tr!(locale, server.mismatch.title)>
                <p>
                    {tr!(locale, server.mismatch.what, machine = machine)} " "
                    {other
                        .map(|(id, name)| {
                            view! {
                                <Link to=format!("/servers/{id}") class="text-link">
                                    {tr!(locale, server.mismatch.other, name = name)}
                                </Link>
                                " "
                            }
                        })}
                    <span class="muted">
                        {tr!(locale, server.mismatch.last)} " " <LocalTime at=at now=now />
                    </span>
                </p>
            </Notice>
        }
    });
    let unnamed = has_unnamed_jobs.then(|| {
        view! {
            <Notice tone=Tone::Info title=tr!(locale, server.unnamed.title)>
                <p>{tr!(locale, server.unnamed.what)}</p>
            </Notice>
        }
    });
    view! {
        {same}
        {mismatch}
        {unnamed}
    }
}
