//! Pushover: `POST /1/messages.json` with the token of an application and the key of a user or group
//! (<https://pushover.net/api>).

use super::{InvalidChannel, Message, Priority, Request};
use crate::shorten::shorten;

/// Where messages are posted.
pub(super) const API: &str = "https://api.pushover.net/1/messages.json";
/// Longest message, title and URL: characters.
const MESSAGE: usize = 1024;
const TITLE: usize = 250;
const URL: usize = 512;
/// How often an urgent message is repeated, and for how long: seconds.
const RETRY: &str = "60";
const EXPIRE: &str = "3600";

/// Checks a key or token: 30 letters and digits.
pub(super) fn key(field: &'static str, text: &str) -> Result<String, InvalidChannel> {
    let text = text.trim();
    if text.len() == 30 && text.chars().all(|c| c.is_ascii_alphanumeric()) {
        Ok(text.to_owned())
    } else {
        Err(InvalidChannel { field, hint: "enter the 30 letters and digits that Pushover shows" })
    }
}

/// What is shown of a key.
pub(super) fn masked(key: &str) -> String {
    let end: String = key.chars().skip(key.chars().count().saturating_sub(4)).collect();
    format!("…{end}")
}

pub(super) fn request(
    api: &str,
    (token, user): (&str, &str),
    priority: Priority,
    message: &Message,
) -> Request {
    let priority = priority.of(message);
    let number = match priority {
        Priority::Low => "-1",
        Priority::Auto | Priority::Normal => "0",
        Priority::High => "1",
        Priority::Urgent => "2",
    };
    let (title, text) = (shorten(&message.title(), TITLE), shorten(&message.text(), MESSAGE));
    // A message without text is refused.
    let text = if text.is_empty() { title.clone() } else { text };
    let link = message.link().filter(|link| link.chars().count() <= URL);
    let mut fields =
        vec![("token", token), ("user", user), ("title", &title), ("message", &text), ("priority", number)];
    if priority == Priority::Urgent {
        fields.extend([("retry", RETRY), ("expire", EXPIRE)]);
    }
    if let Some(link) = &link {
        fields.extend([("url", link.as_str()), ("url_title", "Open duplistatus")]);
    }
    Request::form(api.to_owned(), &fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        notify::message::tests::{item, message},
        topic::Topic,
    };

    fn fields(request: &Request) -> Vec<(String, String)> {
        let query = String::from_utf8(request.body.clone()).unwrap();
        let url = reqwest::Url::parse(&format!("form:?{query}")).unwrap();
        url.query_pairs().into_owned().collect()
    }

    #[test]
    fn the_fields_are_those_of_the_api_and_within_its_limits() {
        let message = message(vec![item(Topic::Failed, "nas", "photos & more", &"ü".repeat(2_000))]);
        let keys = ("azGDORePK8gMaC0QOYAMyEEuzJnyUi", "uQiRzpo4DXghDmr9QzzfQu27cmVRsG");
        let request = request(API, keys, Priority::Urgent, &message);
        let fields = fields(&request);
        let of = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        assert_eq!((of("token"), of("user")), (Some(keys.0), Some(keys.1)));
        assert_eq!(of("title"), Some("Failed: nas / photos & more"));
        assert_eq!((of("priority"), of("retry"), of("expire")), (Some("2"), Some("60"), Some("3600")));
        assert_eq!(of("url"), Some("https://backup.example/status/incidents?job=3"));
        assert!(of("message").unwrap().chars().count() <= MESSAGE);
        let calm = super::request(API, keys, Priority::Auto, &message);
        let calm = self::fields(&calm);
        assert!(calm.contains(&("priority".into(), "1".into())));
        assert!(calm.iter().all(|(name, _)| name != "retry"));
    }

    #[test]
    fn keys_are_checked_and_masked() {
        assert!(key("token", "azGDORePK8gMaC0QOYAMyEEuzJnyUi").is_ok());
        assert!(key("key", "anna@example.org").is_err());
        assert_eq!(masked("uQiRzpo4DXghDmr9QzzfQu27cmVRsG"), "…VRsG");
    }
}
