//! What is said when a form of signing in did not work.

use leptos::{prelude::*, server::ServerActionError, server_fn::ServerFn as _};

use super::api::{ProveByCode, SetUp, SignIn, SignInCode};
use crate::{error::ApiError, locale::Locale, ui::error_notice::error_words};

#[test]
fn what_was_right_is_not_called_wrong() {
    let title = |path: &'static str| {
        Owner::new().with(|| {
            provide_context(ServerActionError::new(path, ""));
            error_words(Locale::en, &ApiError::Credentials).0
        })
    };
    assert_eq!(title(SignIn::PATH), "Wrong user name or password");
    assert_eq!(title(SignInCode::PATH), "Wrong code");
    assert_eq!(title(ProveByCode::PATH), "Wrong code");
    assert_eq!(title("/api/fn/confirm_second_factor"), "Wrong code");
    assert_eq!(title("/api/fn/change_password"), "Wrong password");
    assert_eq!(title(SetUp::PATH), "This link no longer works");
}
