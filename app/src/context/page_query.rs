//! The query parameters of a page.

use leptos::prelude::*;
use leptos_router::{hooks::use_location, params::ParamsMap};

/// Returns the query of the current page. It also changes with links between pages of the same kind. It does not
/// change while the page is being left, when the address already has the next page's query.
///
/// `use_query_map` keeps the old query if the next address is handled by the same page.
pub fn use_page_query() -> Memo<ParamsMap> {
    let location = use_location();
    let mine = location.pathname.get_untracked();
    Memo::new(move |before: Option<&ParamsMap>| {
        let is_mine = location.pathname.with(|path| is_same_page(path, &mine));
        before.filter(|_| !is_mine).cloned().unwrap_or_else(|| location.query.get())
    })
}

/// Returns whether the same route handles both paths: `/servers/1` and `/servers/2`, but not `/runs/1` and
/// `/runs/1/raw`.
fn is_same_page(one: &str, other: &str) -> bool {
    let (one, other) = (segments(one), segments(other));
    one.len() == other.len() && one.iter().zip(&other).all(|(a, b)| a == b || is_id(a) && is_id(b))
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !segment.is_empty()).collect()
}

fn is_id(segment: &str) -> bool {
    segment.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_apart_under_a_prefix_too() {
        assert!(is_same_page("/servers/1", "/servers/22"));
        assert!(is_same_page("/duplistatus/", "/duplistatus"));
        assert!(!is_same_page("/servers/1", "/runs/1"));
        assert!(!is_same_page("/runs/1", "/runs/1/raw"));
        assert!(!is_same_page("/", "/rejected"));
    }
}
