//! Names of the fields of forms.

/// Returns the name of a field without what its form adds to it: `"to"` for `"to"`, `"form[to]"`, `"to[]"` and `"form[to][]"`.
pub fn bare(name: &str) -> &str {
    let name = name.strip_suffix("[]").unwrap_or(name);
    name.strip_prefix("form[").and_then(|rest| rest.strip_suffix(']')).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_a_form_has_one_name() {
        for name in ["to", "form[to]", "form[to][]", "to[]"] {
            assert_eq!(bare(name), "to", "{name}");
        }
        assert_eq!(bare("form[to"), "form[to");
    }
}
