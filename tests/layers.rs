//! The direction of dependencies between the modules of the product crate, and between the crates. Reads the sources, so that a
//! failure names the file and the line.

use std::{fs, path::Path};

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// A folder, and the modules that its code must not use. Tests may use everything.
struct Rule {
    folder: &'static str,
    forbidden: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule { folder: "src/db/engine", forbidden: &["tables", "care", "node", "service", "schema"] },
    Rule {
        folder: "src/db/tables",
        forbidden: &[
            "care",
            "node",
            "service",
            "copy",
            "files",
            "migrate",
            "open_file",
            "swap_file",
            "temp_file",
            "temp_folder",
        ],
    },
    Rule { folder: "src/db/care", forbidden: &["service", "node"] },
    Rule { folder: "src/db/node", forbidden: &["tables", "care", "service"] },
    Rule { folder: "src/dto", forbidden: &["db", "service"] },
    Rule { folder: "src/report", forbidden: &["db", "service", "dto"] },
    Rule { folder: "src/service", forbidden: &["diesel", "axum", "leptos"] },
    Rule { folder: "app/src", forbidden: &["diesel", "db"] },
    Rule {
        folder: "app/src/context",
        forbidden: &["api", "error", "format", "live", "ui", "charts", "features", "pages", "shell"],
    },
    Rule {
        folder: "app/src/api",
        forbidden: &["format", "live", "ui", "charts", "features", "pages", "shell"],
    },
    Rule {
        folder: "app/src/format",
        forbidden: &["api", "live", "ui", "charts", "features", "pages", "shell"],
    },
    Rule { folder: "app/src/live", forbidden: &["format", "ui", "charts", "features", "pages", "shell"] },
    Rule { folder: "app/src/ui", forbidden: &["charts", "features", "pages", "shell"] },
    Rule { folder: "app/src/charts", forbidden: &["features", "pages", "shell"] },
    Rule { folder: "app/src/features", forbidden: &["pages", "shell"] },
    Rule { folder: "server/src", forbidden: &["diesel", "tables"] },
];

/// A module that could be removed, and the only folders and files that may use it.
struct Edge {
    module: &'static str,
    folders: &'static [&'static str],
    users: &'static [&'static str],
}

const EDGES: &[Edge] = &[
    // The database of the Node application, and its encryption.
    Edge {
        module: "node",
        folders: &["src", "app/src", "server/src"],
        users: &[
            "src/db/node",
            "src/crypto/node.rs",
            "src/service/import",
            // The channels that an import kept, whose secrets are decrypted when they are created.
            "src/service/notifications/imported.rs",
            // The rules that an import kept.
            "src/service/notifications/imported_rules",
        ],
    },
    // The demo.
    Edge {
        module: "demo",
        folders: &["src", "app/src", "server/src"],
        users: &[
            "src/demo",
            "server/src/commands/mod.rs",
            "server/src/commands/demo.rs",
            "server/src/commands/serve.rs",
        ],
    },
    // The import of files: pages, the API and the command call it, and the background work shows its progress.
    Edge {
        module: "import",
        folders: &["src"],
        users: &[
            "src/service/import",
            "src/dto/import.rs",
            "src/dto/work.rs",
            "src/service/tasks/background.rs",
        ],
    },
];

/// Dependencies that a crate must not have.
const CRATES: &[(&str, &[&str])] = &[
    ("Cargo.toml", &["leptos", "axum", "app", "server"]),
    ("app/Cargo.toml", &["diesel", "server"]),
    ("server/Cargo.toml", &["diesel", "frontend"]),
    ("frontend/Cargo.toml", &["diesel", "axum", "server"]),
];

#[test]
fn no_room_names_one_above_it() -> TestResult {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    for Rule { folder, forbidden } in RULES {
        let files = sources(&root.join(folder))?;
        assert!(!files.is_empty(), "{folder} has no sources: put the new name of the room into RULES");
        for file in files {
            let text = fs::read_to_string(&file)?;
            for (number, name) in named(&text).filter(|(_, name)| forbidden.contains(&name.as_str())) {
                wrong.push(format!("{}:{number} names `{name}`", file.strip_prefix(root)?.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn what_stands_at_the_edge_is_named_by_its_users_only() -> TestResult {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    for Edge { module, folders, users } in EDGES {
        assert!(users.iter().all(|user| root.join(user).exists()), "{users:?}");
        for folder in *folders {
            for file in sources(&root.join(folder))? {
                let shown = file.strip_prefix(root)?;
                if users.iter().any(|user| shown.starts_with(user)) {
                    continue;
                }
                let text = fs::read_to_string(&file)?;
                let names = named(&text).filter(|(_, name)| name == module);
                wrong.extend(
                    names.map(|(number, name)| format!("{}:{number} names `{name}`", shown.display())),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn no_crate_depends_on_one_above_it() -> TestResult {
    for (manifest, forbidden) in CRATES {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(manifest))?;
        let dependencies = text.split("\n[").filter(|part| part.starts_with("dependencies]"));
        for line in dependencies.flat_map(str::lines) {
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            assert!(!forbidden.contains(&name), "{manifest} depends on {name}");
        }
    }
    Ok(())
}

/// Returns the source files of a folder, without those of tests.
fn sources(folder: &Path) -> Result<Vec<std::path::PathBuf>, std::io::Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_test = name == "tests" || name == "testing" || name.ends_with("_tests");
        if path.is_dir() && !is_test {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !is_test {
            found.push(path);
        }
    }
    Ok(found)
}

/// Returns the names of modules and crates in paths, with their lines: of `use` trees, and of paths in code. Ends at the tests, which
/// are last.
fn named(text: &str) -> impl Iterator<Item = (usize, String)> {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut depth_of_use = 0_i32;
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let line = line.split("//").next().unwrap_or_default();
        let starts = line.trim_start().trim_start_matches("pub ").starts_with("use ");
        let in_use = starts || depth_of_use > 0;
        if in_use {
            depth_of_use += i32::try_from(line.matches('{').count()).unwrap_or(0);
            depth_of_use -= i32::try_from(line.matches('}').count()).unwrap_or(0);
        }
        let words: Vec<&str> = line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).collect();
        for word in words {
            // `crate::db::tables::jobs` and, in a tree, `tables::{…}` or `tables`.
            let parts: Vec<&str> = word.split("::").filter(|part| !part.is_empty()).collect();
            let is_path = in_use
                || word.starts_with("crate::")
                || word.starts_with("super::")
                || word.starts_with("duplistatus::");
            if is_path {
                found.extend(parts.into_iter().map(|part| (index + 1, part.to_owned())));
            }
        }
    }
    found.into_iter()
}

#[test]
fn paths_are_found_in_trees_and_in_code() {
    let text = "use crate::{\n    db::{\n        care::dump,\n    },\n};\nfn f() { crate::service::go(); }\n// db::no\n#[cfg(test)]\nmod tests { use crate::no; }";
    let names: Vec<String> = named(text).map(|(_, name)| name).collect();
    for name in ["db", "care", "dump", "service"] {
        assert!(names.iter().any(|found| found == name), "{name} of {names:?}");
    }
    assert!(!names.iter().any(|found| found == "no"), "{names:?}");
}
