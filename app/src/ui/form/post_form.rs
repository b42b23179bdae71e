//! A form for a server action that works under a base path and without JavaScript.

use leptos::{
    form::form_data_from_event,
    prelude::*,
    server_fn::{Http, ServerFn, client::Client, codec::PostUrl},
};

use super::failure::{form_error, with_error};
use crate::context::base_path::use_base_path;

/// The fields of a submitted form.
#[derive(Debug)]
pub struct Fields(web_sys::FormData);

impl Fields {
    /// Returns the value of a field; empty if there is no such field.
    pub fn text(&self, name: &str) -> String {
        self.0.get(name).as_string().unwrap_or_default()
    }
}

/// Like Leptos' `ActionForm`, which outputs the URL of the server function without the base path, so that a browser
/// without JavaScript would post to a wrong address. It would also include a form deserializer only to read one or
/// two fields.
#[component]
pub fn PostForm<F, Output>(
    /// The action that the form submits.
    action: ServerAction<F>,
    /// Creates the arguments of the server function from the fields. With `None` the browser posts the form itself,
    /// and the server reports the error.
    read: fn(&Fields) -> Option<F>,
    /// Class of the form element.
    #[prop(optional, into)]
    class: String,
    /// The fields.
    children: Children,
) -> impl IntoView
where
    F: ServerFn<Protocol = Http<PostUrl, Output>> + Clone + Send + Sync + 'static,
    F::Output: Send + Sync + 'static,
    F::Error: Send + Sync + 'static,
    <F as ServerFn>::Client: Client<<F as ServerFn>::Error>,
{
    let submit = move |event: web_sys::SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        if let Some(input) = form_data_from_event(&event).ok().and_then(|data| read(&Fields(data))) {
            event.prevent_default();
            action.dispatch(input);
        }
    };
    view! {
        <form method="post" action=use_base_path().url(F::url()) class=class on:submit=submit>
            {with_error(form_error(F::url()), children)}
        </form>
    }
}
