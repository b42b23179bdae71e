//! The site's files, embedded in the binary, so that the binary alone serves everything.

use app::shell::document::SiteFiles;

/// One file with its compressed forms.
#[derive(Debug)]
pub struct SiteFile {
    /// Path in the site, such as `/pkg/<hash>/duplistatus.js`.
    pub path: &'static str,
    /// Uncompressed.
    pub plain: &'static [u8],
    /// Compressed with brotli.
    pub br: Option<&'static [u8]>,
    /// Compressed with gzip.
    pub gz: Option<&'static [u8]>,
}

static FILES: &[SiteFile] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

impl SiteFile {
    /// Returns the file with a path in the site.
    pub fn find(path: &str) -> Option<&'static Self> {
        FILES.iter().find(|file| file.path == path)
    }

    /// Returns its media type.
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

    /// Returns whether it is the script of a worker.
    pub fn is_worker(&self) -> bool {
        matches!(self.path, "/live.js" | "/push_worker.js")
    }

    /// Returns whether its path changes with its content.
    pub fn is_immutable(&self) -> bool {
        self.path.starts_with("/pkg/")
    }
}

/// Returns the paths of all files.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|file| file.path)
}

/// Returns the paths that pages refer to.
pub fn site_files() -> SiteFiles {
    // The fallbacks are for a binary without a site (a test), which still renders pages.
    SiteFiles {
        js: compiled("duplistatus", ".js").unwrap_or("/pkg/duplistatus.js"),
        wasm: compiled("duplistatus", ".wasm").unwrap_or("/pkg/duplistatus.wasm"),
        css: compiled("duplistatus", ".css").unwrap_or("/pkg/duplistatus.css"),
        lazy_js: compiled("__wasm_split", ".js").unwrap_or("/pkg/__wasm_split.js"),
        lazy_wasm: compiled("split_lazy_pages", ".wasm").unwrap_or("/pkg/split_lazy_pages.wasm"),
    }
}

/// Returns the compiled file whose name has this start and end.
fn compiled(start: &str, end: &str) -> Option<&'static str> {
    let mut all = paths().filter(|path| path.starts_with("/pkg/") && path.ends_with(end));
    all.find(|path| path.rsplit('/').next().is_some_and(|name| name.starts_with(start)))
}
