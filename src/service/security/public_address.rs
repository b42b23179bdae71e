//! Checks whether the program can be reached at its public URL. The request comes from inside, so a firewall may
//! still behave differently outside.

use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use super::RequestEnvironment;
use crate::{
    access::Permission,
    dto::public_address::{AddressCheck, Obstacle, Reachability},
    error::Error,
    outgoing::{Outgoing, OutgoingError, PrivateNetworks},
    service::{Actor, Services},
    time::Timestamp,
};

/// The health response of any version.
#[derive(Deserialize)]
struct Health {
    status: String,
    #[serde(rename = "version")]
    _version: String,
    #[serde(rename = "database")]
    _database: String,
}

/// The last check, in memory only, because it depends on the network at that time.
#[derive(Debug, Default)]
pub struct LastCheck(Mutex<Option<(Timestamp, String, Reachability)>>);

/// Requests the program at the URL of this request, and keeps the result for [`last`].
///
/// A URL configured by the operator may be in a private network, where most installations are. A URL taken from the
/// request may not, unless the settings allow it.
///
/// # Errors
/// [`Error::Forbidden`] for all but administrators.
pub async fn ask(services: &Services, actor: &Actor, around: &RequestEnvironment) -> Result<(), Error> {
    actor.may(Permission::RunMaintenance)?;
    let is_allowed = around.url_is_fixed || services.settings().private_networks;
    let policy = if is_allowed { PrivateNetworks::Allowed } else { PrivateNetworks::Refused };
    let reach = check(&Outgoing::new(policy), &around.url, "").await;
    let mut last = services.last_address_check.0.lock().unwrap_or_else(PoisonError::into_inner);
    *last = Some((services.clock.now(), around.url.clone(), reach));
    Ok(())
}

/// Returns the last check since the program started.
///
/// # Errors
/// [`Error::Forbidden`] for all but administrators.
pub fn last(services: &Services, actor: &Actor) -> Result<Option<AddressCheck>, Error> {
    actor.may(Permission::ViewSettings)?;
    let last = services.last_address_check.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let zone = actor.zone(services);
    Ok(last.map(|(at, url, reach)| AddressCheck { url, at: zone.moment(at), reach }))
}

/// Requests the health check at `public_url` (scheme and host) under `base` (empty, or a path such as
/// `/duplistatus`).
pub async fn check(outgoing: &Outgoing, public_url: &str, base: &str) -> Reachability {
    let url = format!("{}{base}/api/health", public_url.trim_end_matches('/'));
    match outgoing.get(&url).await {
        Ok(answer) if answer.status == 200 && is_health(&answer.body) => Reachability::Reachable,
        Ok(answer) => Reachability::Other { status: answer.status },
        Err(OutgoingError::PrivateAddress { address, .. }) => Reachability::Private { address },
        Err(error @ OutgoingError::Certificate { .. }) => {
            Reachability::Untrusted { reason: error.to_string(), sha1: outgoing.certificate_sha1(&url).await }
        }
        Err(error) => Reachability::Unreachable { obstacle: obstacle(&error), reason: error.to_string() },
    }
}

fn obstacle(error: &OutgoingError) -> Obstacle {
    match error {
        OutgoingError::UnknownHost { .. } => Obstacle::Name,
        OutgoingError::NoConnection { .. } => Obstacle::Connection,
        OutgoingError::Timeout { .. } => Obstacle::Time,
        OutgoingError::RedirectElsewhere { .. } => Obstacle::Redirect,
        _ => Obstacle::Other,
    }
}

