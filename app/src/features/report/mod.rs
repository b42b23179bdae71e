//! What happened in a period, for printing and as CSV. Digests say the same.

use duplistatus::{
    dto::report::{Report, ReportQuery},
    time::Day,
    units::{size, thousands},
    verdict::Verdict,
};
use leptos::prelude::*;

use self::{
    api::show_report,
    jobs::JobTable,
    query::{from_params, to_csv, wrong_day},
    words::signed,
};
use crate::{
    context::{page_query::use_page_query, url::href},
    error::ApiError,
    format::time::{day_long, month_name},
    locale::{Locale, use_locale},
    tr,
    ui::{
        badge::verdict_word,
        form::{
            failure::with_error,
            field::{SelectField, TextField},
            get_form::GetForm,
            plain_form::Failed,
        },
        loaded::Loaded,
        notice::{Notice, Tone},
        page_title::PageTitle,
        relative_time::LocalTime,
    },
};

pub mod api;
mod incidents;
mod jobs;
mod query;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod words;

/// The page.
#[component]
pub fn ReportPage() -> impl IntoView {
    let search = use_page_query();
    let query = Memo::new(move |_| from_params(&search.read()));
    let wrong = Memo::new(move |_| wrong_day(use_locale(), &search.read()));
    // What is printed stays as it was read. Wrong days are said at the form.
    let report = Resource::new(
        move || (query.get(), wrong.get()),
        |(query, wrong)| async move {
            match wrong {
                Some(error) => Ok((None, Some(error))),
                None => match show_report(query).await {
                    Ok(report) => Ok((Some(report), None)),
                    Err(error @ ApiError::Invalid { .. }) => Ok((None, Some(error))),
                    Err(error) => Err(error),
                },
            }
        },
    );
    view! {
        <PageTitle text=tr!(use_locale(), report.title) />
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(use_locale(), report.title)}</h1>
                <p class="muted lead">{tr!(use_locale(), report.what)}</p>
            </div>
        </header>
        <Loaded
            data=report
            show=move |(report, error)| match report {
                Some(report) => view! { <ReportView report=report query=query.get() /> }.into_any(),
                None => {
                    let search = search.read();
                    let days = ["from", "to"].map(|name| search.get(name).unwrap_or_default());
                    view! { <WrongDays days=days group=query.get().group error=error /> }.into_any()
                }
            }
        />
    }
}

/// The form alone, with what is wrong.
#[component]
pub fn WrongDays(
    /// The days, as they were entered.
    days: [String; 2],
    /// The group.
    group: String,
    /// What is wrong.
    error: Option<ApiError>,
) -> impl IntoView {
    let shown = error.clone().map(|error| view! { <Failed error=error /> });
    view! {
        {shown}
        <div class="report-tools">{choice(use_locale(), days, Vec::new(), group, error)}</div>
    }
}

/// The page's content.
#[component]
pub fn ReportView(
    /// The answer.
    report: Report,
    /// What was asked for.
    query: ReportQuery,
) -> impl IntoView {
    let locale = use_locale();
    let csv = to_csv(&report);
    let from = query.from.unwrap_or_else(|| report.from.day()).to_string();
    let to = query.to.unwrap_or_else(|| report.until.plus(-1).day()).to_string();
    let group = report.group.clone().unwrap_or_default();
    let choice = choice(locale, [from, to], report.groups.clone(), group, None);
    let scope = match report.group.clone() {
        Some(group) => tr!(locale, report.of_group, name = group),
        None => tr!(locale, report.of_everything),
    };
    let title = format!("{scope}, {}", period_words(locale, report.from.day(), report.until.plus(-1).day()));
    let download = (!report.is_too_wide).then(|| {
        view! {
            <a class="btn" href=href(&csv) rel="external">
                {tr!(locale, report.csv)}
            </a>
        }
    });
    // Printing needs a script; browsers print without the button as well.
    let has_script = RwSignal::new(false);
    Effect::new(move |_| has_script.set(true));
    let print = move |_| {
        #[cfg(feature = "hydrate")]
        let _ = window().print();
    };
    let totals = (!report.is_too_wide).then(|| totals(locale, &report));
    let too_wide = report.is_too_wide.then(|| {
        view! {
            <Notice tone=Tone::Warn>
                <p>{tr!(locale, report.too_wide)}</p>
            </Notice>
        }
    });
    let open = incidents::list(locale, report.open.clone(), report.open_count, false);
    let closed = incidents::list(locale, report.closed.clone(), report.closed_count, true);
    let table = (!report.jobs.is_empty()).then(|| view! { <JobTable jobs=report.jobs.clone() /> });
    view! {
        <PageTitle text=title.clone() />
        <div class="report-tools">
            {choice} {download}
            <button type="button" class="btn" hidden=move || !has_script.get() on:click=print>
                {tr!(locale, report.print)}
            </button>
        </div>
        <article class="report">
            <header class="report-head">
                <h2>{title}</h2>
                <p class="muted">
                    <LocalTime at=report.from /> " – " <LocalTime at=report.until /> " · " {report.zone.clone()}
                </p>
            </header>
            {headline(locale, &report)}
            {too_wide}
            {totals}
            <section aria-labelledby="report-open">
                <h3 id="report-open">{tr!(locale, report.open)}</h3>
                {open}
            </section>
            <section aria-labelledby="report-closed">
                <h3 id="report-closed">{tr!(locale, report.closed)}</h3>
                {closed}
            </section>
            {table}
            <p class="muted small">{tr!(locale, report.created)} " " <LocalTime at=report.now /></p>
        </article>
    }
}

