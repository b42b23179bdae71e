//! The code that `app/build.rs` generates from `locales/*.json`.

include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));
