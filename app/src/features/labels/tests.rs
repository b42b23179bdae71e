use duplistatus::dto::servers::{LabelChoices, ServerLabels};

use super::*;

fn html(data: Data) -> String {
    let owner = Owner::new();
    owner.with(|| {
        provide_context(leptos_router::location::RequestUrl::new("/"));
        view! {
            <leptos_router::components::Router>
                <LabelsView server=ServerId(3) data=data />
            </leptos_router::components::Router>
        }
        .to_html()
    })
}

#[test]
fn the_server_and_each_job_have_a_form_with_what_they_have() {
    let bad = "<img src=x>";
    let html = html(Data {
        server: bad.into(),
        labels: ServerLabels { group: Some("Müller & Co".into()), tags: vec!["a".into(), bad.into()] },
        jobs: vec![(JobId(7), "Photos".into(), vec!["off-site".into()]), (JobId(8), bad.into(), vec![])],
        choices: LabelChoices { groups: vec![bad.into()], tags: vec!["a".into(), bad.into()] },
    });
    assert_eq!(html.matches("<form").count(), 3, "{html}");
    assert!(
        html.contains(r#"action="/api/fn/label_server""#) && html.contains(r#"action="/api/fn/label_job""#)
    );
    assert!(html.contains(r#"value="Müller &amp; Co""#) && html.contains(r#"value="off-site""#), "{html}");
    assert!(!html.contains("<img") && html.contains("list=\"group-offers\""), "{html}");
    assert!(html.contains("In use: a, &lt;img src=x&gt;."), "{html}");
}