/// `"October 2026"` for a whole month, else the days.
fn period_words(locale: Locale, from: Day, to: Day) -> String {
    let (year, month, first) = from.civil();
    let next =
        if month == 12 { Day::from_civil(year + 1, 1, 1) } else { Day::from_civil(year, month + 1, 1) };
    let is_month = first == 1 && to.plus(1) == next;
    match is_month {
        true => tr!(locale, charts.month, month = month_name(locale, month), year = year.to_string()),
        false => format!("{} – {}", day_long(locale, from), day_long(locale, to)),
    }
}

/// The form that chooses period and group.
fn choice(
    locale: Locale,
    [from, to]: [String; 2],
    groups: Vec<String>,
    chosen: String,
    wrong: Option<ApiError>,
) -> impl IntoView + use<> {
    let everything = (String::new(), tr!(locale, report.everything));
    let named = groups.into_iter().map(|name| (name.clone(), name));
    let mut groups: Vec<(String, String)> = [everything].into_iter().chain(named).collect();
    // However it is written, it is the same group.
    let known = groups.iter().find(|(name, _)| name.to_lowercase() == chosen.to_lowercase());
    let chosen = match known {
        Some((name, _)) => name.clone(),
        None => {
            groups.push((chosen.clone(), chosen.clone()));
            chosen
        }
    };
    let fields = move || {
        view! {
            <TextField name="from" kind="date" label=tr!(locale, report.from) value=from />
            <TextField name="to" kind="date" label=tr!(locale, report.to) value=to />
            <SelectField name="group" label=tr!(locale, report.group) options=groups value=chosen />
            <button type="submit" class="btn">
                {tr!(locale, report.show)}
            </button>
        }
        .into_any()
    };
    view! {
        <GetForm to="/report" class="report-choice">
            {with_error(wrong, Box::new(fields))}
        </GetForm>
    }
}

/// How things are now. Nothing is said to be well that is not known to be.
fn headline(locale: Locale, report: &Report) -> impl IntoView + use<> {
    let (tone, title) = if report.job_count() == 0 {
        (Tone::Info, tr!(locale, report.state.none))
    } else if report.is_all_well() {
        (Tone::Ok, tr!(locale, report.state.well, count = report.of(Verdict::Ok)))
    } else if report.open_count > 0 {
        (Tone::Fail, tr!(locale, report.state.open, count = report.open_count))
    } else {
        (Tone::Warn, tr!(locale, report.state.unsure))
    };
    let verdicts: Vec<String> = report
        .verdicts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(verdict, count)| format!("{} {}", thousands(*count), verdict_word(locale, *verdict)))
        .collect();
    let never = report.never_reported;
    let never = (never > 0).then(|| view! { <p>{tr!(locale, report.never, count = never)}</p> });
    let stale = (!report.is_current).then(|| view! { <p>{tr!(locale, report.stale)}</p> });
    view! {
        <Notice tone=tone title=title>
            <p>{verdicts.join(" · ")}</p>
            {never}
            {stale}
        </Notice>
    }
}

/// Sums over all jobs.
fn totals(locale: Locale, report: &Report) -> impl IntoView + use<> {
    let sum = report.totals();
    let grown = |change: duplistatus::dto::report::Change| match (change.now, change.growth()) {
        (Some(now), Some(growth)) if growth != 0 => format!("{} ({})", size(now), signed(growth)),
        (Some(now), _) => size(now),
        (None, _) => "–".to_owned(),
    };
    let figure = |label: String, value: String| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let runs = sum.good + sum.warned + sum.failed + sum.incomplete;
    view! {
        <dl class="report-figures">
            {figure(tr!(locale, report.figures.runs), thousands(runs))}
            {figure(tr!(locale, report.figures.good), thousands(sum.good + sum.warned))}
            {figure(tr!(locale, report.figures.failed), thousands(sum.failed))}
            {figure(tr!(locale, report.figures.kept), thousands(sum.kept))}
            {figure(tr!(locale, report.figures.missed), thousands(sum.missed))}
            {figure(tr!(locale, report.figures.source), grown(sum.source))}
            {figure(tr!(locale, report.figures.stored), grown(sum.stored))}
            {figure(tr!(locale, report.figures.uploaded), size(sum.uploaded))}
        </dl>
    }
}