fn is_health(body: &[u8]) -> bool {
    serde_json::from_slice::<Health>(body).is_ok_and(|health| health.status == "healthy")
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead as _, BufReader, Write as _},
        net::TcpListener,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        thread,
    };

    use super::*;
    use crate::{
        outgoing::{smtp_testing::with_tls, testing::Server},
        service::testing::{TestResult, services},
    };

    async fn reach(answer: &'static str) -> Reachability {
        let server = Server::start(move |_| answer.to_owned());
        check(&Outgoing::new(PrivateNetworks::Allowed), &format!("{}/", server.url), "/base").await
    }

    #[tokio::test]
    async fn it_knows_itself_from_anything_else() {
        let health = r#"{"status":"healthy","version":"0.1.0","database":"ok"}"#;
        let server = Server::start(move |path| match path {
            "/base/api/health" => Server::ok(health),
            _ => Server::ok("{}"),
        });
        let outgoing = Outgoing::new(PrivateNetworks::Allowed);
        assert_eq!(check(&outgoing, &server.url, "/base").await, Reachability::Reachable);
        assert_eq!(check(&outgoing, &server.url, "").await, Reachability::Other { status: 200 });
        let gate = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(reach(gate).await, Reachability::Other { status: 401 });
    }

    #[tokio::test]
    async fn it_says_why_there_is_no_answer() {
        let away =
            "HTTP/1.1 302 Found\r\nLocation: https://login.example/?next=1\r\nContent-Length: 0\r\n\r\n";
        let Reachability::Unreachable { obstacle: Obstacle::Redirect, reason } = reach(away).await else {
            panic!("it was followed")
        };
        assert!(reason.ends_with("redirects to https://login.example; use that address if it is correct"));
        let outgoing = Outgoing::new(PrivateNetworks::Allowed);
        let silent = check(&outgoing, "http://127.0.0.1:1", "").await;
        assert!(
            matches!(silent, Reachability::Unreachable { obstacle: Obstacle::Connection, .. }),
            "nobody listens there: {silent:?}"
        );
    }

    #[tokio::test]
    async fn a_certificate_of_ones_own_is_shown_as_duplicati_takes_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let asked = Arc::<AtomicUsize>::default();
        let counter = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut stream = with_tls(stream);
                if BufReader::new(&mut stream).lines().map_while(Result::ok).any(|line| line.is_empty()) {
                    counter.fetch_add(1, Ordering::Relaxed);
                    let _ = stream.write_all(Server::ok("{}").as_bytes());
                }
            }
        });
        let found = check(&Outgoing::new(PrivateNetworks::Allowed), &url, "").await;
        let Reachability::Untrusted { reason, sha1 } = found else { panic!("{found:?}") };
        assert!(reason.contains("is not trusted"), "{reason}");
        // Of `openssl x509 -fingerprint -sha1`, without its colons.
        assert_eq!(sha1.as_deref(), Some("48BAB8FBA60EC22563F3D299C9B9AF1D36CD66D0"));
        assert_eq!(asked.load(Ordering::Relaxed), 1, "only to see the certificate");
    }

    fn around(url: &str, url_is_fixed: bool) -> RequestEnvironment {
        RequestEnvironment { url: url.to_owned(), url_is_fixed, ..RequestEnvironment::default() }
    }

    #[tokio::test]
    async fn what_the_request_says_is_trusted_less_than_what_the_operator_says() -> TestResult {
        let (_folder, services) = services()?;
        let actor = Actor::CommandLine;
        let health = r#"{"status":"healthy","version":"0.1.0","database":"ok"}"#;
        let server = Server::start(move |_| Server::ok(health));
        assert_eq!(last(&services, &actor)?, None);

        ask(&services, &actor, &around(&server.url, false)).await?;
        let found = last(&services, &actor)?.ok_or("nothing was kept")?;
        assert_eq!(found.reach, Reachability::Private { address: [127, 0, 0, 1].into() });
        assert_eq!(server.count(), 0);

        ask(&services, &actor, &around(&server.url, true)).await?;
        let found = last(&services, &actor)?.ok_or("nothing was kept")?;
        assert_eq!((found.reach, &found.url), (Reachability::Reachable, &server.url));
        assert_eq!(found.at.at, services.clock.now());
        Ok(())
    }

    #[tokio::test]
    async fn strangers_make_no_requests() -> TestResult {
        let (_folder, services) = services()?;
        let server = Server::start(|_| Server::ok("{}"));
        let stranger = Actor::Anonymous { address: String::new() };
        assert!(matches!(
            ask(&services, &stranger, &around(&server.url, true)).await,
            Err(Error::Unauthenticated | Error::Forbidden)
        ));
        assert!(last(&services, &stranger).is_err());
        assert_eq!(server.count(), 0);
        Ok(())
    }
}
