//! The forms of a page, as a browser reads and submits them.

/// A control of a form.
#[derive(Debug, Clone, Default)]
pub(super) struct Control {
    /// The `type` of an input, `textarea` or `select`.
    pub(super) kind: String,
    pub(super) name: String,
    value: String,
    is_chosen: bool,
    is_disabled: bool,
    is_invalid: bool,
    described_by: String,
    options: Vec<(String, bool)>,
}

/// A form.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    pub(super) method: String,
    pub(super) action: String,
    /// Whether a closed panel around it hides it.
    pub(super) is_hidden: bool,
    pub(super) controls: Vec<Control>,
}

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) forms: Vec<Form>,
    /// What is marked as wrong: the ids of what says why.
    pub(super) wrong: Vec<String>,
    pub(super) ids: Vec<String>,
}

impl Control {
    /// Whether a user sees it and can change it.
    pub(super) fn is_visible(&self) -> bool {
        !matches!(self.kind.as_str(), "hidden" | "submit" | "button")
    }

    fn is_box(&self) -> bool {
        matches!(self.kind.as_str(), "checkbox" | "radio")
    }

    /// What it says is wrong with it: the id of that text.
    fn wrong(&self) -> Option<String> {
        let ids = self.described_by.split(' ').filter(|id| id.ends_with("-wrong"));
        self.is_invalid.then(|| ids.map(str::to_owned).next().unwrap_or_default())
    }
}

impl Form {
    /// The function that it submits to.
    pub(super) fn function(&self) -> &str {
        let path = self.action.split(['?', '#']).next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }

    /// Which of several forms of its function it is.
    pub(super) fn id(&self) -> &str {
        let id = self.controls.iter().find(|control| control.name == "form-id");
        id.map(|control| control.value.as_str()).unwrap_or_default()
    }

    /// What a browser sends.
    pub(super) fn submission(&self) -> Vec<(String, String)> {
        let mut sent = Vec::new();
        for control in &self.controls {
            let is_left_out = control.is_disabled
                || control.name.is_empty()
                || matches!(control.kind.as_str(), "submit" | "button" | "file")
                || control.is_box() && !control.is_chosen;
            if is_left_out {
                continue;
            }
            let value = match control.kind.as_str() {
                "select" => {
                    let chosen = control.options.iter().find(|(_, is_chosen)| *is_chosen);
                    chosen.or(control.options.first()).map(|(value, _)| value.clone()).unwrap_or_default()
                }
                _ => control.value.clone(),
            };
            sent.push((control.name.clone(), value));
        }
        sent
    }

    /// The form after a user entered something: all values of a name are given together, none leaves its boxes empty.
    pub(super) fn with(mut self, entered: &[(&str, &[&str])]) -> Self {
        for (name, values) in entered {
            let mut controls = self.controls.iter_mut().filter(|control| control.name == *name).peekable();
            assert!(controls.peek().is_some(), "there is no field {name} in {}", self.action);
            for control in controls {
                match control.kind.as_str() {
                    "checkbox" | "radio" => control.is_chosen = values.contains(&control.value.as_str()),
                    "select" => {
                        let value = values.first().copied().unwrap_or_default();
                        assert!(control.options.iter().any(|(known, _)| known == value), "{name}={value}");
                        for (known, is_chosen) in &mut control.options {
                            *is_chosen = known == value;
                        }
                    }
                    _ => control.value = values.first().copied().unwrap_or_default().to_owned(),
                }
            }
        }
        self
    }
}

