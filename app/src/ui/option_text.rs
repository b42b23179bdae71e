//! Text with command-line options, which are not broken at their hyphens.

use leptos::prelude::*;

/// A text in which each option (`--public-url`) stays on one line if it fits.
#[component]
pub fn OptionText(
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    parts(&text)
        .into_iter()
        .map(|(is_option, part)| {
            if is_option { view! { <span class="option">{part}</span> }.into_any() } else { part.into_any() }
        })
        .collect_view()
}

/// Splits a text into pieces that are an option or contain none.
fn parts(text: &str) -> Vec<(bool, String)> {
    let mut parts: Vec<(bool, String)> = Vec::new();
    for word in text.split_inclusive(' ') {
        let (option, rest) = if word.starts_with("--") {
            let option = word.trim_end();
            (option, if option.len() < word.len() { " " } else { "" })
        } else {
            ("", word)
        };
        if !option.is_empty() {
            parts.push((true, option.to_owned()));
        }
        match parts.last_mut() {
            Some((false, before)) => before.push_str(rest),
            _ if rest.is_empty() => {}
            _ => parts.push((false, rest.to_owned())),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_apart_and_nothing_is_lost() {
        let found = parts("Set --public-url, or --base-path to it");
        let words: Vec<(bool, &str)> = found.iter().map(|(is, part)| (*is, part.as_str())).collect();
        assert_eq!(
            words,
            [
                (false, "Set "),
                (true, "--public-url,"),
                (false, " or "),
                (true, "--base-path"),
                (false, " to it")
            ]
        );
        assert_eq!(parts("Nothing - here"), [(false, "Nothing - here".to_owned())]);
        assert_eq!(parts("--open-ingest"), [(true, "--open-ingest".to_owned())]);
        assert!(parts("").is_empty());
    }
}
