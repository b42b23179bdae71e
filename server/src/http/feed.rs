//! Incidents as an Atom feed (RFC 4287).

use std::io;

use app::features::public_pages::words;
use axum::{
    Extension,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use duplistatus::{
    error::Error,
    service::{
        security::RequestEnvironment,
        session::Caller,
        sharing::feed::{self, Feed, FeedEntry},
    },
};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};

use super::{answer::service_problem, conditional, page::page_context};
use crate::{client::Client, state::AppState};

const KIND: &str = "application/atom+xml; charset=utf-8";

/// `GET /feed/{token}`: the feed.
pub async fn show(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    Extension(caller): Extension<Caller>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let token = token.strip_suffix(".atom").unwrap_or(&token);
    let feed = match feed::show(&state.services, &caller, token).await {
        Ok(feed) => feed,
        Err(error) => return service_problem(&error),
    };
    let RequestEnvironment { url, .. } = page_context(&state, Some(&client));
    match written(&feed, &url) {
        Ok(text) => conditional::text(&headers, KIND, text, Some(feed.updated)),
        Err(error) => service_problem(&Error::Internal(Box::new(error))),
    }
}

/// Writes a feed; `root` is the address of the program.
fn written(feed: &Feed, root: &str) -> io::Result<String> {
    let mut writer = Writer::new(Vec::new());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let element = writer.create_element("feed").with_attribute(("xmlns", "http://www.w3.org/2005/Atom"));
    element.write_inner_content(|writer| {
        text(writer, "id", &format!("urn:uuid:{}", feed.id))?;
        text(writer, "title", &words::feed_title(&feed.name))?;
        text(writer, "updated", &feed.updated.to_string())?;
        writer.create_element("author").write_inner_content(|writer| text(writer, "name", "duplistatus"))?;
        feed.entries.iter().try_for_each(|entry| write_entry(writer, entry, root))
    })?;
    String::from_utf8(writer.into_inner()).map_err(io::Error::other)
}

fn write_entry(writer: &mut Writer<Vec<u8>>, entry: &FeedEntry, root: &str) -> io::Result<()> {
    let (title, summary) = words::incident(&entry.name, entry.problem, entry.since, entry.closed);
    let path = entry.job.map_or_else(|| "/incidents".to_owned(), |job| format!("/jobs/{job}"));
    writer.create_element("entry").write_inner_content(|writer| {
        text(writer, "id", &format!("urn:uuid:{}", entry.id))?;
        text(writer, "title", &title)?;
        text(writer, "updated", &entry.at.to_string())?;
        writer
            .create_element("link")
            .with_attribute(("href", format!("{root}{path}").as_str()))
            .write_empty()?;
        text(writer, "summary", &summary)
    })?;
    Ok(())
}

fn text(writer: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    // No document of XML 1.0 contains these, escaped or not.
    let is_none = |letter: char| letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}');
    let text = text.replace(is_none, "\u{fffd}");
    writer.create_element(name).write_text_content(BytesText::new(&text))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_only_text() {
        let mut writer = Writer::new(Vec::new());
        text(&mut writer, "title", "<b>&\u{1}\u{ffff}").unwrap();
        let written = String::from_utf8(writer.into_inner()).unwrap();
        assert_eq!(written, "<title>&lt;b&gt;&amp;\u{fffd}\u{fffd}</title>");
    }
}
