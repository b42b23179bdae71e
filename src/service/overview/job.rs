//! One job: how it is and why, when it should run, what became of its slots, trends, history.

use super::{
    figures::{CALENDAR_DAYS, View, figures},
    job_parts::{Setup, checks, next_runs, pauses, rule_form, schedule, state, tolerance, windows},
    job_warnings::warnings,
    preview::{Tried, preview},
    server::run_row,
};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        tables::{
            jobs::{self, LiveRow},
            labels,
            noticing::{
                incidents::{self, Wanted as WantedIncidents},
                settings::Scope,
            },
            run_lists::{self, ListRow, Wanted},
            servers, verifications,
        },
    },
    dto::{
        Paging,
        incidents::{IncidentFilter, IncidentRow},
        job::{JobPage, JobQuery, JobSlot, JobState, SlotFate},
        server::RunSort,
    },
    error::Error,
    ids::{JobId, RunId, ServerId},
    noticing::slots::{Past, Ran, Slot},
    outcome::RunOutcome,
    service::{
        Actor, Services,
        noticing::incidents::with_timeline,
        rows::{LIVE_FOR, count, job_row, missing_is_not_found, next_change},
    },
    status::Status,
    time::Timestamp,
    zone::Zone,
};

/// Runs on a page of the history.
const PAGE: i64 = 25;
/// Slots of the strip.
const STRIP: usize = 60;
/// Runs that slots are made of: a year of hourly ones.
const RUNS: i64 = 9000;
/// Incidents that are closed, on the page.
const CLOSED: i64 = 5;

/// One view of a job.
///
/// # Errors
/// [`Error::NotFound`] when there is no such job.
pub async fn show(services: &Services, actor: &Actor, query: JobQuery) -> Result<JobPage, Error> {
    actor.may(Permission::ViewBackups)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let today = services.zone.day(now);
    let view = View { zone, site: services.zone.clone(), now, today };
    let (job, form) = (query.job, query.form.clone());
    let page = services.db.read(move |conn| load(conn, &view, &query)).await;
    let mut page = page.map_err(missing_is_not_found)?;
    if let Some(form) = form {
        page.preview = Some(preview(services, actor, Tried::Job(job), &form).await?);
        page.form = form;
    }
    Ok(page)
}

fn load(conn: &mut Connection, view: &View, query: &JobQuery) -> Result<JobPage, StoreError> {
    let View { zone, site, now, .. } = view;
    let now = *now;
    let record = jobs::find(conn, query.job)?;
    let place = record.job_ref();
    let server = servers::find(conn, place.server)?;
    let setup = Setup::load(conn, place, site, now)?;
    let runs = past_runs(conn, place.server, query.job)?;
    let slots = setup.slots(&runs, now);
    let live = LiveRow::since(conn, now.plus(-LIVE_FOR))?;
    let tested = verifications::of_job(conn, query.job)?;
    let tested = tested.into_iter().map(|tested| (record.id, tested)).collect();

    let job = Some(query.job);
    let between = query.day.map(|day| (site.start(day), site.start(day.plus(1))));
    let wanted = Wanted { between, ..Wanted::all(place.server, job) };
    let total = match between {
        Some(_) => run_lists::count(conn, wanted)?,
        None => record.summary.run_count,
    };
    let paging = Paging::new(query.page, PAGE, total);
    let rows = run_lists::list(conn, wanted, query.sort, query.ascending, PAGE, paging.offset())?;
    let name_of = |_| record.name.clone();
    let of_fate = |fate: SlotFate| slots.iter().filter(move |slot| slot.fate == fate).map(|slot| slot.at);
    let shown = (place.server, job, query.range);
    let (statistics, mut trends) =
        figures(conn, view, shown, &[&record], of_fate(SlotFate::Missed), name_of)?;
    let first = view.today.plus(1 - CALENDAR_DAYS);
    for (fate, at) in [SlotFate::Excused, SlotFate::Paused]
        .into_iter()
        .flat_map(|fate| of_fate(fate).map(move |at| (fate, at)))
    {
        let index = usize::try_from(site.day(at).number() - first.number()).ok();
        if let Some(day) = index.and_then(|index| trends.calendar.get_mut(index)) {
            let number = if fate == SlotFate::Paused { &mut day.paused } else { &mut day.excused };
            *number += 1;
        }
    }
    let (incident, closed, number) = incidents_of(conn, zone, query.job)?;
    let scopes = Scope::chain(conn, place)?;
    let strip = slots.get(slots.len().saturating_sub(STRIP)..).unwrap_or_default();
    Ok(JobPage {
        now: zone.moment(now),
        changes_at: next_change(
            zone,
            now,
            [&record].into_iter(),
            live.iter().filter(|row| row.job_id == record.id),
        ),
        server: place.server,
        server_name: server.display_name().to_owned(),
        group: labels::group_of(conn, place.server)?,
        state: {
            let state = state(zone, &record);
            // The same moment as on the page of the incident.
            JobState { since: incident.as_ref().map(|incident| incident.since).or(state.since), ..state }
        },
        schedule: schedule(&setup, next_runs(zone, &setup, &record, now)),
        tolerance: tolerance(&setup),
        pauses: pauses(conn, zone, &scopes, now)?,
        windows: windows(conn, zone, &scopes, now)?,
        incident,
        closed,
        incidents: number,
        slots: strip.iter().map(|slot| job_slot(zone, site, slot, &runs)).collect(),
        checks: checks(zone, &record, &setup),
        warnings: warnings(conn, zone, place, now)?,
        statistics,
        trends,
        runs: rows.into_iter().map(|row| run_row(zone, row, name_of)).collect(),
        paging,
        form: rule_form(&setup),
        preview: None,
        job: job_row(zone, now, &record, &live, &tested),
    })
}

