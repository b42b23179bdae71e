//! The page of the tasks as HTML, from made-up data.

use duplistatus::{
    dto::database::{TaskResult, TaskState},
    service::tasks::TASKS,
};
use leptos::prelude::*;

use super::{TasksView, api::TasksPage, words::task_words};
use crate::{
    locale::Locale,
    testing::{HOSTILE, ago, assert_harmless, html, preview},
};

pub(super) fn task(name: &str) -> TaskState {
    TaskState {
        name: name.into(),
        deletes: TASKS.iter().any(|known| known.name == name && known.deletes.is_some()),
        enabled: true,
        schedule: "daily 02:30".into(),
        usual_schedule: "daily 02:30".into(),
        next_run: Some(ago(-50_000)),
        last_run: Some(ago(3600)),
        last_duration: Some(1900),
        last_result: Some(TaskResult::Ok),
        last_message: Some("3 runs and 0 other operations deleted".into()),
        running_since: None,
        overdue: false,
    }
}

fn page() -> TasksPage {
    TasksPage { now: ago(0), question: None, tasks: TASKS.iter().map(|known| task(known.name)).collect() }
}

fn show(change: impl FnOnce(&mut TaskState)) -> String {
    let mut page = page();
    page.tasks.truncate(1);
    page.tasks.iter_mut().for_each({
        let mut change = Some(change);
        move |task| change.take().into_iter().for_each(|change| change(task))
    });
    html(move || view! { <TasksView page=page /> })
}

#[test]
fn what_deletes_is_asked_about_and_says_how_much() {
    let html_of = |question: Option<(String, i64)>| {
        let page = TasksPage { question, ..page() };
        html(move || view! { <TasksView page=page /> })
    };
    let plain = html_of(None);
    for known in TASKS {
        let asks = plain.contains(&format!("?run={}#run-task", known.name));
        let runs = plain.contains(&format!(
            "action=\"/api/fn/run_task\" class=\"\"><!><!><input type=\"hidden\" name=\"name\" value=\"{}\"",
            known.name
        ));
        assert_eq!(
            (asks, runs),
            (known.deletes.is_some(), known.deletes.is_none()),
            "{}: {plain}",
            known.name
        );
    }
    let asked = html_of(Some(("raw-reports".into(), 1234)));
    for words in [
        "Run “Raw reports” now?",
        "1,234 raw reports",
        "name=\"at_most\" value=\"1234\"",
        "Delete 1,234 and run",
    ] {
        assert!(asked.contains(words), "{words}: {asked}");
    }
    let nothing = html_of(Some(("retention".into(), 0)));
    assert!(nothing.contains("Nothing would be deleted") && !nothing.contains("Delete 0"), "{nothing}");
    assert!(!html_of(Some(("unknown".into(), 3))).contains("id=\"run-task\""));
}

#[test]
fn every_task_has_words() {
    for known in TASKS {
        let (title, what) = task_words(Locale::en, known.name);
        assert!(title != known.name && what.is_some_and(|what| !what.is_empty()), "{}", known.name);
    }
    assert_eq!(task_words(Locale::en, "other"), ("other".to_owned(), None));
}

#[test]
fn a_task_says_what_it_did_and_when_it_runs_next() {
    let html = show(|_| {});
    assert!(html.contains("Done") && html.contains("took 1.9 s") && html.contains("1 h ago"), "{html}");
    assert!(html.contains("daily 02:30") && html.contains("Run now") && html.contains("checked"), "{html}");
}

#[test]
fn running_overdue_failed_and_off_are_told_apart() {
    let running = show(|task| task.running_since = Some(ago(90)));
    assert!(running.contains("Running for 1 min") && !running.contains("Run now"), "{running}");
    let overdue = show(|task| task.overdue = true);
    assert!(overdue.contains("Overdue"), "{overdue}");
    let off = show(|task| (task.enabled, task.next_run) = (false, None));
    assert!(off.contains("Does not run automatically") && !off.contains("checked"), "{off}");
    let failed = show(|task| {
        task.last_result = Some(TaskResult::Failed);
        task.last_message = Some(HOSTILE.into());
    });
    assert!(failed.contains("Failed"), "{failed}");
    assert_harmless(&failed);
    let never = show(|task| (task.last_run, task.last_result) = (None, None));
    assert!(never.contains("never"), "{never}");
}

#[test]
fn a_schedule_of_ones_own_is_in_the_field_and_the_usual_one_is_not() {
    let own = show(|task| task.schedule = "every 6h".into());
    assert!(own.contains("value=\"every 6h\"") && own.contains("the default, daily 02:30"), "{own}");
    let usual = show(|_| {});
    assert!(!usual.contains("value=\"daily 02:30\""), "{usual}");
}

#[test]
#[ignore = "for the eye: writes target/preview/*.html"]
fn preview_tasks() -> std::io::Result<()> {
    let mut page = page();
    for (number, task) in page.tasks.iter_mut().enumerate() {
        match number {
            1 => task.running_since = Some(ago(90)),
            2 => (task.enabled, task.next_run) = (false, None),
            3 => {
                task.last_result = Some(TaskResult::Failed);
                task.last_message = Some("not enough space in /var/lib/duplistatus: free 120 MB".into());
            }
            4 => task.overdue = true,
            _ => {}
        }
    }
    preview("tasks", move || view! { <TasksView page=page /> })
}
