//! What a device is called, from what its browser calls itself.

use duplistatus::shorten::shorten;

use crate::{locale::Locale, tr};

/// Longest text of a browser that we do not know: characters.
const LONGEST: usize = 80;

/// Marks of browsers and their names. Many pretend to be others as well, so the first that is found counts.
const BROWSERS: [(&str, &str); 12] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

/// Marks of systems and their names; phones also name the system that theirs was made from.
const SYSTEMS: [(&str, &str); 9] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("FreeBSD", "FreeBSD"),
    ("OpenBSD", "OpenBSD"),
    ("Linux", "Linux"),
];

/// `Firefox on Linux`; where nothing is known, the hostile text itself.
pub fn device_words(locale: Locale, user_agent: &str) -> String {
    match (first(&BROWSERS, user_agent), first(&SYSTEMS, user_agent)) {
        (Some(browser), Some(system)) => {
            tr!(locale, account.sessions.device, browser = browser, system = system)
        }
        (Some(name), None) => name.to_owned(),
        (None, _) if user_agent.trim().is_empty() => tr!(locale, account.sessions.unknown),
        (None, _) => shorten(user_agent.trim(), LONGEST),
    }
}

fn first(marks: &[(&str, &'static str)], text: &str) -> Option<&'static str> {
    marks.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn devices_are_named_in_words() {
        let words = [
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
             Safari/537.36 Edg/140.0.0.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
             Version/18.5 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile \
             Safari/537.36",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 \
             Safari/605.1.15",
            "curl/8.14.1",
            " ",
            "<img src=x>",
        ]
        .map(|text| device_words(Locale::en, text));
        assert_eq!(
            words,
            [
                "Firefox on Linux",
                "Edge on Windows",
                "Safari on iPhone",
                "Chrome on Android",
                "Safari on macOS",
                "curl",
                "Unknown device",
                "<img src=x>"
            ]
        );
        assert_eq!(device_words(Locale::en, &"x".repeat(500)).chars().count(), LONGEST);
    }
}
