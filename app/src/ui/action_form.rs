//! A form for a server action that works under a base path and without JavaScript.

use leptos::{
    form::FromFormData,
    prelude::*,
    server_fn::{Http, ServerFn, client::Client, codec::PostUrl, request::ClientReq},
};
use serde::de::DeserializeOwned;

use crate::base_path::use_base_path;

/// Like Leptos' `ActionForm`, which prints the bare URL of the server function: a browser without JavaScript would
/// post outside of the base path.
#[component]
pub fn PostForm<F, Output>(
    /// The action that the form submits.
    action: ServerAction<F>,
    /// Class of the form element.
    #[prop(optional, into)]
    class: String,
    /// The fields.
    children: Children,
) -> impl IntoView
where
    F: DeserializeOwned + ServerFn<Protocol = Http<PostUrl, Output>> + Clone + Send + Sync + 'static,
    <<F::Client as Client<F::Error>>::Request as ClientReq<F::Error>>::FormData: From<web_sys::FormData>,
    F::Output: Send + Sync + 'static,
    F::Error: Send + Sync + 'static,
    <F as ServerFn>::Client: Client<<F as ServerFn>::Error>,
{
    let submit = move |event: web_sys::SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        // Fields that cannot be read are left to the browser: it posts the form, and the server says what is wrong.
        if let Ok(input) = F::from_event(&event) {
            event.prevent_default();
            action.dispatch(input);
        }
    };
    view! {
        <form method="post" action=use_base_path().url(F::url()) class=class on:submit=submit>
            {children()}
        </form>
    }
}
