//! Applies a file: in one transaction, which a mistake or a dry run rolls back.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;
use serde_json::json;

use super::{
    difference::{Change, difference},
    load::load,
    mistake::{ConfigurationError, Mistake, Step},
    model::{Configuration, Monitoring, Server},
    text,
};
use crate::{
    access::Permission,
    db::{
        StoreError, StoreErrorKind, Tx,
        tables::{backup_ids, labels, servers},
    },
    dto::template::TemplateForm,
    error::Error,
    ids::JobId,
    service::{
        Actor, Services, audit,
        audit::Entry,
        labels::{set_of_job_in, set_of_server_in},
        monitoring::{Target, set_in},
        notifications::templates,
        servers::create_named_in,
        settings,
    },
    time::Timestamp,
    zone::Zone,
};

/// Changes that an entry of the audit log lists; each has an entry of its own besides.
const LISTED: usize = 100;

/// What a file changed, or would change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// The changes.
    pub changes: Vec<Change>,
    /// Jobs and groups that are not known yet. They get their part at the next application after they are.
    pub waiting: Vec<String>,
}

/// What cannot be done, and where the file asks for it.
enum Failure {
    At(Vec<Step>, String),
    Error(Error),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Error(error.into())
    }
}

/// Applies a file, or says what it would change.
///
/// # Errors
/// [`ConfigurationError::Mistake`] with the place of what is wrong; database errors. Nothing is changed then.
pub async fn apply(
    services: &Services,
    actor: &Actor,
    file: &str,
    dry_run: bool,
) -> Result<Applied, ConfigurationError> {
    for permission in [Permission::ManageSettings, Permission::ManageMonitoring, Permission::ManageDatabase] {
        actor.may(permission)?;
    }
    let configuration = text::read(file)?;
    // A transaction is rolled back by an error of the database, so the result takes another way.
    let result = Arc::new(Mutex::new(None));
    let (kept, by, zone, now) =
        (Arc::clone(&result), actor.clone(), services.zone.clone(), services.clock.now());
    let written = services.db.write(move |tx| {
        let applied = Application { tx, by: &by, zone: &zone, now, waiting: Vec::new() }.run(&configuration);
        let is_kept = applied.is_ok() && !dry_run;
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(applied);
        if is_kept { Ok(()) } else { Err(StoreError::new(StoreErrorKind::Other, "rolled back")) }
    });
    let written = written.await;
    let applied = result.lock().unwrap_or_else(PoisonError::into_inner).take();
    let applied = match (applied, written) {
        (Some(Err(Failure::At(path, hint))), _) => return Err(Mistake::found(file, &path, hint).into()),
        (Some(Err(Failure::Error(error))), _) => return Err(error.into()),
        (Some(Ok(applied)), Ok(())) => applied,
        (Some(Ok(applied)), Err(error)) if dry_run && error.kind == StoreErrorKind::Other => applied,
        (_, Err(error)) => return Err(error.into()),
        (None, Ok(())) => Applied::default(),
    };
    if !dry_run {
        services.load_settings().await?;
    }
    Ok(applied)
}

fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

/// Turns what a service rejects into a mistake at an entry.
fn at(path: &[Step], error: Error) -> Failure {
    match error {
        Error::Invalid { field, hint } => {
            let mut path = path.to_vec();
            path.push(key(field));
            Failure::At(path, format!("{field}: {hint}"))
        }
        other => Failure::Error(other),
    }
}

struct Application<'a, 'c> {
    tx: &'a mut Tx<'c>,
    by: &'a Actor,
    zone: &'a Zone,
    now: Timestamp,
    waiting: Vec<String>,
}

impl Application<'_, '_> {
    fn run(mut self, wanted: &Configuration) -> Result<Applied, Failure> {
        let before = load(self.tx.conn)?;
        self.settings(wanted)?;
        self.servers(wanted, &before)?;
        self.groups(wanted)?;
        self.jobs(wanted)?;
        if let Some(site) = &wanted.site {
            self.monitor(&[key("site")], Target::Site, site)?;
        }
        self.templates(wanted, &before)?;
        let after = load(self.tx.conn)?;
        let changes = difference(&before, &after).map_err(|error| Failure::Error(Error::internal(error)))?;
        if !changes.is_empty() {
            let listed: Vec<String> = changes.iter().take(LISTED).map(ToString::to_string).collect();
            let entry = Entry::new("configuration.apply");
            let entry = entry.after(json!({ "changes": listed, "count": changes.len() }));
            audit::record(self.tx, self.by, self.now, entry)?;
        }
        Ok(Applied { changes, waiting: self.waiting })
    }

    fn settings(&mut self, wanted: &Configuration) -> Result<(), Failure> {
        let mut new = settings::Settings::load(self.tx.conn)?;
        for (section, keys) in &wanted.settings {
            for (name, value) in keys {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let whole = format!("{section}.{name}");
                let path = || vec![key("settings"), key(section), key(name)];
                settings::put(&mut new, &whole, &text).map_err(|error| match error {
                    Error::Invalid { hint, .. } => Failure::At(path(), format!("{whole}: use {hint}")),
                    Error::NotFound => {
                        let known: Vec<String> = settings::rows(new).into_iter().map(|row| row.key).collect();
                        let hint = format!("unknown setting {whole}, expected one of {}", known.join(", "));
                        Failure::At(path(), hint)
                    }
                    other => Failure::Error(other),
                })?;
            }
        }
        let adjusted = settings::adjust_in(self.tx, self.by, self.now, move |settings| *settings = new)?;
        adjusted.map(drop).map_err(|error| at(&[key("settings")], error))
    }

