//! Requests to servers on loopback.

use std::{net::TcpListener, time::Duration};

use rstest::rstest;

use super::{testing::Server, *};

fn allowing() -> Outgoing {
    Outgoing::new(PrivateNetworks::Allowed)
}

#[tokio::test]
async fn an_answer_has_status_headers_and_body() {
    let server = Server::start(|_| Server::ok("hello"));
    let answer = allowing().get(&format!("{}/path?query=1", server.url)).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"hello".as_slice()));
    assert_eq!(answer.headers["content-length"], "5");
}

#[tokio::test]
async fn this_machine_is_refused_by_name_and_by_address() {
    let server = Server::start(|_| Server::ok("secret"));
    let port = server.url.rsplit(':').next().unwrap();
    let outgoing = Outgoing::new(PrivateNetworks::Refused);
    for host in
        ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "017700000001", "127.1"]
    {
        let error = outgoing.get(&format!("http://{host}:{port}/")).await.unwrap_err();
        assert!(matches!(error, OutgoingError::PrivateAddress { .. }), "{host}: {error:?}");
        assert!(error.to_string().contains("Settings → Security"), "{error}");
    }
    assert_eq!(server.count(), 0);
}

#[rstest]
#[case("http://169.254.169.254/latest/meta-data/")]
#[case("http://[fd00:ec2::254]/")]
#[case("http://[::ffff:169.254.169.254]/")]
#[case("http://2852039166/")]
#[case("http://0/")]
#[case("http://0.0.0.0/")]
#[case("http://255.255.255.255/")]
#[case("https://[fe80::1]/")]
#[tokio::test]
async fn some_addresses_are_refused_whatever_is_allowed(#[case] url: &str) {
    let error = allowing().get(url).await.unwrap_err();
    assert!(matches!(error, OutgoingError::ForbiddenAddress { .. }), "{error:?}");
}

#[rstest]
#[case("file:///etc/passwd", true)]
#[case("ftp://example.org/", true)]
#[case("data:text/plain,x", true)]
#[case("example.org", false)]
#[case("", false)]
#[case("http://", false)]
#[tokio::test]
async fn only_http_is_spoken(#[case] url: &str, #[case] is_scheme: bool) {
    let error = allowing().get(url).await.unwrap_err();
    assert_eq!(matches!(error, OutgoingError::Scheme(_)), is_scheme, "{error:?}");
    assert_eq!(matches!(error, OutgoingError::InvalidUrl), !is_scheme, "{error:?}");
}

#[tokio::test]
async fn redirects_are_followed_on_the_same_site_only() {
    let other = Server::start(|_| Server::ok("elsewhere"));
    let to = other.url.clone();
    let server = Server::start(move |path| match path {
        "/here" => Server::redirect("/there"),
        "/there" => Server::ok("there"),
        "/elsewhere" => Server::redirect(&format!("{to}/?token=secret")),
        "/metadata" => Server::redirect("http://169.254.169.254/"),
        _ => Server::redirect("/loop"),
    });
    let get = async |path: &str| allowing().get(&format!("{}{path}", server.url)).await;
    assert_eq!(get("/here").await.unwrap().body, b"there");
    let error = get("/elsewhere").await.unwrap_err();
    assert!(matches!(&error, OutgoingError::RedirectElsewhere { to, .. } if *to == other.url), "{error:?}");
    assert!(!error.to_string().contains("secret"), "{error}");
    assert!(matches!(get("/metadata").await, Err(OutgoingError::RedirectElsewhere { .. })));
    assert_eq!(other.count(), 0);
    let before = server.count();
    assert!(matches!(get("/loop").await, Err(OutgoingError::TooManyRedirects(_))));
    assert_eq!(server.count() - before, 4, "the request and three redirects");
}

#[tokio::test]
async fn a_long_answer_is_not_read_to_its_end() {
    let limits = OutgoingLimits { body: 1000, ..OutgoingLimits::default() };
    let outgoing = Outgoing::with_limits(PrivateNetworks::Allowed, limits);
    let server = Server::start(|path| match path {
        "/exact" => Server::ok(&"x".repeat(1000)),
        // Without `Content-Length`.
        _ => format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "x".repeat(1001)),
    });
    assert_eq!(outgoing.get(&format!("{}/exact", server.url)).await.unwrap().body.len(), 1000);
    let error = outgoing.get(&server.url).await.unwrap_err();
    assert!(matches!(error, OutgoingError::TooLarge { limit: 1000, .. }), "{error:?}");
}

#[tokio::test]
async fn who_does_not_answer_is_not_waited_for() {
    // The system accepts the connections, but nothing reads them.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let limits = OutgoingLimits { total: Duration::from_millis(50), ..OutgoingLimits::default() };
    let outgoing = Outgoing::with_limits(PrivateNetworks::Allowed, limits);
    let address = listener.local_addr().unwrap();
    let error = outgoing.get(&format!("http://{address}/")).await.unwrap_err();
    assert!(matches!(error, OutgoingError::Timeout { .. }), "{error:?}");
    drop(listener);
    let error = allowing().get(&format!("http://{address}/?key=secret")).await.unwrap_err();
    assert!(matches!(error, OutgoingError::NoConnection { .. }), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
}

#[tokio::test]
async fn what_is_no_http_and_no_tls_is_said() {
    let server = Server::start(|_| "hello, this is not HTTP\r\n\r\n".to_owned());
    let error = allowing().get(&server.url).await.unwrap_err();
    assert!(matches!(error, OutgoingError::Broken { .. }), "{error:?}");
    let error = allowing().get(&server.url.replace("http:", "https:")).await.unwrap_err();
    assert!(matches!(error, OutgoingError::NoConnection { .. }), "{error:?}");
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_said() {
    // Guaranteed not to exist (RFC 6761).
    let error = allowing().get("http://nobody.invalid/").await.unwrap_err();
    assert!(matches!(error, OutgoingError::UnknownHost { .. }), "{error:?}");
}
