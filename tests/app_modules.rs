//! The modules of `app`: no feature uses another one, except for those listed here, and there are no cycles between modules. Reads the
//! sources.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// A module, as the parts of its path in the crate.
type Module = Vec<String>;

/// Features that others may name, and who does. The table of jobs is part of two pages, the page of a job has the charts and the history of that of a
/// server and the timelines of incidents, the forms of what is set are those of a job and of the pages of schedules, and the dashboard before the first server shows the first
/// steps, which create an ingest key and list rejected reports. The page of channels previews rules of an import.
const SHARED: &[(&str, &str)] = &[
    ("dashboard", "job_table"),
    ("server", "job_table"),
    ("dashboard", "onboarding"),
    ("job", "incidents"),
    ("job", "monitoring"),
    ("schedules", "monitoring"),
    ("monitoring", "incidents"),
    ("job", "server"),
    ("server_edit", "database"),
    ("templates", "channels"),
    ("channels", "notification_rules"),
    ("onboarding", "ingest_keys"),
    ("onboarding", "rejected"),
];

#[test]
fn no_feature_names_another() -> TestResult {
    let modules = modules()?;
    let feature = |module: &Module| match module.as_slice() {
        [first, name, ..] if first == "features" => Some(name.clone()),
        _ => None,
    };
    let mut used = BTreeSet::new();
    for (module, needs) in &modules {
        let Some(from) = feature(module) else { continue };
        for to in needs.iter().filter_map(feature).filter(|to| *to != from) {
            let is_shared = SHARED.contains(&(from.as_str(), to.as_str()));
            assert!(is_shared, "{} names features::{to}", module.join("::"));
            used.insert((from.clone(), to));
        }
    }
    assert_eq!(used.len(), SHARED.len(), "SHARED has more than what is needed: {used:?}");
    Ok(())
}

#[test]
fn no_two_modules_need_each_other() -> TestResult {
    let modules = modules()?;
    assert!(modules.len() > 150, "{}", modules.len());
    // Removes modules that need none of the remaining ones, until only cycles, and what depends on them, are left.
    let mut left = modules;
    loop {
        let names: BTreeSet<Module> = left.keys().cloned().collect();
        let before = left.len();
        left.retain(|_, needs| needs.iter().any(|module| names.contains(module)));
        if left.len() == before {
            break;
        }
    }
    let left: Vec<String> = left
        .iter()
        .map(|(module, needs)| {
            let needs: Vec<String> =
                needs.iter().filter(|need| left.contains_key(*need)).map(|need| need.join("::")).collect();
            format!("{} needs {}", module.join("::"), needs.join(", "))
        })
        .collect();
    assert!(left.is_empty(), "{}", left.join("\n"));
    Ok(())
}

/// Returns every module of `app` without its tests, and the modules it needs.
fn modules() -> Result<BTreeMap<Module, BTreeSet<Module>>, Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("app/src");
    let mut files = BTreeMap::new();
    collect(&root, &Vec::new(), &mut files)?;
    let names: BTreeSet<Module> = files.keys().cloned().collect();
    Ok(files.iter().map(|(module, text)| (module.clone(), needs(module, text, &names))).collect())
}

