//! URLs of pages inside the application.

use std::fmt::Write as _;

use super::base_path::use_base_path;

/// Returns the URL of a path inside the application (`/servers/3?job=5`).
pub fn href(path: &str) -> String {
    use_base_path().url(path)
}

/// Adds the parameters that have a value to a path.
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
            // Writing to a `String` cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
}

/// Returns a path from a request if it is on this site; otherwise, as for `//elsewhere.example`, the dashboard.
pub fn own_page(page: &str) -> &str {
    let is_own = page.starts_with('/')
        && !page.starts_with("//")
        && page.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_own { page } else { "/" }
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

    #[test]
    fn a_redirect_stays_here() {
        assert_eq!(own_page("/servers/1?job=2"), "/servers/1?job=2");
        for elsewhere in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x"]
        {
            assert_eq!(own_page(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
