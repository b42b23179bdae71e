//! Which passwords are refused: what is guessed first, and nothing else. There are no rules about kinds of characters,
//! which make people write `Password2026!`.

use std::{
    collections::{HashSet, VecDeque},
    sync::LazyLock,
};

/// Fewest characters of a password.
pub const MIN_CHARS: usize = 12;
/// Most characters of a password: a sentence fits, a file does not.
pub const MAX_CHARS: usize = 128;
/// Fewest different characters, and fewest that do not follow from the one before.
const MIN_DISTINCT: usize = 5;
/// Shorter user names are in too many words.
const MIN_NAME_CHARS: usize = 3;
/// A password of this many common words, or fewer, is common: programs that guess try such combinations early.
const FEW_WORDS: usize = 3;

/// Why a password is refused; the text says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer than [`MIN_CHARS`].
    #[error("too short: use at least {MIN_CHARS} characters, for example four unrelated words")]
    TooShort,
    /// More than [`MAX_CHARS`].
    #[error("too long: use at most {MAX_CHARS} characters")]
    TooLong,
    /// Characters that repeat or follow each other.
    #[error(
        "too simple: use more different characters, and no repetitions or sequences such as abcd or 1234"
    )]
    TooSimple,
    /// The user name is in it.
    #[error("do not use the user name in the password, because attackers try it first")]
    ContainsName,
    /// One of those that everybody uses, or made of them.
    #[error("too common: attackers try such passwords first; use less common words, or add one or two more")]
    Common,
}

/// Looks at a new password of the user of this name.
///
/// Characters are counted as they are: spaces count, also at the ends. Nothing is normalised before it is hashed: what
/// keyboards and phones produce is composed already (NFC), so the same keys give the same bytes everywhere.
///
/// # Errors
/// The first [`Weakness`] that is found.
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
    // The name may be a mail address.
    let local_part = name.split('@').next().unwrap_or_default();
    if local_part.chars().count() >= MIN_NAME_CHARS && lower.contains(local_part) {
        return Err(Weakness::ContainsName);
    }
    if is_common(&lower) { Err(Weakness::Common) } else { Ok(()) }
}

/// Whether few characters are different, or most follow from the one before: `aaaabbbb`, `abcd1234`, `987654321`.
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

/// Whether it is on the list or made of few words that are, after undoing what people do to make it look better.
fn is_common(lower: &str) -> bool {
    let is_letter = |c: char| c.is_alphabetic();
    // `123password2026!` is `password`.
    let bare = lower.trim_matches(|c: char| !is_letter(c));
    [lower, bare].into_iter().any(|text| {
        [plain, with_i, with_l].into_iter().any(|read| {
            let read: Vec<char> = text.chars().map(read).filter(|c| c.is_alphanumeric()).collect();
            let unit: String = unit_of(&read).iter().collect();
            !unit.is_empty() && is_few_words(&unit)
        })
    })
}

/// Whether a text is [`FEW_WORDS`] words of the list, one after the other.
fn is_few_words(text: &str) -> bool {
    // Ends of words that were reached, and with how many words; the fewest come first.
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

/// The shortest part that makes up the whole by repetition: `abcabc` is `abc`, and `abcd` itself.
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

/// What is tried first.
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
