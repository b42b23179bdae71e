//! Links inside the application, right at `/` and under a base path, with JavaScript off and on.
//!
//! The router's own `<A>` leaves a path that begins with `/` as it is, so under a base path it would leave the
//! application. Here every path gets the prefix; the router listens to clicks on any `<a>` and takes over the plain ones.

use std::fmt::Write as _;

use leptos::prelude::*;

use crate::base_path::use_base_path;

/// The URL of a path inside the application (`/servers/3?job=5`).
pub fn href(path: &str) -> String {
    use_base_path().url(path)
}

/// A path with the parameters that have a value.
pub fn with_query<'a>(path: &str, parameters: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let mut url = path.to_owned();
    let mut separator = '?';
    for (name, value) in parameters {
        if !value.is_empty() {
            url.push(separator);
            url.push_str(name);
            url.push('=');
            encode_into(&mut url, &value);
            separator = '&';
        }
    }
    url
}

fn encode_into(url: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
}

/// An internal link.
#[component]
pub fn Link(
    /// Path inside the application, with its query.
    #[prop(into)]
    to: String,
    /// Class of the element.
    #[prop(optional, into)]
    class: Option<String>,
    /// Whether this is the choice that is in force (`aria-current="true"`).
    #[prop(optional)]
    current: bool,
    /// Whether the page stays where it is scrolled to: for filters and sorting.
    #[prop(optional)]
    stay: bool,
    /// What the link shows.
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href(&to) class=class aria-current=current.then_some("true") data-noscroll=stay>
            {children()}
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_keeps_only_values_and_encodes_them() {
        assert_eq!(with_query("/", [("q", String::new())]), "/");
        assert_eq!(
            with_query("/", [("q", "a&b=ü ?".to_owned()), ("sort", String::new()), ("page", "2".to_owned())]),
            "/?q=a%26b%3D%C3%BC%20%3F&page=2"
        );
    }
}
