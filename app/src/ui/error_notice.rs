//! What happened, and what to do.

use leptos::{prelude::*, server::ServerActionError, server_fn::ServerFn as _};

use super::{
    icon::{Icon, Shape},
    link::{Link, href},
    page_title::PageTitle,
    time::span_words,
};
use crate::{
    api::session::SignIn,
    error::ApiError,
    locale::{Locale, use_locale},
    tr,
};

/// What cannot be used of a form. Its field is named where the words leave that open.
fn invalid_words(locale: Locale, field: &str, hint: &str) -> String {
    if !(hint.contains(field) || matches!(field, "password" | "work" | "second_factor" | "user")) {
        return tr!(locale, errors.invalid.what, field = field, hint = hint);
    }
    let mut words = hint.to_owned();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// Whether this is the answer to name and password: no code was asked for yet.
fn at_sign_in() -> bool {
    use_context::<ServerActionError>().is_some_and(|error| error.path() == SignIn::PATH)
}

/// Headline and explanation of an error, as the answer to a form.
pub fn error_words(locale: Locale, error: &ApiError) -> (String, String) {
    match error {
        ApiError::NotFound => (tr!(locale, errors.not_found.title), tr!(locale, errors.not_found.what)),
        ApiError::Invalid { field, hint } => {
            (tr!(locale, errors.invalid.title), invalid_words(locale, field, hint))
        }
        ApiError::Unauthenticated => {
            (tr!(locale, errors.unauthenticated.title), tr!(locale, errors.unauthenticated.what))
        }
        ApiError::Credentials if at_sign_in() => {
            (tr!(locale, errors.credentials.sign_in), tr!(locale, errors.credentials.what))
        }
        ApiError::Credentials => {
            (tr!(locale, errors.credentials.title), tr!(locale, errors.credentials.what))
        }
        ApiError::TooMany { seconds } => (
            tr!(locale, errors.too_many.title),
            tr!(locale, errors.too_many.what, span = span_words(locale, *seconds)),
        ),
        ApiError::Busy => (tr!(locale, errors.busy.title), tr!(locale, errors.busy.what)),
        ApiError::Full => (tr!(locale, errors.full.title), tr!(locale, errors.full.what)),
        ApiError::ReadOnly => (tr!(locale, errors.read_only.title), tr!(locale, errors.read_only.what)),
        ApiError::Unreachable => {
            (tr!(locale, errors.unreachable.title), tr!(locale, errors.unreachable.what))
        }
        ApiError::Internal { id } if id.is_empty() => {
            (tr!(locale, errors.internal.title), tr!(locale, errors.internal.what_plain))
        }
        ApiError::Internal { id } => {
            (tr!(locale, errors.internal.title), tr!(locale, errors.internal.what, id = id.clone()))
        }
    }
}

/// An error in the place of a page's content.
#[component]
pub fn ErrorNotice(
    /// What went wrong.
    error: ApiError,
) -> impl IntoView {
    let locale = use_locale();
    let (title, what) = match &error {
        ApiError::Invalid { field, hint } => {
            (tr!(locale, errors.invalid.page), tr!(locale, errors.invalid.what, field = field, hint = hint))
        }
        error => error_words(locale, error),
    };
    let sign_in = (error == ApiError::Unauthenticated)
        .then(|| view! { <a class="btn" data-variant="primary" href=href("/login") rel="external">{tr!(locale, errors.sign_in)}</a> });
    // An address without a page is no fault of the program.
    let (tone, shape) =
        if error == ApiError::NotFound { ("run", Shape::Circle) } else { ("fail", Shape::Cross) };
    let again = matches!(error, ApiError::Busy | ApiError::Unreachable | ApiError::Internal { .. });
    view! {
        <PageTitle text=title.clone() />
        <div class="notice" data-tone=tone data-variant="page" role="alert">
            <Icon shape=shape />
            <div class="notice-text">
                <h1>{title}</h1>
                <p>{what}</p>
                <p class="notice-actions">
                    // The empty address is the page itself; `rel` keeps the router from thinking that nothing changed.
                    {again.then(|| view! { <a class="btn" href="" rel="external">{tr!(locale, errors.retry)}</a> })}
                    {sign_in}
                    <Link to="/" class="btn">
                        {tr!(locale, errors.home)}
                    </Link>
                </p>
            </div>
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn invalid(field: &str, hint: &str) -> ApiError {
        ApiError::Invalid { field: field.into(), hint: hint.into() }
    }

    #[test]
    fn a_form_names_the_field_where_the_words_leave_it_open() {
        let words = |field, hint| error_words(Locale::en, &invalid(field, hint));
        let (title, what) = words("password", "too short: use at least 12 characters");
        assert_eq!(
            (title.as_str(), what.as_str()),
            ("That was not accepted", "Too short: use at least 12 characters")
        );
        assert_eq!(words("name", "a server needs a name").1, "A server needs a name");
        assert_eq!(words("days", "choose from 1 to 90").1, "days: choose from 1 to 90");
        assert_eq!(words("work", "").1, "");
    }

    #[test]
    fn nobody_is_asked_for_a_code_at_the_door() {
        let title = |path: &'static str| {
            Owner::new().with(|| {
                provide_context(ServerActionError::new(path, ""));
                error_words(Locale::en, &ApiError::Credentials).0
            })
        };
        assert_eq!(title(SignIn::PATH), "Name or password is wrong");
        assert_eq!(title("/api/fn/sign_in_code"), "Name, password or code is wrong");
    }

    #[test]
    fn a_page_that_is_not_there_has_a_title() {
        let (context, output) = leptos_meta::ServerMetaContext::new();
        let html = Owner::new().with(|| {
            provide_context(context);
            view! { <ErrorNotice error=invalid("page", "too far") /> }.to_html()
        });
        assert!(html.contains("<h1>That cannot be shown") && html.contains("page: too far"), "{html}");
        let page = futures::stream::iter(["<head></head>".to_owned()]);
        let head = futures::executor::block_on(async {
            futures::StreamExt::collect::<String>(output.inject_meta_context(page).await).await
        });
        assert!(head.contains("<title>That cannot be shown · duplistatus</title>"), "{head}");
    }
}
