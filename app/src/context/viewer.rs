//! The viewer of a page: what to offer, and how to format dates.
//!
//! The server writes it into `<html>`, where the browser reads it before hydration. It authorizes nothing: services
//! do.

use duplistatus::{
    access::{Permission, Role},
    dto::{account::DateFormat, health::SystemProblem},
};
use leptos::prelude::*;

/// The viewer of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Viewer {
    /// The displayed name of a signed-in user.
    pub name: Option<String>,
    /// The user name of a signed-in user.
    pub user: Option<String>,
    /// Whether the password was recently confirmed when the page was requested.
    pub proven: bool,
    /// Whether a code of the second factor can be used for that as well.
    pub second_factor: bool,
    /// The address at which to sign in, if that is not possible at this one.
    pub sign_in_url: Option<String>,
    /// The role; `None` for anonymous viewers.
    pub role: Option<Role>,
    /// Whether this is the demonstration, which everyone may view.
    pub demo: bool,
    /// The format of dates.
    pub dates: DateFormat,
    /// The time zone of times on pages: its name, and its current offset from UTC in seconds.
    pub zone: Option<(String, i32)>,
    /// A problem of the system that every page shows.
    pub system_problem: Option<SystemProblem>,
    /// Which channels do not deliver, in a sentence; for those who may change them.
    pub failing: Option<String>,
}

impl Viewer {
    /// Returns whether a page should offer an action.
    pub fn may(&self, permission: Permission) -> bool {
        match self.role {
            Some(role) => role.may(permission),
            None => self.demo && permission == Permission::ViewBackups,
        }
    }

    /// Reads the viewer from the attributes of `<html>`.
    pub fn from_attributes(attribute: impl Fn(&str) -> Option<String>) -> Self {
        let word = |name: &str| attribute(name).unwrap_or_default();
        Self {
            name: attribute("data-viewer"),
            user: attribute("data-user"),
            proven: word("data-proven") == "true",
            second_factor: word("data-second-factor") == "true",
            sign_in_url: attribute("data-way-in"),
            role: word("data-role").parse().ok(),
            demo: word("data-demo") == "true",
            dates: DateFormat::from_word(&word("data-dates")),
            zone: attribute("data-zone").zip(word("data-offset").parse().ok()),
            system_problem: SystemProblem::from_word(&word("data-system-problem")),
            failing: attribute("data-failing"),
        }
    }
}

/// Returns the viewer of this rendering.
pub fn use_viewer() -> Viewer {
    use_context().unwrap_or_default()
}

/// Returns the date format of this rendering.
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
            ("data-system-problem", "damaged"),
        ];
        let viewer = Viewer::from_attributes(|name| {
            attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        });
        assert_eq!(viewer.name.as_deref(), Some("Jo"));
        assert_eq!((viewer.role, viewer.dates), (Some(Role::Operator), DateFormat::Iso));
        assert_eq!(viewer.zone, Some(("Europe/Berlin".to_owned(), 3600)));
        assert_eq!(viewer.system_problem, Some(SystemProblem::ReadOnly(ReadOnly::Damaged)));
    }
}
