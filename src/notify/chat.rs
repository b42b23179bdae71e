//! Incoming webhooks of chats: Slack, Mattermost, Rocket.Chat and Discord.

use serde_json::json;

use super::{Message, Request};
use crate::shorten::shorten;

/// The longest title that Discord takes: characters.
const TITLE: usize = 256;

/// `{"text": …}` with Slack's three escapes (<https://api.slack.com/reference/surfaces/formatting#escaping>).
pub(super) fn slack(url: &str, message: &Message) -> Request {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let link = message.link().map(|link| format!("\n<{link}|Open duplistatus>")).unwrap_or_default();
    let text = format!("*{}*\n{}{link}", escaped(&message.title()), escaped(&message.text()));
    Request::json(url.to_owned(), &json!({ "text": text }))
}

/// `{"text": …}` in Markdown (<https://developers.mattermost.com/integrate/webhooks/incoming/>).
pub(super) fn mattermost(url: &str, message: &Message) -> Request {
    let link = message.link().map(|link| format!("\n[Open duplistatus]({link})")).unwrap_or_default();
    let shown = |text: &str| without_mentions(&markdown(text));
    let text = format!("**{}**\n{}{link}", shown(&message.title()), shown(&message.text()));
    Request::json(url.to_owned(), &json!({ "text": text }))
}

/// `{"text": …}` (<https://docs.rocket.chat/docs/integrations>). Rocket.Chat knows the escapes of these four only.
pub(super) fn rocket_chat(url: &str, message: &Message) -> Request {
    let link = message.link().map(|link| format!("\n{link}")).unwrap_or_default();
    let shown = |text: &str| without_mentions(&escaped(text, &['*', '_', '~', '`']));
    let text = format!("*{}*\n{}{link}", shown(&message.title()), shown(&message.text()));
    Request::json(url.to_owned(), &json!({ "text": text }))
}

/// A text that mentions nobody: names come from others, and one could be called “@all”.
fn without_mentions(text: &str) -> String {
    text.replace('@', "@\u{200b}")
}

/// An embed, whose title and description take no mentions; `allowed_mentions` refuses them once more.
pub(super) fn discord(url: &str, message: &Message) -> Request {
    let (title, escaped) = (message.title(), markdown(&message.title()));
    let is_long = escaped.chars().count() > TITLE;
    let embed = json!({
        "title": if is_long { markdown(&shorten(&title, TITLE / 2)) } else { escaped },
        "description": markdown(&message.text()),
        "url": message.link(),
    });
    Request::json(url.to_owned(), &json!({ "embeds": [embed], "allowed_mentions": { "parse": [] } }))
}

/// A text that Markdown shows as it is.
fn markdown(text: &str) -> String {
    escaped(text, &['\\', '*', '_', '~', '`', '|', '>', '[', ']', '(', ')', '#'])
}

/// A text with a backslash before each of these.
fn escaped(text: &str, special: &[char]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if special.contains(&c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{
        notify::message::tests::{item, message},
        topic::Topic,
    };

    #[test]
    fn slack_takes_nothing_for_markup_or_a_mention() {
        let message = message(vec![item(Topic::Failed, "nas", "<!channel>", "a & b")]);
        let body: Value = serde_json::from_slice(&slack("https://hooks.example/x", &message).body).unwrap();
        let link = "<https://backup.example/status/incidents?job=3|Open duplistatus>";
        assert_eq!(body["text"], format!("*Failed: nas / &lt;!channel&gt;*\na &amp; b\n{link}"));
    }

    #[test]
    fn mattermost_and_rocket_chat_show_names_as_they_are_and_mention_nobody() {
        let message = message(vec![item(Topic::Failed, "nas", "@all", "a *b* [c](https://evil.example)")]);
        let text = |request: Request| -> String {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            body["text"].as_str().unwrap().to_owned()
        };
        let link = "https://backup.example/status/incidents?job=3";
        assert_eq!(
            text(mattermost("https://chat.example/hooks/x", &message)),
            format!(
                "**Failed: nas / @\u{200b}all**\na \\*b\\* \\[c\\]\\(https://evil.example\\)\n[Open duplistatus]({link})"
            )
        );
        assert_eq!(
            text(rocket_chat("https://chat.example/hooks/x", &message)),
            format!("*Failed: nas / @\u{200b}all*\na \\*b\\* [c](https://evil.example)\n{link}")
        );
    }

    #[test]
    fn discord_shows_names_as_they_are() {
        let message = message(vec![item(Topic::Failed, "nas", "**db** @everyone", "C:\\data")]);
        let body: Value =
            serde_json::from_slice(&discord("https://discord.example/x", &message).body).unwrap();
        assert_eq!(body["embeds"][0]["title"], "Failed: nas / \\*\\*db\\*\\* @everyone");
        assert_eq!(body["embeds"][0]["description"], "C:\\\\data");
        assert_eq!(body["allowed_mentions"], json!({ "parse": [] }));
    }

    #[test]
    fn a_title_that_grows_by_escaping_stays_within_what_discord_takes() {
        let message = message(vec![item(Topic::Failed, "nas", &"_".repeat(500), "x")]);
        let body: Value =
            serde_json::from_slice(&discord("https://discord.example/x", &message).body).unwrap();
        let title = body["embeds"][0]["title"].as_str().unwrap();
        assert!(title.chars().count() <= TITLE && title.ends_with('…'), "{title}");
    }
}
