//! Whether to run a task that deletes something for good: what, and how much.

use duplistatus::units::thousands;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::RunTask,
    words::{loss_words, task_words},
};
use crate::{
    context::url::href,
    locale::use_locale,
    tr,
    ui::{
        form::plain_form::PlainForm,
        notice::{Notice, Tone},
    },
};

/// Id of the question.
pub const ID: &str = "run-task";

/// The question.
#[component]
pub fn ConfirmRun(
    /// Name of the task.
    name: String,
    /// How much it would delete.
    count: i64,
) -> impl IntoView {
    let locale = use_locale();
    let (title, _) = task_words(locale, &name);
    let (tone, what, submit, variant) = if count == 0 {
        (Tone::Info, tr!(locale, tasks.question.nothing), tr!(locale, tasks.run), "primary")
    } else {
        let words = loss_words(locale, &name, count);
        let submit = tr!(locale, tasks.question.submit, count = thousands(count));
        (Tone::Warn, tr!(locale, tasks.question.what, what = words), submit, "danger")
    };
    let title = tr!(locale, tasks.question.title, task = title);
    let label = title.clone();
    view! {
        <section id=ID aria-label=label>
            <Notice tone=tone title=title>
                <p>{what}</p>
                <PlainForm path=RunTask::PATH quiet=true class="notice-actions">
                    <input type="hidden" name="name" value=name />
                    <input type="hidden" name="at_most" value=count.to_string() />
                    <button type="submit" class="btn" data-variant=variant>
                        {submit}
                    </button>
                    <a class="btn" href=href("/settings/tasks") rel="external">
                        {tr!(locale, tasks.question.cancel)}
                    </a>
                </PlainForm>
            </Notice>
        </section>
    }
}