fn collect(folder: &Path, module: &Module, files: &mut BTreeMap<Module, String>) -> TestResult {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if name == "tests" || name == "testing" || name.ends_with("_tests") {
            continue;
        }
        let child: Module = module.iter().cloned().chain([name.clone()]).collect();
        if path.is_dir() {
            collect(&path, &child, files)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") && name != "lib" {
            let module = if name == "mod" { module.clone() } else { child };
            files.insert(module, fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

/// Returns the other modules that a file uses.
fn needs(module: &Module, text: &str, names: &BTreeSet<Module>) -> BTreeSet<Module> {
    let paths = paths(text).into_iter().filter_map(|(path, depth)| absolute(module, path, depth, names));
    let owner = |path: Module| {
        (1..=path.len())
            .rev()
            .filter_map(|n| path.get(..n))
            .find(|part| names.contains(*part))
            .map(<[String]>::to_vec)
    };
    paths.filter_map(owner).filter(|need| need != module).collect()
}

/// Resolves a path within the crate; `None` if it leads out of it. `depth` is the number of inline modules around it.
fn absolute(module: &Module, path: Vec<String>, depth: usize, names: &BTreeSet<Module>) -> Option<Module> {
    let supers = path.iter().take_while(|part| *part == "super").count();
    let rest = path.iter().skip(supers).cloned();
    match path.first()?.as_str() {
        "crate" => Some(rest.skip(1).collect()),
        "self" => Some(module.iter().cloned().chain(rest.skip(1)).collect()),
        "super" => {
            let up = supers.saturating_sub(depth);
            (depth == 0 || up > 0)
                .then(|| module.iter().take(module.len() - up).cloned().chain(rest).collect())
        }
        child => {
            let path: Module = module.iter().cloned().chain(path.iter().cloned()).collect();
            let start: Module = module.iter().cloned().chain([child.to_owned()]).collect();
            names.contains(&start).then_some(path)
        }
    }
}

/// Returns the paths in a file: of `use` trees, and in code. Ends at the tests, which are last.
fn paths(text: &str) -> Vec<(Vec<String>, usize)> {
    let code: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let end = code.windows(2).position(|pair| matches!(pair, [cfg, module] if cfg.starts_with("#[cfg(") && cfg.contains("test") && module.contains("mod ") && module.ends_with('{')));
    let code = code.get(..end.unwrap_or(code.len())).unwrap_or_default().join("\n");
    let mut found = Vec::new();
    let mut rest = code.as_str();
    while let Some(word) = rest.find(|c: char| c.is_alphanumeric() || c == '_') {
        let line = code
            .get(..code.len() - rest.len() + word)
            .and_then(|before| before.rsplit('\n').next())
            .unwrap_or_default();
        let depth =
            usize::from(line.starts_with("    ") && line.trim_start().trim_start_matches("pub ").is_empty());
        rest = rest.get(word..).unwrap_or_default();
        let length =
            rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
        let (token, after) = rest.split_at(length);
        rest = after;
        if token == "use" {
            let length = rest.find(';').unwrap_or(rest.len());
            let (tree, after) = rest.split_at(length);
            branches(tree, &[], &mut found, depth);
            rest = after;
        } else if token.contains("::") {
            found.push((token.split("::").map(str::to_owned).collect(), 0));
        }
    }
    found
}

/// Adds the paths of a `use` tree below a prefix.
fn branches(tree: &str, prefix: &[String], found: &mut Vec<(Vec<String>, usize)>, depth: usize) {
    let tree = tree.trim();
    if tree.is_empty() {
        return;
    }
    let (head, inner) = match tree.split_once('{') {
        Some((head, inner)) => (head, inner.strip_suffix('}')),
        None => (tree, None),
    };
    let head = head.split(" as ").next().unwrap_or_default();
    let parts = head.split("::").map(str::trim).filter(|part| !part.is_empty() && *part != "*");
    let path: Vec<String> = prefix.iter().cloned().chain(parts.map(str::to_owned)).collect();
    let Some(inner) = inner else {
        if !path.is_empty() {
            found.push((path, depth));
        }
        return;
    };
    let mut level = 0_usize;
    let mut start = 0;
    for (index, c) in inner.char_indices().chain([(inner.len(), ',')]) {
        match c {
            '{' => level += 1,
            '}' => level = level.saturating_sub(1),
            ',' if level == 0 => {
                branches(inner.get(start..index).unwrap_or_default(), &path, found, depth);
                start = index + 1;
            }
            _ => {}
        }
    }
}

#[test]
fn paths_of_trees_and_of_code_are_found() {
    let text = "use super::{a::B, c::{D, e::F},};\nuse crate::g;\nmod browser {\n    use super::H;\n}\nfn f() { crate::i::j(); }\n// crate::no\n#[cfg(test)]\nmod tests {\n    use crate::never;\n}\n";
    let found: Vec<String> =
        paths(text).into_iter().map(|(path, depth)| format!("{}@{depth}", path.join("::"))).collect();
    assert_eq!(
        found,
        ["super::a::B@0", "super::c::D@0", "super::c::e::F@0", "crate::g@0", "super::H@1", "crate::i::j@0"]
    );
}

#[test]
fn a_path_leads_to_the_module_that_owns_it() {
    let module = |text: &str| -> Module { text.split("::").map(str::to_owned).collect() };
    let names: BTreeSet<Module> =
        ["ui", "ui::form", "ui::form::field", "ui::link", "live"].map(module).into_iter().collect();
    let of = |at: &str, text: &str| -> Vec<String> {
        needs(&module(at), text, &names).iter().map(|need| need.join("::")).collect()
    };
    assert_eq!(of("ui::form::field", "use super::super::link::Link;"), ["ui::link"]);
    assert_eq!(of("ui::form", "use self::field::Field;"), ["ui::form::field"]);
    assert_eq!(of("ui::form", "fn f() { field::go(); }"), ["ui::form::field"]);
    assert_eq!(of("live", "use crate::ui::form::{field::Field, Form};"), ["ui::form", "ui::form::field"]);
    assert_eq!(of("live", "mod browser {\n    use super::Live;\n}"), [""; 0]);
}
