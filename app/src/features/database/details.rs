//! Connections, statements, slow queries with their plans, and how SQLite was built.

use duplistatus::{
    dto::database::{DatabaseStatus, PoolState, SlowQuery, Statements},
    units::thousands,
};
use leptos::prelude::*;

use crate::{format::number::bytes, locale::use_locale, tr};

/// The section.
#[component]
pub fn Details(
    /// The status.
    status: DatabaseStatus,
) -> impl IntoView {
    let locale = use_locale();
    let PoolState { readers, in_use, idle, waiting, writes_waiting } = status.pool;
    let Statements { run, prepared, slow_from } = status.statements;
    let count = |number: u64| thousands(bytes(number));
    let none = status.slow_queries.is_empty();
    let queries = status.slow_queries.into_iter().map(|query| view! { <Query query=query /> }).collect_view();
    let options = status
        .compile_options
        .into_iter()
        .map(|option| view! { <li><code>{option}</code></li> })
        .collect_view();
    view! {
        <section class="section" id="details" aria-labelledby="details-title">
            <h2 id="details-title">{tr!(locale, database.details.title)}</h2>
            <dl class="card facts" data-pad=true>
                <div>
                    <dt>{tr!(locale, database.details.pool)}</dt>
                    <dd>
                        {tr!(
                            locale,
                            database.details.pool_what,
                            readers = readers,
                            in_use = in_use,
                            idle = idle,
                            waiting = waiting,
                            writes = writes_waiting
                        )}
                    </dd>
                </div>
                <div>
                    <dt>{tr!(locale, database.details.statements)}</dt>
                    <dd>
                        {tr!(
                            locale,
                            database.details.statements_what,
                            run = count(run),
                            prepared = count(prepared)
                        )}
                    </dd>
                </div>
                <div>
                    <dt>{tr!(locale, database.details.pages)}</dt>
                    <dd>
                        {tr!(
                            locale,
                            database.details.pages_what,
                            pages = thousands(status.pages),
                            size = status.page_size,
                            free = thousands(status.free_pages)
                        )}
                    </dd>
                </div>
                <div>
                    <dt>{tr!(locale, database.details.schema)}</dt>
                    <dd>
                        <code>{status.schema_version}</code>
                    </dd>
                </div>
                <div>
                    <dt>"SQLite"</dt>
                    <dd>{status.sqlite_version}</dd>
                </div>
            </dl>
            <h3 class="sub-title">{tr!(locale, database.details.slow, ms = slow_from)}</h3>
            {none.then(|| view! { <p class="muted small">{tr!(locale, database.details.no_slow)}</p> })}
            {queries}
            <details class="card folded">
                <summary>{tr!(locale, database.details.options)}</summary>
                <ul class="folded-list">{options}</ul>
            </details>
        </section>
    }
}

#[component]
fn Query(
    /// A kind of query that was slow.
    query: SlowQuery,
) -> impl IntoView {
    let locale = use_locale();
    let SlowQuery { sql, plan, times, longest, last_at } = query;
    let figures = tr!(
        locale,
        database.details.query,
        longest = longest,
        times = thousands(bytes(times)),
        time = last_at.to_string()
    );
    view! {
        <details class="card folded">
            <summary>{figures}</summary>
            <pre class="query" tabindex="0">{sql}</pre>
            {plan.map(|plan| view! { <pre class="query muted" tabindex="0">{plan}</pre> })}
        </details>
    }
}
