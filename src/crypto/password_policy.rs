//! Password policy: rejects the passwords that attackers try first, and nothing else. There are no rules about kinds
//! of characters, which lead users to `Password2026!`.

use std::{
    collections::{HashSet, VecDeque},
    sync::LazyLock,
};

/// Minimum characters of a password.
pub const MIN_CHARS: usize = 12;
/// Maximum characters of a password: enough for a sentence, too few for a file.
pub const MAX_CHARS: usize = 128;
/// Minimum number of different characters, and of characters that do not continue a sequence.
const MIN_DISTINCT: usize = 5;
/// Shorter user names occur in too many words.
const MIN_NAME_CHARS: usize = 3;
/// A password of at most this many common words is common: attackers try such combinations early.
const FEW_WORDS: usize = 3;

/// Why a password is rejected; the message says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer than [`MIN_CHARS`] characters.
    #[error("too short: use at least {MIN_CHARS} characters, for example four unrelated words")]
    TooShort,
    /// More than [`MAX_CHARS`] characters.
    #[error("too long: use at most {MAX_CHARS} characters")]
    TooLong,
    /// Too many repetitions or sequences.
    #[error(
        "too simple: use more different characters, and no repetitions or sequences such as abcd or 1234"
    )]
    TooSimple,
    /// It contains the user name.
    #[error("do not use the user name in the password, because attackers try it first")]
    ContainsName,
    /// It is a common password, or consists of common words.
    #[error("too common: attackers try such passwords first; use less common words, or add one or two more")]
    Common,
}

/// Checks a new password of the user with this name.
///
/// Spaces count, also at the ends. The password is not normalized before it is hashed: keyboards and phones produce
/// composed characters (NFC), so the same keys give the same bytes everywhere.
///
/// # Errors
/// The first [`Weakness`] found.
pub fn check(password: &str, user_name: &str) -> Result<(), Weakness> {
    let length = password.chars().count();
    if length < MIN_CHARS {
        return Err(Weakness::TooShort);
    }
    if length > MAX_CHARS {
        return Err(Weakness::TooLong);
    }
    let lower = password.to_lowercase();
    if is_simple(&lower) {
        return Err(Weakness::TooSimple);
    }
    let name = user_name.trim().to_lowercase();
    // The name may be an email address.
    let local_part = name.split('@').next().unwrap_or_default();
    if local_part.chars().count() >= MIN_NAME_CHARS && lower.contains(local_part) {
        return Err(Weakness::ContainsName);
    }
    if is_common(&lower) { Err(Weakness::Common) } else { Ok(()) }
}

/// Returns whether few characters differ, or most continue a sequence: `aaaabbbb`, `abcd1234`, `987654321`.
fn is_simple(lower: &str) -> bool {
    let chars: Vec<char> = lower.chars().collect();
    let distinct = chars.iter().collect::<HashSet<_>>().len();
    let follows = |before: char, after: char| {
        before == after
            || u32::from(before).abs_diff(u32::from(after)) == 1
            || matches!((before, after), ('9', '0') | ('0', '9') | ('z', 'a') | ('a', 'z'))
    };
    let own = 1 + chars
        .iter()
        .zip(chars.iter().skip(1))
        .filter(|(before, after)| !follows(**before, **after))
        .count();
    distinct < MIN_DISTINCT || own < MIN_DISTINCT
}

/// Returns whether it is a common password, or consists of few common words, after undoing usual substitutions.
fn is_common(lower: &str) -> bool {
    let is_letter = |c: char| c.is_alphabetic();
    // `123password2026!` counts as `password`.
    let bare = lower.trim_matches(|c: char| !is_letter(c));
    [lower, bare].into_iter().any(|text| {
        [plain, with_i, with_l].into_iter().any(|read| {
            let read: Vec<char> = text.chars().map(read).filter(|c| c.is_alphanumeric()).collect();
            let unit: String = unit_of(&read).iter().collect();
            !unit.is_empty() && is_few_words(&unit)
        })
    })
}

/// Returns whether a text consists of at most [`FEW_WORDS`] words of the list.
fn is_few_words(text: &str) -> bool {
    // Positions reached and the number of words used, fewest words first.
    let mut open = VecDeque::from([(0, 0)]);
    let mut seen = HashSet::new();
    while let Some((start, words)) = open.pop_front() {
        let Some(rest) = text.get(start..).filter(|_| seen.insert(start)) else { continue };
        if rest.is_empty() {
            return true;
        }
        if words < FEW_WORDS {
            let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).take(LIST.longest);
            let common = ends.filter(|end| rest.get(..*end).is_some_and(|word| LIST.words.contains(word)));
            open.extend(common.map(|end| (start + end, words + 1)));
        }
    }
    false
}

/// Returns the shortest part that the text repeats: `abc` of `abcabc`; `abcd` of itself.
fn unit_of(chars: &[char]) -> &[char] {
    (1..chars.len())
        .filter(|length| chars.len().is_multiple_of(*length))
        .filter_map(|length| chars.get(..length))
        .find(|unit| chars.chunks(unit.len()).all(|part| part == *unit))
        .unwrap_or(chars)
}

fn plain(c: char) -> char {
    c
}

/// Undoes `p4$$w0rd`, with `1` for `i`.
fn with_i(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    }
}

/// Undoes `p4$$w0rd`, with `1` for `l`.
fn with_l(c: char) -> char {
    if matches!(c, '1' | '!' | '|') { 'l' } else { with_i(c) }
}

/// The list of common words.
struct List {
    words: HashSet<&'static str>,
    longest: usize,
}

static LIST: LazyLock<List> = LazyLock::new(|| {
    let lines = include_str!("common_passwords.txt")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    let words: HashSet<&str> = lines.collect();
    let longest = words.iter().map(|word| word.chars().count()).max().unwrap_or_default();
    List { words, longest }
});

#[cfg(test)]
#[path = "password_policy_tests.rs"]
mod tests;
