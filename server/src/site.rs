//! The site's files, carried in the binary: copied alone into an empty folder, it serves everything.

use app::shell::document::SiteFiles;

/// One file with its compressed forms.
#[derive(Debug)]
pub struct SiteFile {
    /// Path in the site, as `/pkg/<hash>/duplistatus.js`.
    pub path: &'static str,
    /// As it is.
    pub plain: &'static [u8],
    /// With brotli.
    pub br: Option<&'static [u8]>,
    /// With gzip.
    pub gz: Option<&'static [u8]>,
}

static FILES: &[SiteFile] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

impl SiteFile {
    /// Finds a file by its path in the site.
    pub fn find(path: &str) -> Option<&'static Self> {
        FILES.iter().find(|file| file.path == path)
    }

    /// Its media type.
    pub fn media_type(&self) -> &'static str {
        match self.path.rsplit_once('.').map(|(_, extension)| extension) {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("wasm") => "application/wasm",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("ico") => "image/x-icon",
            Some("webmanifest") => "application/manifest+json",
            Some("woff2") => "font/woff2",
            Some("txt") => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        }
    }

    /// Whether it is the script of a worker.
    pub fn is_worker(&self) -> bool {
        self.path == "/live.js"
    }

    /// Whether its path changes with its content.
    pub fn is_immutable(&self) -> bool {
        self.path.starts_with("/pkg/")
    }
}

/// The paths of all files.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|file| file.path)
}

/// The paths that pages refer to.
pub fn site_files() -> SiteFiles {
    // A binary without a site (a test) still renders pages.
    SiteFiles {
        js: compiled("duplistatus", ".js").unwrap_or("/pkg/duplistatus.js"),
        wasm: compiled("duplistatus", ".wasm").unwrap_or("/pkg/duplistatus.wasm"),
        css: compiled("duplistatus", ".css").unwrap_or("/pkg/duplistatus.css"),
        lazy_js: compiled("__wasm_split", ".js").unwrap_or("/pkg/__wasm_split.js"),
        lazy_wasm: compiled("split_lazy_pages", ".wasm").unwrap_or("/pkg/split_lazy_pages.wasm"),
    }
}

/// The compiled file whose name begins and ends so.
fn compiled(start: &str, end: &str) -> Option<&'static str> {
    let mut all = paths().filter(|path| path.starts_with("/pkg/") && path.ends_with(end));
    all.find(|path| path.rsplit('/').next().is_some_and(|name| name.starts_with(start)))
}
