//! Cuts text to a length: never within a character, never after an opening quote, and always with a visible mark.

/// Returns at most `most` characters of a text. If it was cut, the last one is `…`.
pub fn shorten(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let kept = most.saturating_sub(1);
    let mut end = text.char_indices().nth(kept).map_or(text.len(), |(at, _)| at);
    // A combining mark belongs to the letter before it, a joiner to both of its neighbours.
    while let Some((before, last)) = text.get(..end).and_then(|head| head.char_indices().next_back()) {
        let next = text.get(end..).and_then(|rest| rest.chars().next());
        if next.is_some_and(is_joined) || last == '\u{200D}' {
            end = before;
        } else {
            break;
        }
    }
    let head = text.get(..end).unwrap_or_default();
    // A quote or bracket that opens here would never close.
    let head = head.trim_end_matches(|c: char| c.is_whitespace() || "\"'“”‘’„«»([{<,;:".contains(c));
    format!("{head}…")
}

/// Returns whether a character is displayed as part of the one before it.
fn is_joined(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5BD}' | '\u{64B}'..='\u{65F}'
        | '\u{93C}' | '\u{93E}'..='\u{94D}' | '\u{E31}' | '\u{E34}'..='\u{E3A}' | '\u{E47}'..='\u{E4E}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{200D}' | '\u{20D0}'..='\u{20FF}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_that_fits_stays_as_it_is() {
        assert_eq!(["", "abc", "abc \""].map(|text| shorten(text, 5)), ["", "abc", "abc \""]);
    }

    #[test]
    fn a_cut_shows_and_leaves_no_loose_quote_or_blank() {
        assert_eq!(shorten("restored to version \"7\" of it", 22), "restored to version…");
        assert_eq!(shorten("most recent version of it", 21), "most recent version…");
        assert_eq!(shorten("one (two)", 6), "one…");
    }

    #[test]
    fn what_is_one_character_to_the_eye_is_kept_or_cut_as_one() {
        assert_eq!(shorten("abe\u{301}fgh", 4), "ab…");
        assert_eq!(shorten("ab\u{1F468}\u{200D}\u{1F469}cd", 5), "ab…");
        assert_eq!(shorten("ab\u{1F44D}\u{1F3FD}cd", 4), "ab…");
    }

    proptest! {
        #[test]
        fn it_is_never_longer_and_always_a_beginning(text in any::<String>(), most in 1_usize..40) {
            let short = shorten(&text, most);
            prop_assert!(short.chars().count() <= most);
            let head = short.strip_suffix('…').filter(|_| short != text).unwrap_or(&short);
            prop_assert!(text.starts_with(head));
        }
    }
}