/// Reads a page.
pub(super) fn read(html: &str) -> Page {
    let mut page = Page::default();
    let mut panels: Vec<bool> = Vec::new();
    let mut form: Option<Form> = None;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("<!--") {
            rest = after.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let (tag, after) = tag(rest);
        rest = after;
        if let Some(id) = tag.get("id") {
            page.ids.push(id.to_owned());
        }
        match tag.name.as_str() {
            "script" | "style" => rest = rest.split_once("</").map_or("", |(_, rest)| rest),
            "details" => panels.push(tag.get("open").is_none()),
            "/details" => {
                panels.pop();
            }
            "form" => {
                form = Some(Form {
                    method: tag.get("method").unwrap_or("get").to_owned(),
                    action: tag.get("action").unwrap_or_default().to_owned(),
                    is_hidden: panels.contains(&true),
                    controls: Vec::new(),
                });
            }
            "/form" => page.forms.extend(form.take()),
            "fieldset" if tag.get("data-invalid").is_some() => {
                page.wrong.push(tag.get("aria-describedby").unwrap_or_default().to_owned());
            }
            "option" => {
                let select = form.as_mut().and_then(|form| form.controls.last_mut());
                if let Some(select) = select.filter(|control| control.kind == "select") {
                    let value = tag.get("value").unwrap_or_default().to_owned();
                    select.options.push((value, tag.get("selected").is_some()));
                }
            }
            "input" | "textarea" | "select" => {
                let kind = match tag.name.as_str() {
                    "input" => tag.get("type").unwrap_or("text"),
                    name => name,
                };
                let mut control = Control {
                    kind: kind.to_owned(),
                    name: tag.get("name").unwrap_or_default().to_owned(),
                    value: tag.get("value").unwrap_or_default().to_owned(),
                    is_chosen: tag.get("checked").is_some(),
                    is_disabled: tag.get("disabled").is_some(),
                    is_invalid: tag.get("aria-invalid").is_some(),
                    described_by: tag.get("aria-describedby").unwrap_or_default().to_owned(),
                    options: Vec::new(),
                };
                if kind == "textarea" {
                    let (text, after) = rest.split_once("</textarea>").unwrap_or((rest, ""));
                    (control.value, rest) = (decoded(text), after);
                }
                page.wrong.extend(control.wrong());
                if let Some(form) = &mut form {
                    form.controls.push(control);
                }
            }
            _ => {}
        }
    }
    page
}

struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The tag at the beginning of a text, and what is after it.
fn tag(text: &str) -> (Tag, &str) {
    let text = &text[1..];
    let end =
        text.find(|character: char| character.is_whitespace() || character == '>').unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|character: char| character.is_whitespace() || character == '/');
        if rest.is_empty() {
            break;
        }
        if let Some(after) = rest.strip_prefix('>') {
            rest = after;
            break;
        }
        let end = rest
            .find(|character: char| character.is_whitespace() || matches!(character, '=' | '>' | '/'))
            .unwrap_or(rest.len());
        let (attribute, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(value) => value.split_once('"').unwrap_or((value, "")),
            None => match after.strip_prefix('=') {
                Some(value) => {
                    let end = value
                        .find(|character: char| character.is_whitespace() || character == '>')
                        .unwrap_or(value.len());
                    value.split_at(end)
                }
                None => ("", after),
            },
        };
        attributes.push((attribute.to_owned(), decoded(value)));
        rest = after;
    }
    (Tag { name: name.to_owned(), attributes }, rest)
}

fn decoded(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&#x27;", "'").replace("&#39;", "'").replace("&amp;", "&")
}

#[test]
fn a_page_is_read_as_a_browser_does() {
    let page = read(
        "<!DOCTYPE html><!--x--><details><form method=\"post\" action=\"/api/fn/a#b\"><input name=\"x\" value=\"1&amp;2\" \
         aria-invalid=\"true\" aria-describedby=\"h x-wrong\"/><input type=\"checkbox\" name=\"y\" value=\"on\" checked><select \
         name=\"z\"><option value=\"1\">One<option value=\"2\" selected></select><textarea name=\"t\">&lt;b&gt;</textarea></form></details>",
    );
    let form = &page.forms[0];
    let sent: Vec<String> =
        form.submission().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(sent, ["x=1&2", "y=on", "z=2", "t=<b>"]);
    assert_eq!((form.function(), form.is_hidden), ("a", true));
    assert_eq!(page.wrong, ["x-wrong"]);
    let form = form.clone().with(&[("y", &[]), ("z", &["1"]), ("x", &["3"])]);
    assert_eq!(form.submission().len(), 3);
}
