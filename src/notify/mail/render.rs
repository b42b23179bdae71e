//! How a message reads as an e-mail: as text, and as HTML that has no colours of its own but for the link and the states, so that
//! it is legible in dark mode too.

use lettre::message::{
    Mailbox, Message as Letter, MultiPart,
    header::{HeaderName, HeaderValue},
};

use crate::{
    notify::{Item, Message},
    topic::Topic,
};

/// The e-mail about a message. Its id is made of `stem` and `id`, so it is the same when the message is sent again. All messages about
/// an incident refer to an id that is made of that of the incident: clients show them as one conversation.
pub(super) fn letter(
    from: &Mailbox,
    to: &[Mailbox],
    (stem, id): (&str, &str),
    message: &Message,
) -> Option<Letter> {
    let domain = from.email.domain();
    let own = |what: String| format!("<duplistatus.{stem}.{what}@{domain}>");
    let mut builder = Letter::builder()
        .from(from.clone())
        .subject(message.title())
        .message_id(Some(own(id.to_owned())))
        // Automatic replies are not sent to it (RFC 3834).
        .raw_header(raw("Auto-Submitted", "auto-generated")?)
        .raw_header(raw("X-Auto-Response-Suppress", "All")?);
    for recipient in to {
        builder = builder.to(recipient.clone());
    }
    let mut incidents: Vec<i64> = message.items.iter().filter_map(|item| item.incident).collect();
    incidents.dedup();
    let roots: Vec<String> = incidents.iter().map(|incident| own(format!("incident-{incident}"))).collect();
    if let Some(first) = roots.first() {
        builder = builder.in_reply_to(first.clone()).references(roots.join(" "));
    }
    let parts = MultiPart::alternative_plain_html(text(message), html(message));
    builder.multipart(parts).ok()
}

fn raw(name: &'static str, value: &str) -> Option<HeaderValue> {
    let name = HeaderName::new_from_ascii(name.to_owned()).ok()?;
    Some(HeaderValue::new(name, value.to_owned()))
}

fn text(message: &Message) -> String {
    let link = message.link().map(|link| format!("\n\n{link}")).unwrap_or_default();
    format!("{}\n\n{}{link}\n", message.title(), message.text())
}

/// A text in HTML, also within quotes.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(c),
        }
    }
    html
}

const HEAD: &str = concat!(
    r#"<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8">"#,
    r#"<meta name="viewport" content="width=device-width, initial-scale=1">"#,
    r#"<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">"#,
    "<style>:root{color-scheme:light dark}</style><title>",
);
const BODY: &str = concat!(
    r#"</title></head><body style="margin:0;padding:16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;"#,
    r#"font-size:16px;line-height:1.5"><div role="article" lang="en" style="max-width:640px;margin:0 auto">"#,
    r#"<h1 style="font-size:20px;line-height:1.3;margin:0 0 16px">"#,
);
const CELL: &str =
    r#"style="text-align:left;vertical-align:top;padding:8px 12px 8px 0;border-bottom:1px solid #8888""#;

fn html(message: &Message) -> String {
    let title = escaped(&message.title());
    let link = message
        .link()
        .map(|link| {
            format!(
                "<p style=\"margin:24px 0\"><a href=\"{}\" style=\"display:inline-block;padding:10px 18px;border-radius:6px;background:#1d5fd1;color:#ffffff;text-decoration:none;font-weight:600\">Open duplistatus</a></p>",
                escaped(&link)
            )
        })
        .unwrap_or_default();
    format!("{HEAD}{title}{BODY}{title}</h1>{}{link}</div></body></html>\n", content(message))
}

/// A table of the jobs; where there are none, the text.
fn content(message: &Message) -> String {
    let paragraph = |text: &str| format!("<p style=\"margin:0 0 8px\">{}</p>", escaped(text));
    if message.items.is_empty() || message.written.is_some() {
        return message.text().lines().map(paragraph).collect();
    }
    let rows: String = message.items.iter().map(row).collect();
    let head = ["State", "Server", "Job", "What happened"]
        .map(|name| format!("<th scope=\"col\" {CELL}>{name}</th>"))
        .concat();
    let more =
        if message.more > 0 { paragraph(&format!("and {} more", message.more)) } else { String::new() };
    let again = if message.may_be_repeated {
        paragraph("You may have received this message before.")
    } else {
        String::new()
    };
    format!(
        "<table style=\"border-collapse:collapse;width:100%;margin:0 0 16px\"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}{again}"
    )
}