/// The runs of a job in the order in which they began: from the covering index.
fn past_runs(conn: &mut Connection, server: ServerId, job: JobId) -> Result<Vec<ListRow>, StoreError> {
    let mut runs = run_lists::list(conn, Wanted::all(server, Some(job)), RunSort::Started, false, RUNS, 0)?;
    runs.reverse();
    Ok(runs)
}

impl Setup {
    pub(super) fn slots(&self, runs: &[ListRow], now: Timestamp) -> Vec<Slot> {
        let ran: Vec<Ran> = runs
            .iter()
            .map(|run| Ran {
                begin: run.start_time.parse().unwrap_or_default(),
                status: run.status.parse().unwrap_or(Status::Unknown),
                outcome: run.outcome.parse().unwrap_or_default(),
            })
            .collect();
        let past = Past {
            plan: self.plan.as_ref(),
            settings: &self.settings,
            usual: self.facts.usual_duration(),
            down: &self.down,
            now,
        };
        past.slots(&ran)
    }
}

fn job_slot(zone: &Zone, site: &Zone, slot: &Slot, runs: &[ListRow]) -> JobSlot {
    let of = runs.get(slot.runs.clone()).unwrap_or_default();
    let outcome = |run: &ListRow| run.outcome.parse::<RunOutcome>().unwrap_or_default();
    // The last good one, else the last one.
    let run =
        of.iter().rev().find(|run| outcome(run).is_good()).or(of.last()).filter(|_| slot.fate.has_run());
    JobSlot {
        at: zone.moment(slot.at),
        day: site.day(run.and_then(|run| run.start_time.parse().ok()).unwrap_or(slot.at)),
        fate: slot.fate,
        runs: count(of.len()),
        run: run.map(|run| RunId(run.id)),
        duration: run.and_then(|run| run.duration),
        uploaded_size: run.and_then(|run| outcome(run).sent_figure(run.uploaded_size)),
    }
}

/// The incident that is open, the last ones that are closed, and how many there are.
fn incidents_of(
    conn: &mut Connection,
    zone: &Zone,
    job: JobId,
) -> Result<(Option<IncidentRow>, Vec<IncidentRow>, i64), StoreError> {
    let wanted =
        |filter| WantedIncidents { filter: Some(filter), job: Some(job), ..WantedIncidents::default() };
    let mut open = None;
    let mut number = 0;
    for filter in IncidentFilter::ALL {
        number += incidents::count(conn, wanted(filter))?;
        if filter != IncidentFilter::Closed && open.is_none() {
            open = incidents::list(conn, wanted(filter), 1, 0)?.pop();
        }
    }
    let closed = incidents::list(conn, wanted(IncidentFilter::Closed), CLOSED, 0)?;
    let open = open.map(|row| with_timeline(conn, zone, row)).transpose()?;
    let closed = closed.into_iter().map(|row| with_timeline(conn, zone, row)).collect::<Result<_, _>>()?;
    Ok((open, closed, number))
}
