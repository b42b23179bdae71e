//! Signs of life at a receiver on loopback.

use std::sync::{Arc, Mutex};

use super::{
    channels,
    heartbeat::{Pings, beat},
    list,
};
use crate::{
    db::tables::notifications::reach::reach,
    dto::channel::{ChannelForm, Reach},
    outgoing::testing::Server,
    service::{
        Actor,
        noticing::evaluator,
        testing::{TestResult, at, services},
    },
};

/// A watcher that keeps the paths it gets.
fn watcher(answer: &'static str) -> (Server, Arc<Mutex<Vec<String>>>) {
    let paths = Arc::<Mutex<Vec<String>>>::default();
    let kept = paths.clone();
    let server = Server::start(move |path| {
        kept.lock().unwrap().push(path.to_owned());
        Server::ok(answer)
    });
    (server, paths)
}

fn form(server: &Server, watcher: &str) -> ChannelForm {
    ChannelForm {
        name: watcher.into(),
        kind: "heartbeat".into(),
        target: format!("{}/ping/5bf66975", server.url),
        watcher: watcher.into(),
        minutes: "5".into(),
        allows_private: true,
        is_enabled: true,
        ..ChannelForm::default()
    }
}

#[tokio::test]
async fn a_watcher_is_pinged_after_rounds_of_the_evaluator_only() -> TestResult {
    let (_folder, services) = services()?;
    let (server, paths) = watcher("OK");
    channels::create(&services, &Actor::System, form(&server, "healthchecks")).await?;
    let mut pings = Pings::since(services.clock.now());
    let count = || paths.lock().unwrap().len();
    // Nobody knows yet.
    beat(&services, &mut pings).await;
    assert_eq!(count(), 0);
    evaluator::tick(&services).await?;
    beat(&services, &mut pings).await;
    beat(&services, &mut pings).await;
    assert_eq!(count(), 1);
    // It is time, but there was no round since.
    at(&services, 299);
    beat(&services, &mut pings).await;
    assert_eq!(count(), 1);
    evaluator::tick(&services).await?;
    beat(&services, &mut pings).await;
    assert_eq!(count(), 2);
    let channel = list(&services, &Actor::System, 1).await?.channels.remove(0);
    assert!(channel.delivered.is_some() && !channel.target.contains("5bf66975"), "{channel:?}");
    // Silence of the evaluator is told, once in five minutes.
    at(&services, 299 + 301);
    beat(&services, &mut pings).await;
    beat(&services, &mut pings).await;
    evaluator::tick(&services).await?;
    beat(&services, &mut pings).await;
    let ping = "/ping/5bf66975".to_owned();
    assert_eq!(*paths.lock().unwrap(), [ping.clone(), ping.clone(), format!("{ping}/fail"), ping]);
    Ok(())
}

#[tokio::test]
async fn an_answer_that_knows_no_such_check_is_a_failure_and_is_tried_with_the_next_round() -> TestResult {
    let (_folder, services) = services()?;
    let (server, paths) = watcher("OK (not found)");
    channels::create(&services, &Actor::System, form(&server, "healthchecks")).await?;
    let mut pings = Pings::since(services.clock.now());
    for minute in 0..3 {
        at(&services, minute * 60);
        evaluator::tick(&services).await?;
        beat(&services, &mut pings).await;
    }
    assert_eq!(paths.lock().unwrap().len(), 3);
    let channel = list(&services, &Actor::System, 1).await?.channels.remove(0);
    assert_eq!(channel.failure.as_deref(), Some("200: OK (not found)"));
    // Nobody is told of problems by it.
    let lacks = services.db.read(|conn| Ok(reach(conn)? == Reach::Nobody)).await?;
    assert!(lacks);
    Ok(())
}