fn row(item: &Item) -> String {
    // Text has the colour of the reader's theme, because none is legible on white and on black; the line beside it needs less contrast.
    let color = match item.topic {
        Topic::System | Topic::Stuck | Topic::Failed => "#d1242f",
        Topic::Silent | Topic::Late | Topic::Check | Topic::Quota | Topic::NewWarning => "#b26a00",
        Topic::Recovered => "#2b8a3e",
    };
    let facts: Vec<String> = item.facts.iter().map(|fact| escaped(fact)).collect();
    format!(
        "<tr><td {CELL}><strong style=\"border-left:4px solid {color};padding-left:8px;white-space:nowrap\">{}</strong></td><td {CELL}>{}</td><th scope=\"row\" {CELL}>{}</th><td {CELL}>{}</td></tr>",
        escaped(&item.event()),
        escaped(&item.server),
        escaped(&item.job),
        facts.join("<br>"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::message::tests::{item, message};

    fn written(message: &Message) -> String {
        let from = "duplistatus <backup@example.org>".parse().unwrap();
        let to: [Mailbox; 2] =
            ["anna@example.org".parse().unwrap(), "\"Otto, B\" <otto@example.org>".parse().unwrap()];
        let letter = letter(&from, &to, ("s1", "7"), message).unwrap();
        String::from_utf8(letter.formatted()).unwrap()
    }

    fn header(mail: &str, name: &str) -> Option<String> {
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        let head = head.replace("\r\n ", " ");
        head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
    }

    #[test]
    fn messages_about_an_incident_are_one_conversation() {
        let mut failed = item(Topic::Failed, "nas", "photos", "The disk is full.");
        failed.incident = Some(5);
        let mut other = item(Topic::Late, "nas", "mail", "Expected at 02:00.");
        other.incident = Some(9);
        let mail = written(&message(vec![failed.clone(), other]));
        let root = "<duplistatus.s1.incident-5@example.org>";
        assert_eq!(header(&mail, "Message-ID").as_deref(), Some("<duplistatus.s1.7@example.org>"));
        assert_eq!(header(&mail, "In-Reply-To").as_deref(), Some(root));
        let references = format!("{root} <duplistatus.s1.incident-9@example.org>");
        assert_eq!(header(&mail, "References"), Some(references));
        assert_eq!(header(&mail, "Auto-Submitted").as_deref(), Some("auto-generated"));
        failed.topic = Topic::Recovered;
        assert_eq!(header(&written(&message(vec![failed])), "References").as_deref(), Some(root));
        // What is about no incident stands alone.
        let mail = written(&message(Vec::new()));
        assert_eq!(header(&mail, "References"), None);
    }

    #[test]
    fn names_make_up_no_headers_and_no_markup() {
        let hostile =
            item(Topic::Failed, "nas\r\nBcc: all@example.org\r\n\r\nx", "<script>a</script>", "<b>&\"'");
        let message = message(vec![hostile.clone(), hostile]);
        let mail = written(&message);
        assert_eq!(header(&mail, "Bcc"), None, "{mail}");
        assert_eq!(
            header(&mail, "To").as_deref(),
            Some("anna@example.org, =?utf-8?b?T3R0bywgQg==?= <otto@example.org>")
        );
        let html = html(&message);
        assert!(!html.contains("<script>") && html.contains("&lt;script&gt;a&lt;/script&gt;"), "{html}");
        assert!(html.contains("&lt;b&gt;&amp;&quot;&#39;"), "{html}");
    }

    #[test]
    fn the_table_has_a_row_for_each_job_and_the_link_is_a_button() {
        let mut many = message(vec![
            item(Topic::Failed, "nas", "photos", "The disk is full."),
            item(Topic::Recovered, "nas", "mail", "It was late for 2 h."),
        ]);
        many.more = 37;
        let html = html(&many);
        assert_eq!(html.matches("<tr>").count(), 3);
        assert!(html.contains("Failed</strong>") && html.contains("Recovered</strong>"), "{html}");
        assert!(html.contains("and 37 more"), "{html}");
        assert!(html.contains("href=\"https://backup.example/status/incidents\""), "{html}");
        // Without jobs, it is the text.
        let none = super::html(&message(Vec::new()));
        assert!(!none.contains("<table"), "{none}");
        assert!(
            text(&many).starts_with("39 jobs need attention\n\nFailed: nas / photos\n"),
            "{}",
            text(&many)
        );
    }
}
