//! The subset of Markdown that the link check needs: headings, inline code, link targets, fences.

/// A reference in a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Reference {
    /// The target of a link or an image.
    Link(String),
    /// The content of inline code.
    Code(String),
}

/// Returns the lines outside of fenced code, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        if fence {
            fenced = !fenced;
        }
        (!fenced && !fence).then_some((index + 1, line))
    })
}

/// Returns the anchors of all headings, as GitHub creates them.
pub fn anchors(text: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    for (_, line) in prose(text) {
        let level = line.chars().take_while(|each| *each == '#').count();
        let Some(title) = line.get(level..).and_then(|rest| rest.strip_prefix(' ')) else { continue };
        if level == 0 || level > 6 {
            continue;
        }
        let plain = anchor(title.trim());
        let earlier = anchors.iter().filter(|each| **each == plain).count();
        let mut number = earlier;
        let mut unique = if earlier == 0 { plain.clone() } else { format!("{plain}-{earlier}") };
        while anchors.contains(&unique) {
            number += 1;
            unique = format!("{plain}-{number}");
        }
        anchors.push(unique);
    }
    anchors
}

fn anchor(title: &str) -> String {
    let mut text = String::new();
    let mut rest = title;
    // Only the words of a link count.
    while let Some((before, link)) = rest.split_once('[') {
        let Some((words, after)) = link.split_once("](") else { break };
        text.push_str(before);
        text.push_str(words);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.chars()
        .filter_map(|each| match each {
            ' ' | '-' => Some('-'),
            '_' => Some('_'),
            _ if each.is_alphanumeric() => Some(each),
            _ => None,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// Returns all references of the text, with their line numbers.
pub fn references(text: &str) -> Vec<(usize, Reference)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        let (words, code) = without_code(line);
        found.extend(code.into_iter().map(|each| (number, Reference::Code(each))));
        found.extend(targets(&words).into_iter().map(|each| (number, Reference::Link(each))));
    }
    found
}

/// Returns the line without its inline code, and that code.
fn without_code(line: &str) -> (String, Vec<String>) {
    let (mut words, mut code, mut rest) = (String::new(), Vec::new(), line);
    while let Some((before, after)) = rest.split_once('`') {
        words.push_str(before);
        let Some((span, after)) = after.split_once('`') else {
            rest = after;
            break;
        };
        code.push(span.to_owned());
        // Keeps the brackets of `[`code`](target)` together.
        words.push('x');
        rest = after;
    }
    words.push_str(rest);
    (words, code)
}

/// Returns the targets of links, images and definitions in a line.
fn targets(words: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some((_, target)) = words.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
        found.push(target);
    }
    found.extend(
        words.split("](").skip(1).map(|rest| rest.split_once(')').map_or(rest, |(target, _)| target)),
    );
    let bare = |target: &str| {
        target.split_whitespace().next().unwrap_or_default().trim_matches(['<', '>']).to_owned()
    };
    found.into_iter().map(bare).filter(|target| !target.is_empty()).collect()
}
