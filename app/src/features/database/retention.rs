//! How long runs are kept: the site's rule, and those that differ.

use duplistatus::dto::{
    Moment,
    database::{Retention, RetentionRule, TaskState},
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::api::{ClearRetention, SetRetention};
use crate::{
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::disclosure::{Details, Disclosure},
    ui::{
        form::{field::TextField, plain_form::PlainForm},
        keyed::keyed,
        link::Link,
        table::{Column, Table},
    },
};

/// The section.
#[component]
pub fn RetentionSection(
    /// Where no rule says otherwise.
    site: Retention,
    /// Servers and jobs that differ.
    rules: Vec<RetentionRule>,
    /// What deletes old runs by itself.
    task: TaskState,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let by_itself = match task.next_run {
        Some(at) if site.days.is_some() || rules.iter().any(|rule| rule.retention.days.is_some()) => {
            tr!(locale, database.retention.next, time = calendar_time(locale, at, now))
        }
        Some(_) => tr!(locale, database.retention.nothing),
        None => tr!(locale, database.retention.off),
    };
    let rows = keyed(
        rules.into_iter().enumerate(),
        |(_, rule)| format!("{}\n{}", rule.server, rule.job.as_deref().unwrap_or_default()),
        |(number, rule)| view! { <Rule rule=rule number=number /> },
    );
    let columns = vec![
        Column::new(tr!(locale, database.retention.columns.server)),
        Column::new(tr!(locale, database.retention.columns.job)),
        Column::new(tr!(locale, database.retention.columns.kept)),
        Column::hidden(tr!(locale, database.retention.columns.actions)),
    ];
    view! {
        <section class="section" id="retention" aria-labelledby="retention-title">
            <h2 id="retention-title">{tr!(locale, database.retention.title)}</h2>
            <p class="muted small section-what">
                {tr!(locale, database.retention.what)} " " {by_itself} " "
                <Link to="/settings/tasks" class="text-link">
                    {tr!(locale, settings.tasks)}
                </Link>
            </p>
            <div class="card">
                <Table caption=tr!(locale, database.retention.title) class="retention" columns=columns>
                    <tr role="row">
                            <th scope="row" role="rowheader">
                                {tr!(locale, database.retention.all)}
                            </th>
                            <td role="cell" data-label=tr!(locale, database.retention.columns.job)>{tr!(locale, database.retention.all)}</td>
                            <td role="cell" data-label=tr!(locale, database.retention.columns.kept)>{kept(locale, site)}</td>
                            <td role="cell" class="row-actions"><div class="actions-line">
                                <Change name=tr!(locale, database.retention.all) id="site".to_owned() retention=site />
                            </div></td>
                        </tr>
                        {rows}
                </Table>
            </div>
            <Details class="card folded" summary=tr!(locale, database.retention.add).into_any()>
                <PlainForm path=SetRetention::PATH id="new" quiet=true class="form folded-form">
                    <TextField name="server" id="rule-server" label=tr!(locale, database.fields.server) />
                    <TextField
                        name="job"
                        id="rule-job"
                        label=tr!(locale, database.fields.job)
                        hint=tr!(locale, database.fields.job_hint)
                        optional=true
                    />
                    <Numbers id="rule".to_owned() retention=Retention { days: None, keep_last: 4 } />
                    <button type="submit" class="btn" data-variant="primary">
                        {tr!(locale, database.retention.add_submit)}
                    </button>
                </PlainForm>
            </Details>
        </section>
    }
}

#[component]
fn Rule(
    /// The rule.
    rule: RetentionRule,
    /// Its place in the list, for ids.
    number: usize,
) -> impl IntoView {
    let locale = use_locale();
    let RetentionRule { server, job, retention } = rule;
    let name = job.as_ref().map_or_else(|| server.clone(), |job| format!("{server}: {job}"));
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">
                {server.clone()}
            </th>
            <td role="cell" data-label=tr!(locale, database.retention.columns.job)>
                {job.clone().unwrap_or_else(|| tr!(locale, database.retention.others))}
            </td>
            <td role="cell" data-label=tr!(locale, database.retention.columns.kept)>{kept(locale, retention)}</td>
            <td role="cell" class="row-actions"><div class="actions-line">
                <Change
                    name=name.clone()
                    id=number.to_string()
                    retention=retention
                    server=server.clone()
                    job=job.clone().unwrap_or_default()
                />
                <PlainForm path=ClearRetention::PATH quiet=true>
                    <input type="hidden" name="server" value=server />
                    <input type="hidden" name="job" value=job.unwrap_or_default() />
                    <button type="submit" class="btn">
                        {tr!(locale, database.retention.remove)} <span class="visually-hidden">" "{name}</span>
                    </button>
                </PlainForm>
            </div></td>
        </tr>
    }
}

/// A form for one rule.
#[component]
fn Change(
    /// Whose rule it is, for those who hear the page.
    name: String,
    /// What tells its fields from others.
    id: String,
    /// As it is.
    retention: Retention,
    /// The server; none is the site.
    #[prop(optional)]
    server: String,
    /// The job; none is the server.
    #[prop(optional)]
    job: String,
) -> impl IntoView {
    let locale = use_locale();
    // Its place in the list may be another one after the page was loaded again.
    let form_id = if server.is_empty() { "site".to_owned() } else { format!("{server} / {job}") };
    view! {
        <Disclosure label=tr!(locale, database.retention.change) about=name>
            <PlainForm path=SetRetention::PATH id=form_id quiet=true class="form">
                <input type="hidden" name="server" value=server />
                <input type="hidden" name="job" value=job />
                <Numbers id=id retention=retention />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, database.retention.submit)}
                </button>
            </PlainForm>
        </Disclosure>
    }
}

#[component]
fn Numbers(
    /// What tells its fields from others.
    id: String,
    /// What is in them.
    retention: Retention,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <TextField
            name="days"
            id=format!("days-{id}")
            kind="number"
            label=tr!(locale, database.fields.days)
            value=retention.days.map(|days| days.to_string()).unwrap_or_default()
            hint=tr!(locale, database.fields.days_hint)
            optional=true
        />
        <TextField
            name="keep_last"
            id=format!("keep-{id}")
            kind="number"
            label=tr!(locale, database.fields.keep_last)
            value=retention.keep_last.to_string()
            hint=tr!(locale, database.fields.keep_last_hint)
        />
    }
}

/// How long runs are kept, in words.
pub fn kept(locale: Locale, retention: Retention) -> String {
    match retention.days {
        None => tr!(locale, database.retention.forever),
        Some(days) => {
            tr!(locale, database.retention.kept, days = days, count = retention.keep_last)
        }
    }
}
