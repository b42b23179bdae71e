//! A group itself: its name, and its end.

use duplistatus::{dto::schedules::SchedulesQuery, ids::GroupId};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{DeleteGroup, RenameGroup},
    query::path,
};
use crate::{
    locale::use_locale,
    tr,
    ui::{
        card::Card,
        disclosure::Disclosure,
        form::{field::TextField, plain_form::PlainForm},
        link::Link,
    },
};

/// The forms.
#[component]
pub(super) fn GroupForms(
    /// The group.
    group: GroupId,
    /// Its name.
    name: String,
    /// Its servers.
    servers: i64,
) -> impl IntoView {
    let locale = use_locale();
    let list = path(&SchedulesQuery { group: name.clone(), page: 1, ..SchedulesQuery::default() });
    let known = name.clone();
    view! {
        <Card label=tr!(locale, schedules.group.title) pad=true>
            <h2>{tr!(locale, schedules.group.title)}</h2>
            <p>
                <Link to=list class="text-link">
                    {tr!(locale, schedules.group.list)}
                </Link>
            </p>
            <PlainForm path=RenameGroup::PATH class="form">
                <input type="hidden" name="group" value=group.to_string() />
                <TextField
                    name="name"
                    id="group-name"
                    label=tr!(locale, schedules.group.name)
                    value=known
                    hint=tr!(locale, schedules.group.name_hint)
                />
                <button type="submit" class="btn">
                    {tr!(locale, schedules.group.rename)}
                </button>
            </PlainForm>
            <Disclosure label=tr!(locale, schedules.group.delete)>
                <PlainForm path=DeleteGroup::PATH class="form">
                    <input type="hidden" name="group" value=group.to_string() />
                    <input type="hidden" name="name" value=name />
                    <p>{tr!(locale, schedules.group.delete_what, count = servers)}</p>
                    <button type="submit" class="btn" data-variant="danger">
                        {tr!(locale, schedules.group.delete)}
                    </button>
                </PlainForm>
            </Disclosure>
        </Card>
    }
}
