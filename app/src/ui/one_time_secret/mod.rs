//! What is shown only once: a key, a password, recovery codes.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    icon::{Icon, Shape},
    notice::{Notice, Tone},
};

/// A secret that waits to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OneTime<T> {
    /// None was created.
    #[default]
    Nothing,
    /// It was just created.
    Now(T),
    /// It was shown already, or its time is over.
    Gone,
}

impl<T> OneTime<T> {
    /// The answer to the request for the secret.
    pub fn new(secret: Option<T>) -> Self {
        secret.map_or(Self::Gone, Self::Now)
    }

    /// The answer of a page that asks only if its address says that there is one.
    pub fn asked(is_asked: bool, secret: Option<T>) -> Self {
        match secret {
            None if !is_asked => Self::Nothing,
            secret => Self::new(secret),
        }
    }

    /// Shows the secret; in place of one that is gone, `title` and `what` say so.
    pub fn show<V: IntoView + 'static>(
        self,
        title: String,
        what: String,
        view: impl FnOnce(T) -> V,
    ) -> AnyView {
        match self {
            Self::Nothing => ().into_any(),
            Self::Now(secret) => view(secret).into_any(),
            Self::Gone => view! {
                <Notice tone=Tone::Warn title=title>
                    <p>{what}</p>
                </Notice>
            }
            .into_any(),
        }
    }
}

/// The panel around a secret: what it is, and that it is shown once.
#[component]
pub fn OneTimeSecret(
    /// Id of its heading.
    id: &'static str,
    /// What it is.
    title: String,
    /// What to do with it, and that it is not shown again.
    what: String,
    /// Whether it stands in a section that has a heading of its own.
    #[prop(optional)]
    inside: bool,
    /// The secret, and how it is used.
    children: Children,
) -> impl IntoView {
    let heading = if inside {
        view! { <h3 id=id>{title}</h3> }.into_any()
    } else {
        view! {
            <h2 id=id>
                <Icon shape=Shape::Tick />
                {title}
            </h2>
        }
        .into_any()
    };
    view! {
        <section class="card one-time" data-variant=inside.then_some("inside") aria-labelledby=id>
            {heading}
            <p class="muted one-time-what">{what}</p>
            {children()}
        </section>
    }
}
