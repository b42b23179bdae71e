//! The application: routes inside the frame.

use leptos::{children::ToChildren, prelude::*};
use leptos_meta::provide_meta_context;
use leptos_router::components::{FlatRoutes, FlatRoutesProps, RouteChildren, Router};

use super::{frame::Frame, lazy_page::show_onboarding, not_found::NotFoundPage, route::routes};
use crate::{context::base_path::use_base_path, features::onboarding::state::Onboarding, live::provide_live};

/// The application: frame, routes, live updates.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_live();
    provide_context(Onboarding(show_onboarding));
    let base = use_base_path();
    view! {
        <Router base=base.as_str().to_owned()>
            <Frame>
                {FlatRoutes(
                    FlatRoutesProps::builder()
                        .fallback(NotFoundPage)
                        .children(RouteChildren::to_children(routes))
                        .build(),
                )}
            </Frame>
        </Router>
    }
}
