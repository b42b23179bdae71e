//! The cookie that holds a session's token. Scripts cannot read it, and it is only sent to this site.
//!
//! Under TLS the browser itself is told to refuse a cookie of this name that somebody else set: `__Host-` at the root,
//! `__Secure-` under a base path, because `__Host-` cookies are for the whole host.

use secrecy::{ExposeSecret as _, SecretString};

use crate::base_path::BasePath;

/// How the cookie of this request is called, and where it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionCookie {
    name: &'static str,
    path: String,
    secure: bool,
}

impl SessionCookie {
    /// `secure` says whether the browser speaks TLS.
    pub fn new(base: &BasePath, secure: bool) -> Self {
        let name = match (secure, base.as_str().is_empty()) {
            (true, true) => "__Host-duplistatus-session",
            (true, false) => "__Secure-duplistatus-session",
            (false, _) => "duplistatus-session",
        };
        Self { name, path: base.cookie_path().to_owned(), secure }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Value of `Set-Cookie` that hands a token out, for as long as the session can last: seconds.
    pub fn set(&self, token: &SecretString, lasts: i64) -> String {
        self.header(token.expose_secret(), lasts)
    }

    /// Value of `Set-Cookie` that takes it back.
    pub fn clear(&self) -> String {
        self.header("", 0)
    }

    fn header(&self, value: &str, lasts: i64) -> String {
        let Self { name, path, secure } = self;
        // Lax, not Strict: a link in a mail about a failed backup must find its reader signed in.
        let secure = if *secure { "; Secure" } else { "" };
        format!("{name}={value}; Path={path}; Max-Age={lasts}; HttpOnly; SameSite=Lax{secure}")
    }
}

/// The token that came with a request, if any.
#[derive(Clone, Default)]
pub struct SentToken(pub Option<String>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_what_the_browser_must_demand() {
        let cookie =
            |base, secure| SessionCookie::new(&BasePath::new(base), secure).set(&"t".to_owned().into(), 60);
        assert_eq!(
            cookie("", true),
            "__Host-duplistatus-session=t; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            cookie("/backup", true),
            "__Secure-duplistatus-session=t; Path=/backup; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            cookie("/backup", false),
            "duplistatus-session=t; Path=/backup; Max-Age=60; HttpOnly; SameSite=Lax"
        );
    }
}
