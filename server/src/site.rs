//! The site's files, carried in the binary: copied alone into an empty folder, it serves everything.

use app::shell::SiteFiles;

/// One file with its compressed forms.
#[derive(Debug)]
pub struct SiteFile {
    /// Path in the site, as `/pkg/duplistatus.<hash>.js`.
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

    /// Whether its name changes with its content.
    pub fn is_immutable(&self) -> bool {
        self.path.starts_with("/pkg/")
    }
}

/// The names that the pages refer to.
pub fn site_files() -> SiteFiles {
    let named = |extension: &str| {
        let mut names = FILES.iter().filter_map(|file| file.path.strip_prefix("/pkg/duplistatus."));
        names.find(|name| name.ends_with(extension))
    };
    // A binary without a site (a test) still renders pages.
    SiteFiles {
        js: named("js").and_then(whole_name).unwrap_or("duplistatus.js"),
        wasm: named("wasm").and_then(whole_name).unwrap_or("duplistatus.wasm"),
        css: named("css").and_then(whole_name).unwrap_or("duplistatus.css"),
    }
}

fn whole_name(rest: &'static str) -> Option<&'static str> {
    FILES
        .iter()
        .filter_map(|file| file.path.strip_prefix("/pkg/"))
        .find(|name| name.ends_with(rest) && !name.contains('/'))
}
