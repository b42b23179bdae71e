//! One entry.

use duplistatus::dto::audit::AuditRow;
use leptos::prelude::*;

use super::{
    changes::Changes,
    words::{action_words, actor_words, target_words},
};
use crate::{
    locale::use_locale,
    tr,
    ui::badge::Badge,
    ui::{
        icon::{Icon, Shape},
        relative_time::ExactTime,
    },
};

/// A row of the table. Names in it are hostile text.
#[component]
pub fn AuditTableRow(
    /// The entry.
    entry: AuditRow,
) -> impl IntoView {
    let locale = use_locale();
    let AuditRow {
        id: _,
        at,
        actor_kind,
        actor,
        address,
        action,
        target_kind,
        target_id: _,
        target,
        success,
        before,
        after,
    } = entry;
    let (kind, shape) = actor_words(locale, &actor_kind);
    // "command line" says what it is. A person's icon does too, but not to those who hear the page.
    let kind = (!actor.eq_ignore_ascii_case(&kind)).then(|| {
        let class = if actor_kind == "user" { "visually-hidden" } else { "sub" };
        view! { " " <span class=class>{kind}</span> }
    });
    let (result, result_shape, tone) = if success {
        (tr!(locale, audit.result.ok), Shape::Tick, "ok")
    } else {
        (tr!(locale, audit.result.failed), Shape::Cross, "fail")
    };
    let target_kind = target_kind.map(|kind| target_words(locale, &kind));
    // A thing without a name is told by its kind.
    let (target, target_kind) = match target {
        Some(name) => (Some(name), target_kind),
        None => (target_kind, None),
    };
    let words = action_words(locale, &action);
    // The code is what the API and the files have; a code without words need not stand there twice.
    let code = (words != action).then(|| view! { " " <code class="sub">{action}</code> });
    let none = || view! { <span class="muted">{tr!(locale, common.none)}</span> }.into_any();
    view! {
        <tr role="row">
            <td role="cell" class="audit-time">
                <ExactTime at=at />
            </td>
            <th scope="row" role="rowheader">
                <span class="audit-who">
                    <Icon shape=shape />
                    <span>{actor} {kind}</span>
                </span>
            </th>
            <td role="cell" class="audit-what">
                {words} {code}
                <Changes before=before after=after />
            </td>
            <td role="cell" class="audit-target" data-label=tr!(locale, audit.columns.target)>
                {match target {
                    Some(target) => {
                        view! {
                            <span>
                                {target} {target_kind.map(|kind| view! { " " <span class="sub">{kind}</span> })}
                            </span>
                        }
                            .into_any()
                    }
                    None => none(),
                }}
            </td>
            <td role="cell" data-label=tr!(locale, audit.columns.address)>
                {match address {
                    Some(address) => view! { <code>{address}</code> }.into_any(),
                    None => none(),
                }}
            </td>
            <td role="cell" class="audit-result">
                <Badge word=result shape=result_shape tone=tone />
            </td>
        </tr>
    }
}
