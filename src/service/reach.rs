//! Whether the program can be reached under the public URL that the operator gave it. Asked from the inside: a firewall in
//! between may still answer differently outside.

use serde::Deserialize;

use crate::{dto::reach::Reach, outgoing::Outgoing};

/// What the health check of any version says.
#[derive(Deserialize)]
struct Health {
    status: String,
    #[serde(rename = "version")]
    _version: String,
    #[serde(rename = "database")]
    _database: String,
}

/// Asks for the health check at `public_url` (scheme and host) under `base` (empty, or a path as in `/duplistatus`).
pub async fn check(outgoing: &Outgoing, public_url: &str, base: &str) -> Reach {
    let url = format!("{}{base}/api/health", public_url.trim_end_matches('/'));
    match outgoing.get(&url).await {
        Ok(answer) if answer.status == 200 && is_health(&answer.body) => Reach::Reachable,
        Ok(answer) => Reach::Other { status: answer.status },
        Err(error) => Reach::Unreachable { reason: error.to_string() },
    }
}

fn is_health(body: &[u8]) -> bool {
    serde_json::from_slice::<Health>(body).is_ok_and(|health| health.status == "healthy")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outgoing::{PrivateNetworks, testing::Server};

    async fn reach(answer: &'static str) -> Reach {
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
        assert_eq!(check(&outgoing, &server.url, "/base").await, Reach::Reachable);
        assert_eq!(check(&outgoing, &server.url, "").await, Reach::Other { status: 200 });
        let gate = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(reach(gate).await, Reach::Other { status: 401 });
    }

    #[tokio::test]
    async fn it_says_why_there_is_no_answer() {
        let away =
            "HTTP/1.1 302 Found\r\nLocation: https://login.example/?next=1\r\nContent-Length: 0\r\n\r\n";
        let Reach::Unreachable { reason } = reach(away).await else { panic!("it was followed") };
        assert!(
            reason.ends_with("redirects to https://login.example; use that address if it is the right one")
        );
        let refusing = Outgoing::new(PrivateNetworks::Refused);
        let Reach::Unreachable { reason } = check(&refusing, "http://127.0.0.1:1", "").await else {
            panic!("it was asked")
        };
        assert!(reason.contains("--allow-private-networks"), "{reason}");
    }
}
