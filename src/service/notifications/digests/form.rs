//! What a form says about a digest, checked.

use serde_json::{Value, json};

use crate::{
    db::{
        Connection, StoreError, StoreErrorKind,
        tables::{
            channels,
            digests::{self, DigestChange},
            labels,
        },
    },
    dto::digest::DigestForm,
    error::Error,
    ids::{ChannelId, DigestId},
    noticing::rehearsal::time_of_day,
    notify::timing::Timing,
    time::Timestamp,
    zone::Zone,
};

/// Longest name: characters.
const NAME: usize = 60;

/// A form that was checked.
pub(super) struct Checked {
    /// The form.
    pub form: DigestForm,
    /// Its zone.
    pub zone: Zone,
    second: i64,
}

fn invalid(field: &'static str, hint: impl Into<String>) -> Error {
    Error::Invalid { field, hint: hint.into() }
}

impl Checked {
    pub(super) fn new(mut form: DigestForm) -> Result<Self, Error> {
        form.name = form.name.trim().to_owned();
        form.group = form.group.trim().to_owned();
        if form.name.is_empty() || form.name.chars().count() > NAME || form.name.chars().any(char::is_control)
        {
            return Err(invalid("name", "use 1 to 60 visible characters"));
        }
        if form.channel <= 0 {
            return Err(invalid("channel", "choose a channel"));
        }
        if !(0..=6).contains(&form.weekday) {
            return Err(invalid("weekday", "choose a day of the week"));
        }
        if !(1..=31).contains(&form.month_day) {
            return Err(invalid("month_day", "use 1 to 31"));
        }
        let second =
            time_of_day(form.at.trim()).map_err(|_| invalid("at", "enter a time of day, such as 07:00"))?;
        let zone = Zone::named(form.zone.trim()).map_err(|error| invalid("zone", error.to_string()))?;
        Ok(Self { form, zone, second })
    }

    /// What another digest, or what is gone, forbids.
    pub(super) fn conflict(
        &self,
        conn: &mut Connection,
        own: Option<DigestId>,
    ) -> Result<Option<Error>, StoreError> {
        if digests::is_taken(conn, &self.form.name, own)? {
            return Ok(Some(invalid("name", "another digest has this name: choose another one")));
        }
        match channels::find(conn, ChannelId(self.form.channel)) {
            Ok(channel) if channel.takes_messages() => {}
            Ok(_) => {
                let hint = "no messages are sent to this channel: choose another one";
                return Ok(Some(invalid("channel", hint)));
            }
            Err(error) if error.kind == StoreErrorKind::NotFound => {
                return Ok(Some(invalid("channel", "this channel was deleted: choose another one")));
            }
            Err(error) => return Err(error),
        }
        let was = match own {
            Some(own) => digests::find(conn, own)?.group_name,
            None => None,
        };
        let group = &self.form.group;
        // A group that was chosen before may be gone, and come back.
        let is_known = group.is_empty()
            || was.is_some_and(|was| labels::key(&was) == labels::key(group))
            || labels::find_group(conn, group)?.is_some();
        Ok((!is_known).then(|| invalid("group", "no server is in this group: choose another one")))
    }

    pub(super) fn timing(&self) -> Timing {
        Timing::new(self.form.every, self.second, self.form.weekday, self.form.month_day)
    }

    pub(super) fn change(&self, now: Timestamp) -> DigestChange {
        DigestChange {
            name: self.form.name.clone(),
            channel_id: Some(self.form.channel),
            group_name: Some(self.form.group.clone()).filter(|group| !group.is_empty()),
            every: self.form.every.as_str(),
            second: self.second,
            weekday: self.form.weekday,
            month_day: self.form.month_day,
            time_zone: self.zone.name().to_owned(),
            is_enabled: self.form.is_enabled,
            next_due_at: self.timing().after(now, &self.zone).to_string(),
        }
    }

    /// What the audit log has of it.
    pub(super) fn audited(&self) -> Value {
        let form = &self.form;
        json!({
            "name": form.name, "channel": form.channel, "group": form.group, "every": form.every, "at": form.at,
            "weekday": form.weekday, "month_day": form.month_day, "zone": form.zone, "enabled": form.is_enabled,
        })
    }
}
