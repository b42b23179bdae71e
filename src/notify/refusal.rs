//! What receivers say in the body of an answer when they do not take a message.

use serde_json::Value;

/// What a receiver said instead of taking a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

/// Fields in which services explain themselves, the most telling first.
const FIELDS: [&str; 7] = ["errorDescription", "description", "error", "errors", "message", "msg", "reason"];

/// What an answer says, in the words of the receiver.
pub(super) fn told(body: &[u8]) -> Option<Refusal> {
    let text = std::str::from_utf8(body).ok()?.trim();
    if let Ok(value) = serde_json::from_str::<Value>(text)
        && let Some(words) = words(&value)
    {
        return Some(Refusal(words));
    }
    // Slack answers with a word; a page of HTML helps nobody.
    (!text.is_empty() && !text.starts_with('<')).then(|| Refusal(text.to_owned()))
}

fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Array(parts) => {
            let parts: Vec<String> = parts.iter().filter_map(words).collect();
            (!parts.is_empty()).then(|| parts.join("; "))
        }
        Value::Object(fields) => FIELDS.iter().find_map(|name| fields.get(*name).and_then(words)),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// For how many seconds the body of an answer asks to wait: those of Matrix, Telegram and Discord do.
#[must_use]
pub fn pause(body: &[u8]) -> Option<i64> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let whole =
        |seconds: f64| (seconds.is_finite() && seconds > 0.0).then(|| format!("{:.0}", seconds.ceil()));
    let seconds = value.get("retry_after").and_then(Value::as_f64);
    let seconds = seconds.or_else(|| value.pointer("/parameters/retry_after").and_then(Value::as_f64));
    let seconds =
        seconds.or_else(|| value.get("retry_after_ms").and_then(Value::as_f64).map(|ms| ms / 1000.0));
    seconds.and_then(whole)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_the_words_of_the_receiver() {
        let told = |body: &str| told(body.as_bytes()).map(|refusal| refusal.0);
        for (body, words) in [
            // ntfy, Telegram, Gotify, Matrix, Pushover, Discord, Uptime Kuma, Power Automate, Mattermost, Slack
            (r#"{"code":40301,"http":403,"error":"forbidden"}"#, "forbidden"),
            (
                r#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#,
                "Bad Request: chat not found",
            ),
            (
                r#"{"error":"Unauthorized","errorCode":401,"errorDescription":"you need to provide a valid access token"}"#,
                "you need to provide a valid access token",
            ),
            (r#"{"errcode":"M_FORBIDDEN","error":"User @a:b not in room"}"#, "User @a:b not in room"),
            (
                r#"{"user":"invalid","errors":["user identifier is not a valid user, group, or subscribed user key"],"status":0}"#,
                "user identifier is not a valid user, group, or subscribed user key",
            ),
            (r#"{"message":"Unknown Webhook","code":10015}"#, "Unknown Webhook"),
            (r#"{"ok":false,"msg":"Monitor not found or not active."}"#, "Monitor not found or not active."),
            (
                r#"{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"The workflow is not enabled."}}"#,
                "The workflow is not enabled.",
            ),
            (
                r#"{"id":"web.incoming_webhook.disabled","message":"Incoming webhooks have been disabled.","status_code":501}"#,
                "Incoming webhooks have been disabled.",
            ),
            ("invalid_token", "invalid_token"),
        ] {
            assert_eq!(told(body).as_deref(), Some(words));
        }
        assert_eq!(told("<html>502</html>"), None);
        assert_eq!(told(""), None);
    }

    #[test]
    fn a_pause_in_the_body_is_understood() {
        assert_eq!(pause(br#"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2001}"#), Some(3));
        assert_eq!(pause(br#"{"ok":false,"parameters":{"retry_after":35}}"#), Some(35));
        assert_eq!(
            pause(br#"{"message":"You are being rate limited.","retry_after":64.57,"global":false}"#),
            Some(65)
        );
        for body in ["", "{}", r#"{"retry_after":-3}"#, r#"{"retry_after":1e400}"#, r#"{"retry_after":"x"}"#]
        {
            assert_eq!(pause(body.as_bytes()), None, "{body}");
        }
    }
}
