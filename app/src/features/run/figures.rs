//! Every figure that Duplicati sent, in groups.

use duplistatus::{
    dto::run::{Figure, FigureGroup},
    status::Status,
};
use leptos::prelude::*;

use super::figure;
use crate::{locale::use_locale, tr};

const GROUPS: [FigureGroup; 4] =
    [FigureGroup::Source, FigureGroup::Changes, FigureGroup::Transfer, FigureGroup::Destination];

/// The groups; for a failed run that counted nothing, one sentence instead of a wall of zeros.
#[component]
pub fn Figures(
    /// What Duplicati said.
    status: Status,
    /// The figures.
    figures: Vec<Figure>,
) -> impl IntoView {
    let locale = use_locale();
    let groups = if figure::any(&figures) {
        let groups = GROUPS.into_iter().filter_map(|group| {
            let inside: Vec<Figure> = figures.iter().copied().filter(|f| f.kind.group() == group).collect();
            (!inside.is_empty()).then(|| view! { <Group group=group figures=inside /> })
        });
        view! { <div class="figure-groups">{groups.collect_view()}</div> }.into_any()
    } else {
        let text =
            if status.is_failed() { tr!(locale, run.figures.none) } else { tr!(locale, run.figures.absent) };
        view! { <p class="card figure-none">{text}</p> }.into_any()
    };
    let compared = figures.iter().any(|f| f.previous.is_some());
    let hint = match (figure::any(&figures), status.is_failed(), compared) {
        (true, true, _) => tr!(locale, run.figures.until),
        (true, false, true) => tr!(locale, run.figures.compared),
        _ => String::new(),
    };
    view! {
        <section class="section" aria-labelledby="figures-title">
            <h2 id="figures-title">
                {tr!(locale, run.figures.title)} " " <span class="muted">{hint}</span>
            </h2>
            {groups}
        </section>
    }
}

/// One group.
#[component]
fn Group(
    /// Which.
    group: FigureGroup,
    /// Its figures.
    figures: Vec<Figure>,
) -> impl IntoView {
    let locale = use_locale();
    let rows = figures.into_iter().map(|figure| {
        let delta = figure::delta(figure).map(|text| view! { <span class="delta">{text}</span> });
        view! {
            <div data-zero=(figure.value == 0).then_some("true")>
                <dt>{figure::name(locale, figure.kind)}</dt>
                <dd>{figure::value(figure)} {delta}</dd>
            </div>
        }
    });
    view! {
        <section class="card figure-group">
            <h3>{figure::group_name(locale, group)}</h3>
            <dl>{rows.collect_view()}</dl>
        </section>
    }
}
