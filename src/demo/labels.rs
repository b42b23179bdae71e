//! Groups and tags of the made-up machines and jobs.

use super::fleet::{FLEET, Machine, System};
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            backup_ids,
            labels::{self, Tagged},
            servers,
        },
    },
    ids::JobId,
    time::Timestamp,
};

/// Destinations in another house.
const OFF_SITE: [&str; 5] = ["b2", "s3", "onedrivev2", "googledrive", "webdav"];

fn group_of(machine: &Machine) -> &'static str {
    match machine.name {
        "nas" | "laptop-jo" | "pi-garden" => "Home",
        "office-pc" => "Office",
        _ => "Hosting",
    }
}

fn tags_of(machine: &Machine) -> Vec<String> {
    let own: &[&str] = match machine.name {
        "laptop-jo" => &["travels"],
        "vm-mail" | "db-01" | "web-02" => &["production"],
        _ => &[],
    };
    let system: &[&str] = if machine.system == System::Windows { &["windows"] } else { &[] };
    own.iter().chain(system).map(|tag| (*tag).to_owned()).collect()
}

/// Puts the servers into groups, and tags them.
pub(super) fn servers(conn: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    for machine in FLEET {
        let Some(id) = servers::find_by_name(conn, machine.name)? else { continue };
        labels::set_group(conn, &[id], Some(group_of(machine)), now)?;
        labels::set_tags(conn, Tagged::Server(id), &tags_of(machine), now)?;
    }
    Ok(())
}

/// Tags the jobs whose destination is in another house.
pub(super) fn jobs(conn: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    for machine in FLEET {
        let Some(server) = servers::find_by_name(conn, machine.name)? else { continue };
        for job in machine.jobs.iter().filter(|job| OFF_SITE.contains(&job.destination)) {
            if let Some(known) = backup_ids::find_by_name(conn, server, job.name)? {
                labels::set_tags(conn, Tagged::Job(JobId(known.id)), &["off-site".to_owned()], now)?;
            }
        }
    }
    Ok(())
}
