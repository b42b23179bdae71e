//! Passwords that users choose.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

#[rstest]
#[case::empty("")]
#[case::eleven("kx7-qv2-mw9")]
#[case::eleven_letters_of_two_bytes("äöüßéèøåæñç")]
fn too_short(#[case] password: &str) {
    assert_eq!(check(password, "anna"), Err(Weakness::TooShort), "{password}");
}

#[test]
fn as_long_as_a_sentence_and_not_longer() {
    let sentence = "The copper kettle of my grandmother whistles in D major, äöü. ".repeat(3);
    let cut = |length: usize| sentence.chars().take(length).collect::<String>();
    assert_eq!(check(&cut(MAX_CHARS), "anna"), Ok(()));
    assert_eq!(check(&cut(MAX_CHARS + 1), "anna"), Err(Weakness::TooLong));
}

#[rstest]
#[case::one_character("aaaaaaaaaaaaaaaa")]
#[case::one_character_of_two_bytes("ääääääääääääää")]
#[case::spaces("                ")]
#[case::few_different("abbaabbaabbacd")]
#[case::row("abcdefghijkl")]
#[case::row_backwards("zyxwvutsrqponml")]
#[case::digits("123456789012")]
#[case::digits_backwards("098765432109876")]
#[case::two_rows("ABCDEFGH12345678")]
#[case::blocks("aaaabbbbccccddddeeee")]
#[case::short_again("k7Qxk7Qxk7Qxk7Qx")]
#[case::row_again("abcdefabcdefabcdef")]
fn too_simple(#[case] password: &str) {
    assert_eq!(check(password, "anna"), Err(Weakness::TooSimple), "{password}");
}

#[rstest]
#[case("anna", "ANNA kettle copper")]
#[case("Anna", "kettle-anna-copper")]
#[case(" anna ", "kettleannacopper")]
#[case("jörg", "kettle JÖRG copper")]
#[case("anna@example.org", "kettle anna copper")]
fn the_name_stays_out(#[case] name: &str, #[case] password: &str) {
    assert_eq!(check(password, name), Err(Weakness::ContainsName), "{password}");
}

#[rstest]
#[case("")]
#[case("  ")]
#[case("al")]
fn hardly_a_name_is_no_name(#[case] name: &str) {
    assert_eq!(check("signal kettle copper", name), Ok(()));
}

#[rstest]
#[case::doubled("passwordpassword")]
#[case::upper_case("PASSWORDPASSWORD")]
#[case::year("password2026!")]
#[case::much_after("Password123456789")]
#[case::before("2026!password")]
#[case::leet("p4$$w0rdp4$$w0rd")]
#[case::leet_and_more("P@ssw0rd!2026")]
#[case::leet_one_is_l("w31c0m3we1come")]
#[case::leet_one_is_i("adm1n1strator")]
#[case::keys("qwertyuiop123")]
#[case::keys_of_others("azertyuiop123")]
#[case::keys_again("qwertzqwertz")]
#[case::zigzag("1q2w3e4r5t6y")]
#[case::product("duplicati-2026")]
#[case::this_product("DupliStatus1!")]
#[case::two_words("duplicatibackup")]
#[case::three_words("Duplistatus Backup Server")]
#[case::separated("p-a-s-s-w-o-r-d-1")]
#[case::word_number_word("password2026admin")]
#[case::change_me("changemechangeme!")]
#[case::words("letmeinletmein")]
#[case::the_comic("correcthorsebatterystaple")]
fn too_common(#[case] password: &str) {
    assert_eq!(check(password, "anna"), Err(Weakness::Common), "{password}");
}

#[rstest]
#[case("copper kettle whistles")]
#[case("kupferkesselpfeift")]
#[case("T9v#mQ2!xLp7")]
#[case("z7kq2mvx94ht")]
#[case("медный чайник свистит")]
#[case("銅のやかんが鳴っている音がする")]
#[case("password of the purple lighthouse")]
#[case("my backup never sleeps at noon")]
#[case("8f3a90c17e52")]
fn good_enough(#[case] password: &str) {
    assert_eq!(check(password, "anna"), Ok(()), "{password}");
}

#[test]
fn the_list_is_as_it_is_read() {
    let lines: Vec<&str> =
        include_str!("common_passwords.txt").lines().filter(|line| !line.starts_with('#')).collect();
    assert!(lines.len() > 400, "{}", lines.len());
    assert_eq!(lines.len(), LIST.words.len(), "a line is there twice, or empty");
    for line in lines {
        assert!(line.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{line}");
        assert!(line.len() >= 3, "{line} would be in too many passwords");
    }
}

#[test]
fn texts_say_what_to_do() {
    for weakness in
        [Weakness::TooShort, Weakness::TooLong, Weakness::TooSimple, Weakness::ContainsName, Weakness::Common]
    {
        let text = weakness.to_string();
        assert!(["use", "leave"].iter().any(|word| text.contains(word)), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(password in ".{0,160}", name in ".{0,20}") {
        let _ = check(&password, &name);
    }

    #[test]
    fn random_passwords_are_good(password in "[a-km-np-z2-9]{20}") {
        prop_assert_eq!(check(&password, "nobody1"), Ok(()));
    }

    #[test]
    fn a_common_word_and_digits_are_common(digits in "[0-9]{4,8}", choice in any::<prop::sample::Index>()) {
        let word = choice.get(&["password", "duplicati", "sunshine"]);
        prop_assert_eq!(check(&format!("{word}{digits}"), "anna"), Err(Weakness::Common));
    }
}
