//! What an entry changed: values before and after.

use leptos::prelude::*;

use crate::{locale::use_locale, tr};

/// A value of this name, before and after.
type Change = (String, Option<String>, Option<String>);

/// The values of both sides by their names, in the order in which they come.
fn side_by_side(before: Vec<(String, String)>, after: Vec<(String, String)>) -> Vec<Change> {
    let mut changes: Vec<Change> =
        before.into_iter().map(|(name, value)| (name, Some(value), None)).collect();
    for (name, value) in after {
        match changes.iter_mut().find(|(known, _, after)| *known == name && after.is_none()) {
            Some((_, _, after)) => *after = Some(value),
            None => changes.push((name, None, Some(value))),
        }
    }
    changes
}

/// A small table to open; nothing when nothing is known.
#[component]
pub fn Changes(
    /// Names and values before.
    before: Vec<(String, String)>,
    /// Names and values after.
    after: Vec<(String, String)>,
) -> impl IntoView {
    let locale = use_locale();
    let has_before = !before.is_empty();
    let changes = side_by_side(before, after);
    let cell = |value: Option<String>| match value {
        Some(value) => view! { <td>{value}</td> }.into_any(),
        None => view! { <td class="muted">{tr!(locale, common.none)}</td> }.into_any(),
    };
    (!changes.is_empty()).then(|| {
        let words =
            if has_before { tr!(locale, audit.changes.changed) } else { tr!(locale, audit.changes.details) };
        let rows = changes.into_iter().map(|(name, before, after)| {
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    {has_before.then(|| cell(before))}
                    {cell(after)}
                </tr>
            }
        });
        let heads = if has_before {
            view! {
                <th scope="col">{tr!(locale, audit.changes.before)}</th>
                <th scope="col">{tr!(locale, audit.changes.after)}</th>
            }
            .into_any()
        } else {
            view! { <th scope="col">{tr!(locale, audit.changes.value)}</th> }.into_any()
        };
        view! {
            <details class="changes">
                <summary>{words}</summary>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{tr!(locale, audit.changes.name)}</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </details>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_beside_what_they_were() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let changes = side_by_side(
            vec![pair("role", "viewer"), pair("gone", "1")],
            vec![pair("new", "2"), pair("role", "x")],
        );
        let expected =
            [("role", Some("viewer"), Some("x")), ("gone", Some("1"), None), ("new", None, Some("2"))]
                .map(|(n, b, a)| (n.to_owned(), b.map(str::to_owned), a.map(str::to_owned)));
        assert_eq!(changes, expected);
    }
}
