//! The cookies for signing in. Scripts cannot read them, and they are only sent to this site.
//!
//! With TLS the browser rejects cookies of these names set by others: the prefix is `__Host-` at the root and
//! `__Secure-` under a base path, because `__Host-` cookies apply to the whole host. Cookies do not distinguish ports,
//! so the port is in the name: two programs on one machine do not sign out each other's users.

use secrecy::{ExposeSecret as _, SecretString};

use crate::context::base_path::BasePath;

/// The name of the session cookie without prefix and port.
const PLAIN: &str = "duplistatus-session";
/// How long a browser is remembered after a sign-in, in seconds.
const MARK_LASTS: i64 = 400 * 86_400;
/// How long the typed name is remembered, in seconds.
const TYPED_LASTS: i64 = 60;

/// Names and attributes of the cookies of this request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionCookie {
    prefix: &'static str,
    port: Option<u16>,
    path: String,
    secure: bool,
}

impl SessionCookie {
    /// Creates the names. `secure` says whether the browser uses TLS; `host` is the requested host with its port.
    pub fn new(base: &BasePath, secure: bool, host: Option<&str>) -> Self {
        let prefix = match (secure, base.as_str().is_empty()) {
            (true, true) => "__Host-",
            (true, false) => "__Secure-",
            (false, _) => "",
        };
        let port = host.and_then(port_of).filter(|port| *port != if secure { 443 } else { 80 });
        Self { prefix, port, path: base.cookie_path().to_owned(), secure }
    }

    /// Returns the name of the session cookie.
    pub fn name(&self) -> String {
        self.with_port(PLAIN)
    }

    /// Returns the name used by versions without the port in it, whose sessions stay valid.
    pub fn old_name(&self) -> String {
        format!("{}{PLAIN}", self.prefix)
    }

    /// Returns the name of the device cookie.
    pub fn mark_name(&self) -> String {
        self.with_port("duplistatus-browser")
    }

    /// Returns the name of the cookie with the typed name.
    pub fn typed_name_name(&self) -> String {
        self.with_port("duplistatus-typed")
    }

    fn with_port(&self, name: &str) -> String {
        let prefix = self.prefix;
        self.port.map_or_else(|| format!("{prefix}{name}"), |port| format!("{prefix}{name}-{port}"))
    }

    /// Returns the `Set-Cookie` value of a session token; `lasts` is the maximum lifetime of the session in seconds.
    pub fn set(&self, token: &SecretString, lasts: i64) -> String {
        self.header(&self.name(), token.expose_secret(), lasts)
    }

    /// Returns the `Set-Cookie` value that deletes the session cookie.
    pub fn clear(&self) -> String {
        self.header(&self.name(), "", 0)
    }

    /// Returns the `Set-Cookie` value of the device cookie.
    pub fn mark(&self, mark: &str) -> String {
        self.header(&self.mark_name(), mark, MARK_LASTS)
    }

    /// Returns the `Set-Cookie` value of a typed name, for the page that shows the error.
    pub fn typed_name(&self, name: &str) -> String {
        let name: String = name.chars().take(100).collect();
        self.header(&self.typed_name_name(), &hex::encode(name), TYPED_LASTS)
    }

    fn header(&self, name: &str, value: &str, lasts: i64) -> String {
        let Self { path, secure, .. } = self;
        // Lax, not Strict, so that users are signed in when they follow a link in an email about a failed backup.
        let secure = if *secure { "; Secure" } else { "" };
        format!("{name}={value}; Path={path}; Max-Age={lasts}; HttpOnly; SameSite=Lax{secure}")
    }
}

/// Returns the port of a `Host` header, if it has one.
fn port_of(host: &str) -> Option<u16> {
    let (before, port) = host.rsplit_once(':')?;
    // The colons of an IPv6 address do not separate a port.
    if before.contains(':') && !before.ends_with(']') { None } else { port.parse().ok() }
}

/// Decodes the cookie set by [`SessionCookie::typed_name`].
pub fn read_typed_name(value: &str) -> Option<String> {
    String::from_utf8(hex::decode(value).ok()?).ok()
}

/// The session token sent with a request, if any.
#[derive(Clone, Default)]
pub struct SentToken(pub Option<String>);

/// The name typed into a form that failed.
#[derive(Clone, Default)]
pub struct TypedName(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_what_the_browser_must_demand() {
        let cookie = |base, secure| {
            SessionCookie::new(&BasePath::new(base), secure, Some("nas")).set(&"t".to_owned().into(), 60)
        };
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

    #[test]
    fn two_ports_have_two_cookies() {
        let name = |secure, host| SessionCookie::new(&BasePath::default(), secure, host).name();
        assert_eq!(name(false, Some("nas:9666")), "duplistatus-session-9666");
        assert_eq!(name(false, Some("[::1]:9667")), "duplistatus-session-9667");
        assert_eq!(name(true, Some("nas:8443")), "__Host-duplistatus-session-8443");
        for usual in [None, Some("nas"), Some("nas:80"), Some("[::1]")] {
            assert_eq!(name(false, usual), "duplistatus-session", "{usual:?}");
        }
        assert_eq!(name(true, Some("nas:443")), "__Host-duplistatus-session");
    }

    #[test]
    fn a_typed_name_survives_whatever_it_is() {
        let cookie = SessionCookie::new(&BasePath::default(), false, None);
        let header = cookie.typed_name("Jo; Path=/\r\n ü");
        let value = header.split(';').next().unwrap().split_once('=').unwrap().1.to_owned();
        assert_eq!(read_typed_name(&value).as_deref(), Some("Jo; Path=/\r\n ü"));
        assert_eq!(read_typed_name("zz"), None);
    }
}
