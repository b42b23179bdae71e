//! Shutdown: accepted requests are finished, and nothing else is waited for.

use server::limits::Limits;
use tokio::{net::TcpStream, time::timeout};

use super::{Listening, NEVER, SOON, has_status, report, upload_head};

#[tokio::test]
async fn streams_and_idle_connections_end_and_an_upload_is_finished() {
    let site = Listening::with(Limits { idle: NEVER, ..Limits::default() }, |_| {}).await;
    let (mut live, mut idle, mut fresh, mut uploading) =
        (site.connect().await, site.connect().await, site.connect().await, site.connect().await);
    has_status(&live.get("/api/live").await, "200");
    has_status(&idle.get("/api/health").await, "200");
    let body = report(2).to_string();
    // The response 100 shows that the upload was accepted.
    let head = upload_head(body.len()).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
    uploading.send(&head).await;
    has_status(&uploading.answer().await, "100");

    site.site.state.stopping.cancel();
    for wire in [&mut live, &mut idle, &mut fresh] {
        wire.rest().await;
    }
    assert!(TcpStream::connect(site.address).await.is_err(), "nobody listens any more");
    assert!(!site.serving.is_finished(), "the upload is waited for");
    uploading.send(&body).await;
    let answer = uploading.rest().await;
    has_status(&answer, "200");
    assert!(answer.contains("stored") && answer.contains("connection: close"), "{answer}");
    timeout(SOON, site.serving).await.unwrap().unwrap();
}
