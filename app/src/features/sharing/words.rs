//! What links open, and what they are about.

use duplistatus::dto::sharing::{LinkKind, Subject};

use crate::{locale::Locale, tr};

/// The word for what a link opens.
pub(super) fn kind_word(locale: Locale, kind: LinkKind) -> String {
    match kind {
        LinkKind::Feed => tr!(locale, sharing.kind.feed),
        LinkKind::Calendar => tr!(locale, sharing.kind.calendar),
        LinkKind::Kiosk => tr!(locale, sharing.kind.kiosk),
        LinkKind::Status => tr!(locale, sharing.kind.status),
    }
}

/// What a link is about, in words.
pub(super) fn about_words(locale: Locale, about: Subject, name: String) -> String {
    match about {
        Subject::Site => tr!(locale, sharing.about.site),
        Subject::Group(_) => tr!(locale, sharing.about.group, name = name),
        Subject::Server(_) => tr!(locale, sharing.about.server, name = name),
        Subject::Job(_) => tr!(locale, sharing.about.job, name = name),
    }
}