    fn servers(&mut self, wanted: &Configuration, before: &Configuration) -> Result<(), Failure> {
        let names = || wanted.groups.iter().chain(&before.groups).map(|group| labels::key(&group.name));
        let groups: BTreeSet<String> = names().collect();
        let mut seen = BTreeSet::new();
        for (index, server) in wanted.servers.iter().enumerate() {
            let path = [key("servers"), Step::Index(index)];
            let Server { name, group, tags, monitoring } = server;
            once(&mut seen, name.clone(), &path, &format!("server {name}"))?;
            if let Some(group) = group.as_ref().filter(|group| !groups.contains(&labels::key(group))) {
                let hint = format!("group: there is no group “{group}”: add it as an entry of [[groups]]");
                return Err(Failure::At([&path[..], &[key("group")]].concat(), hint));
            }
            let id = match servers::find_by_name(self.tx.conn, name)? {
                Some(id) => id,
                None => {
                    create_named_in(self.tx, (self.by, self.now), name)?.map_err(|error| at(&path, error))?
                }
            };
            let group = group.as_deref().unwrap_or_default();
            set_of_server_in(self.tx, (self.by, self.zone, self.now), id, (group, tags))?
                .map_err(|error| at(&path, error))?;
            self.monitor(&path, Target::Server(id), monitoring)?;
        }
        Ok(())
    }

    fn groups(&mut self, wanted: &Configuration) -> Result<(), Failure> {
        let mut seen = BTreeSet::new();
        for (index, group) in wanted.groups.iter().enumerate() {
            let path = [key("groups"), Step::Index(index)];
            once(&mut seen, labels::key(&group.name), &path, &format!("group {}", group.name))?;
            // What is wrong with a group that is not there yet is said now, too.
            check(&path, &group.monitoring)?;
            match labels::find_group(self.tx.conn, &group.name)? {
                Some(id) => self.monitor(&path, Target::Group(id), &group.monitoring)?,
                None => self.waiting.push(format!("group {}: no server is in it", group.name)),
            }
        }
        Ok(())
    }

    fn jobs(&mut self, wanted: &Configuration) -> Result<(), Failure> {
        let mut seen = BTreeSet::new();
        for (index, job) in wanted.jobs.iter().enumerate() {
            let path = [key("jobs"), Step::Index(index)];
            let named = format!("{} / {}", job.server, job.name);
            once(&mut seen, (job.server.clone(), job.name.clone()), &path, &format!("job {named}"))?;
            check(&path, &job.monitoring)?;
            let server = servers::find_by_name(self.tx.conn, &job.server)?;
            let known = match server {
                Some(server) => backup_ids::find_by_name(self.tx.conn, server, &job.name)?,
                None => None,
            };
            let Some(id) = known.map(|known| JobId(known.id)) else {
                self.waiting.push(format!("job {named}: it has not reported yet"));
                continue;
            };
            set_of_job_in(self.tx, (self.by, self.now), id, &job.tags)?.map_err(|error| at(&path, error))?;
            self.monitor(&path, Target::Jobs(vec![id]), &job.monitoring)?;
        }
        Ok(())
    }

    fn templates(&mut self, wanted: &Configuration, before: &Configuration) -> Result<(), Failure> {
        let mut seen = BTreeSet::new();
        for (index, template) in wanted.templates.iter().enumerate() {
            let path = [key("templates"), Step::Index(index)];
            let identity = (template.topic.clone(), template.kind.clone());
            once(&mut seen, identity, &path, "template of this topic and kind")?;
            if before.templates.contains(template) {
                continue;
            }
            let (topic, kind) = (template.topic.clone(), template.kind.clone());
            let form =
                TemplateForm { topic, kind, title: template.title.clone(), body: template.body.clone() };
            templates::save_in(self.tx, self.by, self.now, form)?.map_err(|error| match error {
                Error::NotFound => Failure::At(
                    path.to_vec(),
                    "there is no such topic, or no such kind of channel".to_owned(),
                ),
                other => at(&path, other),
            })?;
        }
        Ok(())
    }

    /// Sets what is expected.
    fn monitor(&mut self, path: &[Step], target: Target, wanted: &Monitoring) -> Result<(), Failure> {
        let is_site = target == Target::Site;
        let path = if is_site { path.to_vec() } else { [path, &[key("monitoring")]].concat() };
        let change = wanted.change().map_err(|error| at(&path, error))?;
        let set = set_in(self.tx, (self.by, self.zone, self.now), target, &change)?;
        set.map_err(|error| at(&path, error))
    }
}

/// Checks what is expected of something that may not be there yet.
fn check(path: &[Step], wanted: &Monitoring) -> Result<(), Failure> {
    let checked = wanted.change().and_then(|change| change.check());
    checked.map_err(|error| at(&[path, &[key("monitoring")]].concat(), error))
}

/// Names a thing that a file has twice.
fn once<T: Ord>(seen: &mut BTreeSet<T>, name: T, path: &[Step], what: &str) -> Result<(), Failure> {
    if seen.insert(name) {
        return Ok(());
    }
    Err(Failure::At(path.to_vec(), format!("the file has the {what} twice: keep one of the entries")))
}
