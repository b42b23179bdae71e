//! The recorded requests, and what is expected of them.

use std::path::{Path, PathBuf};

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::Value;

pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/captures")
}

pub(super) fn expected() -> Value {
    serde_json::from_slice(&std::fs::read(folder().join("expected.json")).unwrap()).unwrap()
}

/// One recorded request.
#[derive(Debug, Clone)]
pub(super) struct Recorded {
    /// `json`, `form`, `url` or `status`.
    pub(super) kind: String,
    method: String,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

impl Recorded {
    pub(super) fn read(path: &Path) -> Self {
        let request = std::fs::read(path).unwrap();
        let end = request.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(request[..end].to_vec()).unwrap();
        let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
        let name = path.file_stem().unwrap().to_str().unwrap();
        Self {
            kind: name.rsplit('-').next().unwrap().to_owned(),
            method: head.split(' ').next().unwrap().to_owned(),
            content_type: field("Content-Type: "),
            body: request[end + 4..].to_vec(),
        }
    }

    pub(super) fn request(&self, key: &str) -> Request<Body> {
        let door = if self.kind == "status" { "status" } else { "upload" };
        Request::builder()
            .method(self.method.as_str())
            .uri(format!("/api/{door}/{key}"))
            .header(header::CONTENT_TYPE, &self.content_type)
            .header(header::CONTENT_LENGTH, self.body.len())
            .body(Body::from(self.body.clone()))
            .unwrap()
    }
}

/// Returns the requests of a version, grouped by story, in the order in which they were sent.
pub(super) fn recorded(version: &str) -> Vec<Recorded> {
    let expected = expected();
    let started = |story: &str| {
        let all = ["runs", "operations"]
            .iter()
            .flat_map(|kind| expected[version][story][*kind].as_array().unwrap());
        all.map(|run| run["start"].as_i64().unwrap()).min().unwrap()
    };
    let mut stories: Vec<&String> = expected[version].as_object().unwrap().keys().collect();
    stories.sort_by_key(|story| (started(story), story.to_owned().to_owned()));
    let of_story = |story: &String| {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder().join(version).join(story))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        paths.sort();
        paths.iter().map(|path| Recorded::read(path)).collect::<Vec<_>>()
    };
    stories.into_iter().flat_map(of_story).collect()
}
