//! The status page of a group, which anybody may see who knows its address. It contains what was chosen, and nothing else.

use super::{
    open,
    subject::{counts, counts_of, job_name, next_slot, overall, server_names},
};
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            jobs::{JobRecord, time},
            shared_links::{self as rows, SharedLinkChange, SharedLinkRow},
            subjects,
        },
    },
    dto::sharing::{LinkKind, StatusField, StatusForm, StatusPage, StatusRow},
    error::Error,
    service::{Services, rows::missing_is_not_found, session::Caller},
    time::Timestamp,
    zone::Zone,
};

/// Characters of a title.
const TITLE: usize = 80;
/// Characters of a name in an address.
const NAME: std::ops::RangeInclusive<usize> = 3..=40;
/// Jobs that are looked at.
const JOBS: i64 = 1000;

/// A form that can be stored.
pub(super) struct Checked(pub SharedLinkChange);

impl TryFrom<&StatusForm> for Checked {
    type Error = Error;

    fn try_from(form: &StatusForm) -> Result<Self, Error> {
        let invalid = |field, hint: &str| Error::Invalid { field, hint: hint.into() };
        let title = form.title.trim();
        if title.is_empty() || title.chars().count() > TITLE || title.chars().any(char::is_control) {
            return Err(invalid("title", "use 1 to 80 characters"));
        }
        let name = form.name.trim();
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if !name.is_empty() && !(NAME.contains(&name.len()) && name.chars().all(is_plain)) {
            return Err(invalid(
                "name",
                "use 3 to 40 lower-case letters, digits and hyphens, or leave it empty",
            ));
        }
        let chosen = |field: &StatusField| form.shows.iter().any(|word| word == field.as_str());
        if let Some(word) = form.shows.iter().find(|word| StatusField::from_word(word).is_none()) {
            let word: String = word.chars().take(40).collect();
            return Err(invalid("shows", &format!("“{word}” cannot be shown")));
        }
        let fields: Vec<&str> =
            StatusField::ALL.iter().filter(|field| chosen(field)).map(|field| field.as_str()).collect();
        Ok(Self(SharedLinkChange {
            title: title.to_owned(),
            name: (!name.is_empty()).then(|| name.to_owned()),
            fields: fields.join(","),
        }))
    }
}

/// The status page of an address: its name, or the token of one without a name.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::TooMany`] for an address that tries too many.
pub async fn show(services: &Services, caller: &Caller, address: &str) -> Result<StatusPage, Error> {
    let named = if NAME.contains(&address.len()) {
        let name = address.to_owned();
        services.db.read(move |conn| rows::find_named(conn, &name)).await?
    } else {
        None
    };
    let row = match named {
        Some(row) => row,
        None => open(services, caller, LinkKind::Status, address).await?,
    };
    let (zone, now) = (services.zone.clone(), services.clock.now());
    let load = move |conn: &mut Connection| load(conn, &zone, row, now);
    services.db.read(load).await.map_err(missing_is_not_found)
}

fn load(
    conn: &mut Connection,
    zone: &Zone,
    row: SharedLinkRow,
    now: Timestamp,
) -> Result<StatusPage, StoreError> {
    let (about, fields) = (row.about(), row.fields());
    let has = |field| fields.contains(&field);
    let view = View { zone, now, fields: &fields };
    let mut shown = Vec::new();
    if has(StatusField::Servers) || has(StatusField::Jobs) {
        let mut jobs = subjects::jobs(conn, about, JOBS)?;
        jobs.sort_by(|one, other| (one.server_id, &one.name).cmp(&(other.server_id, &other.name)));
        let names = server_names(conn, &jobs)?;
        for of_server in jobs.chunk_by(|one, other| one.server_id == other.server_id) {
            let Some(first) = of_server.first() else { continue };
            if has(StatusField::Jobs) {
                shown.extend(of_server.iter().map(|job| {
                    let name = match has(StatusField::Servers) {
                        true => job_name(&names, job),
                        false => job.display_name().to_owned(),
                    };
                    view.row(name, std::slice::from_ref(job))
                }));
            } else {
                let name = names.get(&first.server_id).cloned();
                shown.push(view.row(name.unwrap_or_default(), of_server));
            }
        }
    }
    let verdict = overall(&counts(conn, about)?);
    Ok(StatusPage { title: row.title, now: zone.moment(now), verdict, fields, rows: shown })
}

/// What the rows of a page have in common.
struct View<'a> {
    zone: &'a Zone,
    now: Timestamp,
    fields: &'a [StatusField],
}

impl View<'_> {
    /// A job, or the jobs of a server, as the page shows them.
    fn row(&self, name: String, jobs: &[JobRecord]) -> StatusRow {
        let chosen = |field, at: Option<Timestamp>| {
            at.filter(|_| self.fields.contains(&field)).map(|at| self.zone.moment(at))
        };
        let good = jobs.iter().map(|job| time(job.summary.last_success_at.as_deref()));
        let sizes = jobs.iter().filter_map(|job| job.summary.storage_size);
        StatusRow {
            name,
            verdict: overall(&counts_of(jobs)),
            // `None` is before every time: a job that never succeeded waits longest.
            last_success: chosen(StatusField::LastSuccess, good.min().flatten()),
            next_run: chosen(StatusField::NextRun, next_slot(jobs, self.now)),
            size: self.fields.contains(&StatusField::Size).then(|| sizes.fold(0, i64::saturating_add)),
        }
    }
}
