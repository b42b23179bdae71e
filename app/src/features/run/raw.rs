//! The report of a run as it was received.

use super::{api::show_raw_report, query::read_run};
use crate::{
    context::url::href,
    format::text::visible,
    locale::use_locale,
    tr,
    ui::{
        copy::CopyText,
        link::Link,
        loaded::Loaded,
        notice::{Notice, Tone},
        page_title::PageTitle,
        relative_time::LocalTime,
    },
};
use duplistatus::{dto::run::RawReport, ids::RunId, units::size};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// Id of the text.
const TEXT: &str = "raw-text";

/// The page.
#[component]
pub fn RawReportPage() -> impl IntoView {
    let params = use_params_map();
    let run = Memo::new(move |_| read_run(&params.read()));
    // A report that was received does not change: no live revision in the key.
    let report =
        Resource::new(move || run.get(), |run| async move { show_raw_report(run).await.map(|r| (run, r)) });
    view! {
        <PageTitle text=tr!(use_locale(), run.raw.title) />
        <Loaded data=report show=move |(run, report)| view! { <RawView run=run report=report /> } />
    }
}

/// The page's content.
#[component]
pub fn RawView(
    /// Whose report it is.
    run: RunId,
    /// The report; hostile text.
    report: RawReport,
) -> impl IntoView {
    let locale = use_locale();
    let RawReport { content_type, received, size: bytes, text, cut, damaged } = report;
    let shown = visible(&text).into_owned();
    let content_type = content_type.unwrap_or_else(|| tr!(locale, run.raw.no_type));
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <nav class="crumbs" aria-label=tr!(locale, run.crumbs)>
                    <Link to=format!("/runs/{run}")>{tr!(locale, run.raw.back)}</Link>
                </nav>
                <h1>{tr!(locale, run.raw.title)}</h1>
                <p class="muted">
                    {size(bytes)} " · " {content_type} " · " {tr!(locale, run.received)} " " <LocalTime at=received />
                </p>
            </div>
            // A file is no page: the browser fetches it itself.
            {(!damaged)
                .then(|| {
                    view! {
                        <nav class="run-nav" aria-label=tr!(locale, run.raw.actions)>
                            <CopyText text=text.clone() shown=TEXT />
                            <a class="btn" href=href(&format!("/api/v1/runs/{run}/raw")) rel="external" download="">
                                {tr!(locale, run.raw.download)}
                            </a>
                        </nav>
                    }
                })}
        </header>
        <p class="muted raw-note">{tr!(locale, run.raw.masked)}</p>
        {damaged
            .then(|| {
                view! {
                    <Notice tone=Tone::Warn title=tr!(locale, run.damaged.raw_title)>
                        <p>{tr!(locale, run.damaged.raw_what)}</p>
                    </Notice>
                }
            })}
        {cut
            .then(|| {
                view! {
                    <Notice tone=Tone::Warn title=tr!(locale, run.raw.cut)>
                        <p>{tr!(locale, run.raw.cut_what)}</p>
                    </Notice>
                }
            })}
        <pre class="card mono-block raw" id=TEXT tabindex="0" role="region" aria-label=tr!(locale, run.raw.title)>
            {shown}
        </pre>
    }
}
