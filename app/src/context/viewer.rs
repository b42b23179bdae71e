//! Who looks at the page, as far as a page needs to know: what to offer, and how to write dates.
//!
//! The server writes it into `<html>`, where the browser reads it before it takes the page over. It decides nothing:
//! services do.

use duplistatus::{
    access::{Permission, Role},
    dto::{account::DateFormat, health::SystemProblem},
};
use leptos::prelude::*;

/// The one who looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Viewer {
    /// Name to read, of people who are signed in.
    pub name: Option<String>,
    /// The name that signs in, of people who are signed in.
    pub user: Option<String>,
    /// Whether the password was given a moment ago, when the page was asked for.
    pub proven: bool,
    /// Whether a code of a second factor proves the same as the password.
    pub second_factor: bool,
    /// The address that has to be used to sign in, where this one cannot be.
    pub way_in: Option<String>,
    /// What they may do; `None` for strangers and guests.
    pub role: Option<Role>,
    /// Whether this is the demonstration, where everybody may look.
    pub demo: bool,
    /// How dates are written.
    pub dates: DateFormat,
    /// The time zone of the times on pages: its name, and its distance from UTC now in seconds.
    pub zone: Option<(String, i32)>,
    /// What has to be known on every page.
    pub trouble: Option<SystemProblem>,
}

impl Viewer {
    /// Whether a page should offer something.
    pub fn may(&self, permission: Permission) -> bool {
        match self.role {
            Some(role) => role.may(permission),
            None => self.demo && permission == Permission::ViewBackups,
        }
    }

    /// From the attributes of `<html>`, by their names.
    pub fn from_attributes(attribute: impl Fn(&str) -> Option<String>) -> Self {
        let word = |name: &str| attribute(name).unwrap_or_default();
        Self {
            name: attribute("data-viewer"),
            user: attribute("data-user"),
            proven: word("data-proven") == "true",
            second_factor: word("data-second-factor") == "true",
            way_in: attribute("data-way-in"),
            role: word("data-role").parse().ok(),
            demo: word("data-demo") == "true",
            dates: DateFormat::from_word(&word("data-dates")),
            zone: attribute("data-zone").zip(word("data-offset").parse().ok()),
            trouble: SystemProblem::from_word(&word("data-trouble")),
        }
    }
}

/// The one who looks at this rendering.
pub fn use_viewer() -> Viewer {
    use_context().unwrap_or_default()
}

/// How dates are written in this rendering.
pub fn use_dates() -> DateFormat {
    with_context(|viewer: &Viewer| viewer.dates).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use duplistatus::dto::health::ReadOnly;

    use super::*;

    #[test]
    fn strangers_are_offered_nothing_and_guests_the_backups() {
        let stranger = Viewer::from_attributes(|_| None);
        assert_eq!(stranger, Viewer::default());
        assert!(!stranger.may(Permission::ViewBackups));
        let guest = Viewer { demo: true, ..Viewer::default() };
        assert!(guest.may(Permission::ViewBackups) && !guest.may(Permission::ManageIngestKeys));
    }

    #[test]
    fn attributes_are_read() {
        let attributes = [
            ("data-viewer", "Jo"),
            ("data-role", "operator"),
            ("data-dates", "iso"),
            ("data-zone", "Europe/Berlin"),
            ("data-offset", "3600"),
            ("data-trouble", "damaged"),
        ];
        let viewer = Viewer::from_attributes(|name| {
            attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        });
        assert_eq!(viewer.name.as_deref(), Some("Jo"));
        assert_eq!((viewer.role, viewer.dates), (Some(Role::Operator), DateFormat::Iso));
        assert_eq!(viewer.zone, Some(("Europe/Berlin".to_owned(), 3600)));
        assert_eq!(viewer.trouble, Some(SystemProblem::ReadOnly(ReadOnly::Damaged)));
    }
}
