//! Imports the users of the Node application. Their passwords remain valid: bcrypt hashes are imported, and replaced at
//! the next sign-in.

use secrecy::SecretString;
use serde_json::json;

use super::{
    ImportError,
    fields::{bounded_name, stored_instant},
    restrictions::Restrictions,
    write::Import,
};
use crate::{
    access::Role,
    crypto::password,
    db::{
        StoreError, Tx,
        node::UserRow,
        tables::users::{self, NewUser, UserPatch},
    },
    dto::import::ImportReport,
    service::{
        Actor, Services,
        audit::{self, Entry},
    },
    time::Timestamp,
};

/// The default password of the Node application's first administrator, published in its manual.
const DEFAULT_PASSWORD: &str = "Duplistatus09";

/// Imports the users. Existing users with the same name are not changed.
pub(super) async fn import(
    import: &Import,
    rows: Vec<UserRow>,
    restrictions: &Restrictions,
    report: &mut ImportReport,
) -> Result<(), ImportError> {
    report.people.found = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    for row in rows {
        let place = format!("users, row {}", row.rowid);
        let Some(name) = bounded_name(&row.username, report).map(|name| name.to_lowercase()) else {
            report.people.left_out += 1;
            report.problem(place, "this user has no name");
            continue;
        };
        let (services, wanted) = (&import.services, name.clone());
        if services.db.read(move |conn| users::find_by_name(conn, &wanted)).await?.is_some() {
            report.people.known += 1;
            if let Some(why) = restrictions.of(&row, services.clock.now()) {
                let what = "already exists here and is not changed: they can see everything unless disabled";
                report.problem(place, format!("{name} {what}. {}", sentence(&why)));
            }
            continue;
        }
        let restricted = restrictions.of(&row, services.clock.now());
        if let Some(why) = &restricted {
            let how = format!("`duplistatus user enable {}` allows this user to sign in", quoted(&name));
            report.problem(place.clone(), format!("{name} was imported as disabled: {why}; {how}"));
        }
        let hash = match usable(services, &row).await? {
            Password::Usable(hash) => Some(hash),
            Password::Unusable(why) => {
                let how = format!("`duplistatus user reset-password {name}` sets one");
                report.problem(place, format!("{name} was imported without a password because {why}: {how}"));
                None
            }
            Password::Default => {
                report.people.left_out += 1;
                let why = "still has the default password from the manual and was skipped";
                let how = "create an administrator with `duplistatus user create` or the setup link";
                report.problem(place, format!("{name} {why}: {how}"));
                continue;
            }
        };
        let (new, last) = (new_user(services, &row, name, hash), stored_instant(&row.last_login_at));
        let (actor, now) = (import.actor.clone(), services.clock.now());
        let disabled = restricted.is_some();
        let added = services.db.write(move |tx| store(tx, &actor, &new, (last, disabled), now)).await?;
        if added { report.people.added += 1 } else { report.people.known += 1 }
    }
    Ok(())
}

/// Quotes a name for a shell.
fn quoted(name: &str) -> String {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_@+".contains(&byte));
    if is_plain { name.to_owned() } else { format!("'{}'", name.replace('\'', "'\\''")) }
}

/// Capitalizes the first letter.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

enum Password {
    Usable(String),
    Unusable(&'static str),
    Default,
}

async fn usable(services: &Services, row: &UserRow) -> Result<Password, ImportError> {
    let Some(hash) = row.password_hash.text() else { return Ok(Password::Unusable("there is none")) };
    if !password::is_bcrypt(hash) {
        return Ok(Password::Unusable("it is stored in a form that cannot be checked"));
    }
    let default = SecretString::from(DEFAULT_PASSWORD);
    let is_default =
        services.passwords.verify("import", Some(hash), default).await.map_err(crate::error::Error::from)?;
    Ok(if is_default { Password::Default } else { Password::Usable(hash.to_owned()) })
}

fn new_user(services: &Services, row: &UserRow, name: String, hash: Option<String>) -> NewUser {
    let now = services.clock.now().to_string();
    let role = if row.is_admin.flag() { Role::Administrator } else { Role::Viewer };
    NewUser {
        name,
        role: role.as_str().into(),
        password_changed_at: None,
        password_temporary: hash.is_some() && row.must_change_password.flag(),
        password_hash: hash,
        created_at: stored_instant(&row.created_at).unwrap_or_else(|| now.clone()),
        updated_at: now,
    }
}

/// Returns false if a user with this name was created meanwhile.
fn store(
    tx: &mut Tx<'_>,
    actor: &Actor,
    new: &NewUser,
    (last, disabled): (Option<String>, bool),
    now: Timestamp,
) -> Result<bool, StoreError> {
    if users::find_by_name(tx.conn, &new.name)?.is_some() {
        return Ok(false);
    }
    let id = users::create(tx.conn, new)?;
    if last.is_some() || disabled {
        let disabled_at = disabled.then(|| Some(now.to_string()));
        let patch = UserPatch { last_login_at: last.map(Some), disabled_at, ..UserPatch::default() };
        users::change(tx.conn, id, &patch, now)?;
    }
    let after = json!({ "role": new.role, "imported": true, "disabled": disabled });
    audit::record(tx, actor, now, Entry::new("user.create").on("user", id.0, &new.name).after(after))?;
    Ok(true)
}
