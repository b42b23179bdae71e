//! `duplistatus fleet …`.

mod scripts;

use std::{
    collections::BTreeSet,
    fmt, fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use duplistatus::{
    dto::{key::NewKey, public_address::loopback_host},
    duplicati_options,
    service::{Actor, Services, ingest_keys},
};
use serde::Serialize;

use super::{address, output::Output, plural::count_of};
use crate::{
    cli::{FleetCommand, GlobalOptions, PreloadArguments, WithJson},
    server_lock::ServerLock,
};

const ME: Actor = Actor::CommandLine;
/// Which key each machine got.
const TABLE: &str = "machines.csv";
/// Machines in one call.
const MACHINES: usize = 10_000;

#[derive(Serialize)]
struct Written {
    folder: PathBuf,
    machines: Vec<Machine>,
}

/// A line of the table.
#[derive(Serialize)]
struct Machine {
    /// Empty if any machine may use the key.
    machine: String,
    /// The folder with its files, inside the folder of all.
    folder: String,
    key_id: i64,
    /// The first characters of the key, as the list of keys shows them.
    key: String,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = count_of(self.machines.len(), "key was created", "keys were created");
        let folder = self.folder.display();
        write!(
            f,
            "{keys}, and the files were written to {folder}. They contain the keys: copy them to the machines, then delete the folder."
        )
    }
}

/// Writes files for many machines. Works while a server is running.
///
/// # Errors
/// If the database cannot be opened, a machine has an unusable name, or the folder cannot be written.
pub(super) async fn run(options: &GlobalOptions, arguments: WithJson<FleetCommand>) -> anyhow::Result<()> {
    let WithJson { json, command: FleetCommand::Preload(arguments) } = arguments;
    let machines = machines(&arguments)?;
    let site =
        address::of_running(options, ServerLock::holder(&options.data_dir).and_then(|server| server.site));
    if let Some(host) = loopback_host(&site) {
        bail!(
            "other machines cannot reach {host}: set --public-url to the address of this server, as in https://backup.example.org"
        );
    }
    create_folder(&arguments.folder)?;
    let services = super::open(options).await?;
    let written = write(&services, &site, &arguments, machines).await;
    services.db().close().await;
    Output { json }.show(&Written { folder: arguments.folder, machines: written? })
}

async fn write(
    services: &Services,
    site: &str,
    arguments: &PreloadArguments,
    machines: Vec<(String, String)>,
) -> anyhow::Result<Vec<Machine>> {
    let table = new_file(&arguments.folder.join(TABLE))?;
    let mut table = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::NonNumeric).from_writer(table);
    let mut written = Vec::new();
    for (machine, folder) in machines {
        let path = arguments.folder.join(&folder);
        create_folder(&path)?;
        let NewKey { id, secret, .. } =
            ingest_keys::create(services, &ME, &machine).await.with_context(|| {
                format!(
                    "{}: no key could be created for {machine}",
                    count_of(written.len(), "machine is done", "machines are done")
                )
            })?;
        let line = Machine { machine, folder, key_id: id.0, key: secret.chars().take(6).collect() };
        // A key whose files cannot be written can be found by the table, and revoked.
        table.serialize(&line)?;
        table.flush()?;
        let url = format!("{site}/api/upload/{secret}");
        let object = duplicati_options::object(&url, arguments.live_status);
        for (name, content) in [
            ("preload.json", duplicati_options::preload(&url, arguments.live_status)),
            ("set-options.sh", scripts::shell(&object)),
            ("set-options.ps1", scripts::power_shell(&object)),
        ] {
            let file = path.join(name);
            new_file(&file)
                .and_then(|mut out| out.write_all(content.as_bytes()))
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
        written.push(line);
    }
    Ok(written)
}

/// Returns the machines with the names of their folders.
fn machines(arguments: &PreloadArguments) -> anyhow::Result<Vec<(String, String)>> {
    if arguments.one_key {
        return Ok(vec![(String::new(), "any-machine".to_owned())]);
    }
    let list = arguments.list.as_deref().map(read).transpose()?.unwrap_or_default();
    let listed = list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let names = arguments.machines.iter().map(|name| name.trim()).chain(listed);
    let (mut known, mut folders, mut machines) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for name in names {
        if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
            bail!("{name:?} is no name of a machine: use 1 to 200 visible characters");
        }
        // Twice in the list is one machine.
        if known.insert(name.to_lowercase()) {
            machines.push((name.to_owned(), folder_of(name, &mut folders)));
        }
    }
    match machines.len() {
        0 => bail!("name the machines, or use --one-key"),
        count if count > MACHINES => bail!("at most {MACHINES} machines at once"),
        _ => Ok(machines),
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    if path.as_os_str() == "-" {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
        return Ok(text);
    }
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Returns a name for a folder that any file system takes, which no other machine has.
fn folder_of(machine: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let base: String = machine.chars().take(60).map(plain).collect();
    let numbered = (2..).map(|number| format!("{base}_{number}"));
    let free = std::iter::once(base.clone()).chain(numbered).find(|name| taken.insert(name.to_lowercase()));
    free.unwrap_or(base)
}

/// Creates a folder that only its owner can read. An existing one must be empty.
fn create_folder(path: &Path) -> anyhow::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            bail!("{} exists already: name a folder that does not exist", path.display())
        }
        created => created.with_context(|| format!("cannot create {}", path.display())),
    }
}

/// Creates a file that only its owner can read.
fn new_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_have_plain_names_of_their_own() {
        let mut taken = BTreeSet::new();
        let names =
            ["nas", "NAS", "../etc", "..", "Büro PC", "Buro/PC"].map(|name| folder_of(name, &mut taken));
        assert_eq!(names, ["nas", "NAS_2", "___etc", "__", "B_ro_PC", "Buro_PC"]);
    }
}
