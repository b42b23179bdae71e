//! The built program's files for many machines, and the scripts against a server that answers as Duplicati's REST API does.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed step should fail the test")]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output, Stdio},
    thread,
};

use serde_json::{Value, json};

const URL: &str = "https://backup.example.org";

fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_duplistatus"))
        .args(["--log", "error", "--time-zone", "UTC", "--data-dir"])
        .arg(folder.join("data"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("DUPLISTATUS_PUBLIC_URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn told(folder: &Path, arguments: &[&str], input: &str) -> String {
    let output = run(folder, arguments, input);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments, "");
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn keys(folder: &Path) -> Vec<Value> {
    let keys: Value = serde_json::from_str(&told(folder, &["key", "list", "--json"], "")).unwrap();
    keys["keys"].as_array().unwrap().clone()
}

fn options(path: &Path) -> Value {
    let preload: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    preload["db"]["server"].clone()
}

#[test]
fn each_machine_gets_a_key_of_its_own_and_files_that_only_their_owner_reads() {
    let folder = tempfile::tempdir().unwrap();
    let list = "# machines\nBüro PC\n\nNAS\nmail\n";
    let preload = ["fleet", "preload", "--folder", "out", "--public-url", URL, "--list", "-", "nas"];
    let said = told(folder.path(), &preload, list);
    assert!(said.starts_with("3 keys were created"), "{said}");
    let out = folder.path().join("out");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&out), 0o700);
    let known = keys(folder.path());
    let mut table = csv::Reader::from_path(out.join("machines.csv")).unwrap();
    let lines: Vec<_> = table.records().map(Result::unwrap).collect();
    assert_eq!(lines.iter().map(|line| &line[0]).collect::<Vec<_>>(), ["nas", "Büro PC", "mail"]);
    for line in &lines {
        let (machine, machine_folder, id, prefix) = (&line[0], out.join(&line[1]), &line[2], &line[3]);
        let key = known.iter().find(|key| key["id"].as_i64() == id.parse().ok()).unwrap();
        assert_eq!(key["server"][1], machine, "reports are filed under its name");
        assert_eq!(key["prefix"], prefix);
        assert_eq!(mode(&machine_folder), 0o700);
        for name in ["preload.json", "set-options.sh", "set-options.ps1"] {
            let path = machine_folder.join(name);
            assert_eq!(mode(&path), 0o600, "Duplicati takes no file that others can read");
            let start = format!("{URL}/api/upload/{prefix}");
            assert!(fs::read_to_string(&path).unwrap().contains(&start), "{}", path.display());
        }
        let options = options(&machine_folder.join("preload.json"));
        assert_eq!(options["--send-http-any-operation"], "true");
        assert_eq!(
            options["--http-report-status-url"],
            Value::Null,
            "Duplicati 2.1 to 2.3.0 would warn of it"
        );
    }
    let secrets: Vec<String> = lines
        .iter()
        .map(|line| options(&out.join(&line[1]).join("preload.json"))["--send-http-json-urls"].to_string())
        .collect();
    assert!(secrets[0] != secrets[1] && secrets[1] != secrets[2]);
}

#[test]
fn one_key_can_be_for_all_machines_and_live_status_is_an_option() {
    let folder = tempfile::tempdir().unwrap();
    let preload =
        ["fleet", "preload", "--folder", "out", "--public-url", URL, "--one-key", "--live-status", "--json"];
    let written: Value = serde_json::from_str(&told(folder.path(), &preload, "")).unwrap();
    assert_eq!(written["machines"].as_array().unwrap().len(), 1);
    assert_eq!(keys(folder.path())[0]["server"], Value::Null);
    let options = options(&folder.path().join("out/any-machine/preload.json"));
    let upload = options["--send-http-json-urls"].as_str().unwrap();
    assert_eq!(options["--http-report-status-url"], upload.replace("/upload/", "/status/"));
}

#[test]
fn what_cannot_work_creates_no_key() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("there")).unwrap();
    for (arguments, why) in [
        (&["--folder", "out", "nas"][..], "other machines cannot reach localhost: set --public-url"),
        (&["--folder", "out", "--public-url", URL], "name the machines, or use --one-key"),
        (&["--folder", "out", "--public-url", URL, " "], "is no name of a machine"),
        (&["--folder", "out", "--public-url", URL, "--list", "none.txt"], "cannot read none.txt"),
        (&["--folder", "there", "--public-url", URL, "nas"], "there exists already"),
        (&["--folder", "no/out", "--public-url", URL, "nas"], "cannot create no/out"),
        (&["--folder", "out", "--public-url", URL, "--one-key", "nas"], "cannot be used with"),
    ] {
        let said = refused(folder.path(), &[&["fleet", "preload"], arguments].concat());
        assert!(said.contains(why), "{said}");
        assert!(!folder.path().join("out").exists());
    }
    assert!(!folder.path().join("data").join("duplistatus.db").exists());
}

/// Takes one request as Duplicati's REST API does; returns its line, its authorization and its body.
fn request(stream: &TcpStream) -> (String, String, Value) {
    let mut reader = BufReader::new(stream);
    let lines = reader.by_ref().lines().map_while(Result::ok);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let header = |name: &str| {
        let of = |line: &String| {
            line.split_once(": ")
                .filter(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.to_owned())
        };
        head.iter().find_map(of).unwrap_or_default()
    };
    assert_eq!(header("content-type"), "application/json");
    let mut body = vec![0; header("content-length").parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    (head[0].clone(), header("authorization"), serde_json::from_slice(&body).unwrap())
}

#[test]
fn the_script_sets_the_options_of_a_running_duplicati() {
    if Command::new("curl").arg("--version").output().is_err() {
        // The script needs it, and says so where it is missing.
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    told(folder.path(), &["fleet", "preload", "--folder", "out", "--public-url", URL, "nas"], "");
    let expected = options(&folder.path().join("out/nas/preload.json"));
    let password = r#"a "b" \ $HOME `id` ü"#;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let duplicati = thread::spawn(move || {
        let token = "aaa.bbb-c_d.eee";
        let (mut login, _) = listener.accept().unwrap();
        let (line, _, body) = request(&login);
        assert_eq!(line, "POST /api/v1/auth/login HTTP/1.1");
        assert_eq!(body, json!({ "Password": password, "RememberMe": false }));
        let answer = json!({ "AccessToken": token, "RefreshNonce": null }).to_string();
        write!(login, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}", answer.len()).unwrap();
        drop(login);
        let (mut patch, _) = listener.accept().unwrap();
        let (line, authorization, body) = request(&patch);
        assert_eq!(line, "PATCH /api/v1/serversettings HTTP/1.1");
        assert_eq!(authorization, format!("Bearer {token}"));
        write!(patch, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        body
    });
    let script = Command::new("sh")
        .args(["out/nas/set-options.sh", &address])
        .current_dir(folder.path())
        .env("DUPLICATI_PASSWORD", password)
        .env_remove("http_proxy")
        .output()
        .unwrap();
    assert!(script.status.success(), "{}", String::from_utf8_lossy(&script.stderr));
    assert_eq!(duplicati.join().unwrap(), expected, "what preload.json sets");
    // Nobody listens any more.
    let script = Command::new("sh")
        .args(["out/nas/set-options.sh", &address])
        .current_dir(folder.path())
        .env("DUPLICATI_PASSWORD", password)
        .output()
        .unwrap();
    assert!(!script.status.success());
    assert!(String::from_utf8_lossy(&script.stderr).contains("cannot be reached"));
}
