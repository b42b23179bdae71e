//! The routes: one for each row of the table of pages, all of the same type.

use std::borrow::Cow;

use leptos::tachys::view::iterators::StaticVec;
use leptos_router::{
    MatchNestedRoutes, NestedRoute, PartialPathMatch, PathSegment, PossibleRouteMatch, SsrMode,
};

use super::lazy_page::PageView;
use crate::pages::{PAGES, PageRow, parameter};

/// Returns the routes of all pages. The server sends complete HTML, so a page waits for its data.
pub(super) fn routes() -> StaticVec<impl MatchNestedRoutes + Clone + Send + 'static> {
    let route = |row| NestedRoute::new(Pattern(row), PageView(row)).ssr_mode(SsrMode::Async);
    PAGES.iter().map(route).collect::<Vec<_>>().into()
}

/// The path of a page, in the router's form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pattern(&'static PageRow);

impl PossibleRouteMatch for Pattern {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let parameters = self.0.parameters(path)?;
        let parameters = parameters.into_iter().map(|(name, value)| (Cow::Borrowed(name), value.to_owned()));
        Some(PartialPathMatch::new("", parameters.collect(), path))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        let parts = self.0.parts();
        path.extend(parts.map(|part| match parameter(part) {
            Some(name) => PathSegment::Param(name.into()),
            None => PathSegment::Static(part.into()),
        }));
    }
}
