//! Microsoft Teams: the trigger “When a Teams webhook request is received” of a workflow, which takes an Adaptive Card
//! (<https://learn.microsoft.com/connectors/teams/#when-a-teams-webhook-request-is-received>).

use serde_json::{Value, json};

use super::{Message, Request};
use crate::topic::Topic;

/// Texts are runs of a rich text block, because the other kind of text takes Markdown.
fn text(text: &str, style: &Value) -> Value {
    let mut run = style.clone();
    if let Value::Object(run) = &mut run {
        run.insert("type".to_owned(), "TextRun".into());
        run.insert("text".to_owned(), text.into());
    }
    json!({ "type": "RichTextBlock", "inlines": [run] })
}

pub(super) fn request(url: &str, message: &Message) -> Request {
    let color = match message.worst() {
        Topic::System | Topic::Stuck | Topic::Failed => "attention",
        Topic::Silent | Topic::Late | Topic::Check | Topic::Quota | Topic::NewWarning => "warning",
        Topic::Recovered => "good",
    };
    let mut body =
        vec![text(&message.title(), &json!({ "weight": "bolder", "size": "medium", "color": color }))];
    body.extend(message.text().lines().map(|line| text(line, &json!({}))));
    let actions: Vec<Value> = message
        .link()
        .map(|link| json!({ "type": "Action.OpenUrl", "title": "Open duplistatus", "url": link }))
        .into_iter()
        .collect();
    let card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        // Shown in the list of notifications.
        "fallbackText": message.title(),
        "msteams": { "width": "Full" },
        "body": body,
        "actions": actions,
    });
    let attachment = json!({
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": null,
        "content": card,
    });
    Request::json(url.to_owned(), &json!({ "type": "message", "attachments": [attachment] }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::message::tests::{item, message};

    #[test]
    fn a_message_is_an_adaptive_card_without_markdown() {
        let message =
            message(vec![item(Topic::Failed, "nas", "**db**", "The [disk](https://evil.example) is full.")]);
        let request = request("https://example.logic.azure.com/workflows/1", &message);
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["type"], "message");
        let attachment = &body["attachments"][0];
        assert_eq!(attachment["contentType"], "application/vnd.microsoft.card.adaptive");
        let card = &attachment["content"];
        assert_eq!((&card["type"], &card["version"]), (&json!("AdaptiveCard"), &json!("1.4")));
        assert_eq!(
            card["body"][0]["inlines"][0],
            json!({ "type": "TextRun", "text": "Failed: nas / **db**", "weight": "bolder", "size": "medium", "color": "attention" })
        );
        assert_eq!(card["body"][1]["inlines"][0]["text"], "The [disk](https://evil.example) is full.");
        assert_eq!(card["actions"][0]["url"], "https://backup.example/status/incidents?job=3");
    }
}
