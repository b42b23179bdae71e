//! `Leptos.toml` is the run-time copy of the Leptos settings in Cargo.toml: both must agree.

use std::{error::Error, fs, path::Path};

use toml::Table;

fn leptos_options(file: &str) -> Result<Table, Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let document: Table = fs::read_to_string(path)?.parse()?;
    let projects = document
        .get("workspace")
        .and_then(|workspace| workspace.get("metadata")?.get("leptos")?.as_array())
        .ok_or("no [[workspace.metadata.leptos]]")?;
    Ok(projects.first().and_then(|project| project.as_table()).ok_or("an empty list of projects")?.clone())
}

#[test]
fn leptos_toml_agrees_with_cargo_toml() -> Result<(), Box<dyn Error>> {
    let build = leptos_options("Cargo.toml")?;
    for (key, value) in leptos_options("Leptos.toml")? {
        assert_eq!(Some(&value), build.get(&key), "Leptos.toml and Cargo.toml differ in {key}");
    }
    Ok(())
}
