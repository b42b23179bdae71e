//! Where the things are set that a job, or a server, inherits: as links for those who may change them.

use duplistatus::{
    dto::{job::Origin, schedules::Defaults},
    ids::{GroupId, ServerId},
};
use leptos::prelude::*;

use crate::ui::link::Link;

/// What is wider than a job, a server or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wider {
    /// The server.
    pub server: Option<ServerId>,
    /// Its group.
    pub group: Option<GroupId>,
    /// Whether the viewer may set anything.
    pub may_manage: bool,
}

impl Wider {
    /// The page where something is set that is inherited.
    fn path(self, origin: Origin) -> Option<String> {
        let of = match origin {
            Origin::Job => None,
            Origin::Server => self.server.map(Defaults::Server),
            Origin::Group => self.group.map(Defaults::Group),
            Origin::Site => Some(Defaults::Site),
        };
        of.filter(|_| self.may_manage).map(Defaults::path)
    }

    /// Words about where something is set, as a link to where that can be changed.
    pub fn said(self, origin: Option<Origin>, words: String) -> AnyView {
        match origin.and_then(|origin| self.path(origin)) {
            Some(path) => view! { <Link to=path class="text-link">{words}</Link> }.into_any(),
            None => words.into_any(),
        }
    }
}
