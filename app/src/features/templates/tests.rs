//! The page of templates as HTML, from made-up data.

use duplistatus::{
    access::Role,
    dto::template::{
        DEFAULT_BODY, DEFAULT_TITLE, ImportedTemplate, Origin, TemplateError, TemplateForm, TemplatePreview,
        TemplateQuery, TemplateTopic, TemplatesPage,
    },
    topic::Topic,
};
use leptos::prelude::*;

use super::TemplatesView;
use crate::{
    context::viewer::Viewer,
    testing::{HOSTILE, assert_harmless, html},
};

fn page() -> TemplatesPage {
    TemplatesPage {
        query: TemplateQuery::default(),
        form: TemplateForm {
            topic: "failed".into(),
            kind: String::new(),
            title: DEFAULT_TITLE.into(),
            body: DEFAULT_BODY.into(),
        },
        origin: Origin::Default,
        changed: Vec::new(),
        preview: Ok(TemplatePreview {
            title: "Failed: nas / photos".into(),
            text: "The disk is full.".into(),
            of: Some("nas / photos".into()),
        }),
        imported: Vec::new(),
    }
}

fn shown(role: Role, page: TemplatesPage) -> String {
    html(move || {
        provide_context(Viewer { role: Some(role), ..Viewer::default() });
        view! { <TemplatesView page=page /> }
    })
}

#[test]
fn a_text_is_shown_with_what_it_becomes_and_with_all_variables() {
    let html = shown(Role::Administrator, page());
    for part in [
        "{event}: {server_name} / {backup_name}",
        "{details}",
        "Failed: nas / photos",
        "The disk is full.",
        "With the values of nas / photos.",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    for topic in TemplateTopic::ALL {
        let query = TemplateQuery { topic, ..TemplateQuery::default() };
        let html = shown(Role::Administrator, TemplatesPage { query, ..page() });
        assert!(html.contains(&format!("/settings/templates?topic={}", topic.as_str())), "{html}");
        for name in topic.variables() {
            assert!(html.contains(&format!("<code>{{{name}}}</code>")), "{name}");
        }
    }
    assert!(
        html.contains("formaction=\"/api/fn/preview_template\"") && html.contains("save_template"),
        "{html}"
    );
    assert!(!html.contains("reset_template"), "nothing was changed: {html}");
}

#[test]
fn a_changed_text_can_be_reset_and_an_error_names_the_variable() {
    let changed = TemplatesPage {
        origin: Origin::Own,
        changed: vec![(TemplateTopic::Job(Topic::Failed), String::new())],
        preview: Err(TemplateError::Unknown(vec!["nonsense".into()])),
        ..page()
    };
    let html = shown(Role::Administrator, changed.clone());
    assert!(html.contains("reset_template") && html.contains("There is no variable {nonsense}."), "{html}");
    let viewer = shown(Role::Operator, changed);
    assert!(!viewer.contains("<form"), "{viewer}");
}

#[test]
fn imported_texts_are_shown_with_what_they_would_be() {
    let one = |name: &str, error| ImportedTemplate {
        name: name.into(),
        topics: vec![Topic::Failed, Topic::Check],
        title: "⚠️ {status}".into(),
        body: "{log_text}".into(),
        error,
    };
    let unusable = Some(TemplateError::TooLong(2000));
    let both =
        TemplatesPage { imported: vec![one("warning", None), one("success", unusable.clone())], ..page() };
    let html = shown(Role::Administrator, both);
    assert!(html.contains("import_templates") && html.contains("Use at most 2,000 characters."), "{html}");
    let none =
        shown(Role::Administrator, TemplatesPage { imported: vec![one("warning", unusable)], ..page() });
    assert!(!none.contains("import_templates"), "{none}");
}

#[test]
fn hostile_texts_are_text() {
    let hostile = || HOSTILE.to_owned();
    let mut all = page();
    (all.form.title, all.form.body) = (hostile(), hostile());
    all.preview = Ok(TemplatePreview { title: hostile(), text: hostile(), of: Some(hostile()) });
    all.imported = vec![ImportedTemplate {
        name: hostile(),
        topics: Vec::new(),
        title: hostile(),
        body: hostile(),
        error: None,
    }];
    assert_harmless(&shown(Role::Administrator, all.clone()));
    all.preview = Err(TemplateError::Unknown(vec![hostile()]));
    assert_harmless(&shown(Role::Administrator, all));
}
