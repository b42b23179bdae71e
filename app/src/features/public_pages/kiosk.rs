//! The kiosk page, which can be read from some metres away.

use duplistatus::{
    dto::{Moment, sharing::Kiosk},
    verdict::Verdict,
};
use leptos::prelude::*;

use super::{Files, document, state};
use crate::{
    format::time::{age, calendar_time, relative_words},
    locale::use_locale,
    tr,
    ui::icon::{Icon, Shape, verdict_tone},
};

/// Returns the page.
pub fn kiosk_page(files: Files, data: Kiosk) -> String {
    let locale = use_locale();
    let title = if data.name.is_empty() { tr!(locale, public.everything) } else { data.name.clone() };
    document(files, title.clone(), true, move || view! { <KioskView title=title data=data /> }.into_any())
}

#[component]
fn KioskView(title: String, data: Kiosk) -> impl IntoView {
    let locale = use_locale();
    let Kiosk { now, verdicts, problems, last_report, next_run, .. } = data;
    let of = |wanted: fn(Verdict) -> bool| -> i64 {
        Verdict::ALL
            .into_iter()
            .zip(verdicts)
            .filter(|(verdict, _)| wanted(*verdict))
            .map(|(_, count)| count)
            .sum()
    };
    let (attention, good, total) =
        (of(Verdict::needs_attention), of(|verdict| verdict == Verdict::Ok), of(|_| true));
    let worst = Verdict::ALL
        .into_iter()
        .zip(verdicts)
        .find(|(verdict, count)| *count > 0 && *verdict != Verdict::Paused);
    let worst = worst.map_or(Verdict::New, |(verdict, _)| verdict);
    let headline = match (attention, worst) {
        (0, Verdict::Ok) => tr!(locale, public.kiosk.good),
        (0, _) => tr!(locale, public.kiosk.waiting),
        (count, _) => tr!(locale, public.kiosk.attention, count = count),
    };
    let more = attention - i64::try_from(problems.len()).unwrap_or(i64::MAX);
    let more =
        (more > 0).then(|| view! { <p class="muted">{tr!(locale, public.kiosk.more, count = more)}</p> });
    let time = move |at: Moment| {
        format!("{} ({})", relative_words(locale, age(at, now)), calendar_time(locale, at, now))
    };
    let rows = problems
        .into_iter()
        .map(|problem| {
            let since = problem.since.map(|at| view! { <span class="muted">{tr!(locale, public.kiosk.since, time = calendar_time(locale, at, now))}</span> });
            view! {
                <li>
                    {state(locale, problem.verdict)}
                    <strong>{problem.name}</strong>
                    {since}
                </li>
            }
        })
        .collect_view();
    let last = last_report.map_or_else(|| tr!(locale, public.kiosk.no_report), time);
    let next = next_run
        .map(|at| view! { <p>{tr!(locale, public.kiosk.next, time = calendar_time(locale, at, now))}</p> });
    view! {
        <p class="kiosk-lost" role="alert">
            {tr!(locale, public.kiosk.lost)}
        </p>
        <main>
            <h1>{title}</h1>
            <p class="kiosk-headline" role="status" data-tone=verdict_tone(worst)>
                <Icon shape=Shape::of_verdict(worst) />
                {headline}
            </p>
            <p class="kiosk-counts">{tr!(locale, public.kiosk.counts, good = good, count = total)}</p>
            <ul role="list">{rows}</ul>
            {more}
            <footer>
                <p>{tr!(locale, public.kiosk.last, time = last)}</p>
                {next}
                <p>{tr!(locale, public.as_of, time = now.zoned())}</p>
            </footer>
        </main>
    }
}
