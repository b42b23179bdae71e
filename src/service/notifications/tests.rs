//! From an incident to its message, through the real database and a receiver on loopback.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{channels, dispatcher, list, test_message::send_test};
use crate::{
    db::tables::{channels as rows, notifications::claim},
    dto::channel::{ChannelForm, NotificationRow},
    error::Error,
    ids::{ChannelId, ServerId},
    notify::Combine,
    outgoing::testing::Server,
    service::{
        Actor, Services, labels,
        noticing::evaluator,
        testing::{NOON, TestResult, at, report, send, services},
    },
    time::Timestamp,
    topic::Topic,
};

const DAY: i64 = 86_400;

pub(super) fn form(server: &Server) -> ChannelForm {
    ChannelForm {
        name: "family".into(),
        kind: "ntfy".into(),
        target: server.url.clone(),
        to: "backups".into(),
        token: "tk_secret".into(),
        topics: Topic::ALL.to_vec(),
        allows_private: true,
        is_enabled: true,
        ..ChannelForm::default()
    }
}

/// A receiver that keeps the bodies it gets and answers with a status.
pub(super) struct Receiver {
    pub(super) server: Server,
    pub(super) bodies: Arc<Mutex<Vec<Value>>>,
    status: Arc<Mutex<&'static str>>,
}

impl Receiver {
    pub(super) fn start() -> Self {
        let (bodies, status) = (Arc::<Mutex<Vec<Value>>>::default(), Arc::new(Mutex::new("200 OK")));
        let (kept, answers) = (bodies.clone(), status.clone());
        let server = Server::start_with_bodies(move |_, body| {
            kept.lock().unwrap().push(serde_json::from_slice(body).unwrap_or(Value::Null));
            let status = *answers.lock().unwrap();
            format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        });
        Self { server, bodies, status }
    }

    pub(super) fn answers(&self, status: &'static str) {
        *self.status.lock().unwrap() = status;
    }

    pub(super) fn titles(&self) -> Vec<String> {
        let bodies = self.bodies.lock().unwrap();
        bodies.iter().map(|body| body["title"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// A report of the job `job` on `nas` whose run began `seconds` after noon.
pub(super) async fn run(services: &Services, job: &str, seconds: i64, status: &str) -> TestResult {
    run_on(services, ("nas", job), seconds, status).await
}

/// The same of a job on another server.
async fn run_on(services: &Services, (server, job): (&str, &str), seconds: i64, status: &str) -> TestResult {
    let begin = Timestamp::from_unix(NOON + seconds).to_string();
    let mut sent = report(&begin, status);
    sent["Extra"]["machine-id"] = json!(format!("{:0>32}", hex::encode(server)));
    sent["Extra"]["machine-name"] = json!(server);
    sent["Extra"]["backup-name"] = json!(job);
    at(services, seconds + 600);
    send(services, sent).await?;
    Ok(())
}

/// Sends what is due for the only channel.
pub(super) async fn dispatch(services: &Services) -> TestResult {
    for channel in services.db.read(rows::all).await? {
        dispatcher::send_due(services, &channel).await?;
    }
    Ok(())
}

async fn told(services: &Services) -> Result<Vec<NotificationRow>, Error> {
    Ok(list(services, &Actor::System, 1).await?.notifications)
}

pub(super) async fn create(services: &Services, form: ChannelForm) -> Result<ChannelId, Error> {
    channels::create(services, &Actor::System, form).await
}

#[tokio::test]
async fn a_failed_run_is_told_once_and_its_recovery_too() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    create(&services, form(&receiver.server)).await?;
    run(&services, "photos", 0, "Success").await?;
    run(&services, "photos", DAY, "Error").await?;
    dispatch(&services).await?;
    dispatch(&services).await?;
    run(&services, "photos", DAY + 3600, "Error").await?;
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), ["Failed: nas / photos"]);
    run(&services, "photos", 2 * DAY, "Success").await?;
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), ["Failed: nas / photos", "Recovered: nas / photos"]);
    let told = told(&services).await?;
    assert!(told.iter().all(|row| row.status == "sent" && row.subject == "nas / photos"), "{told:?}");
    Ok(())
}

#[tokio::test]
async fn what_follows_within_a_minute_is_one_message() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    create(&services, form(&receiver.server)).await?;
    for job in ["a", "b", "c"] {
        run(&services, job, 0, "Error").await?;
        dispatch(&services).await?;
    }
    assert_eq!(receiver.titles(), ["Failed: nas / a"]);
    at(&services, 600 + 60);
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), ["Failed: nas / a", "2 jobs of nas need attention"]);
    Ok(())
}

#[tokio::test]
async fn a_channel_chooses_what_is_combined_and_for_how_long() -> TestResult {
    for (combine, minutes, titles) in [
        ("server", "10", &["Failed: nas / a", "Failed: attic / c", "Failed: nas / b"][..]),
        ("group", "10", &["Failed: nas / a", "2 jobs need attention"]),
        ("all", "10", &["Failed: nas / a", "2 jobs need attention"]),
        ("all", "0", &["Failed: nas / a", "Failed: nas / b", "Failed: attic / c"]),
    ] {
        let (_folder, services) = services()?;
        let receiver = Receiver::start();
        let (combine, combine_minutes) = (combine.to_owned(), minutes.to_owned());
        create(&services, ChannelForm { combine, combine_minutes, ..form(&receiver.server) }).await?;
        run_on(&services, ("nas", "a"), -DAY, "Success").await?;
        run_on(&services, ("attic", "c"), -DAY, "Success").await?;
        for server in [1, 2] {
            labels::set_of_server(&services, &Actor::System, ServerId(server), "Home", "").await?;
        }
        for (server, job) in [("nas", "a"), ("nas", "b"), ("attic", "c")] {
            run_on(&services, (server, job), 0, "Error").await?;
            dispatch(&services).await?;
        }
        at(&services, 600 + 600);
        dispatch(&services).await?;
        assert_eq!(receiver.titles(), titles);
    }
    Ok(())
}

#[tokio::test]
async fn a_recovery_within_the_delay_stays_silent() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    create(&services, ChannelForm { delay: 120, ..form(&receiver.server) }).await?;
    run(&services, "photos", 0, "Error").await?;
    dispatch(&services).await?;
    run(&services, "photos", 3600, "Success").await?;
    at(&services, DAY);
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), Vec::<String>::new());
    let told = told(&services).await?;
    assert_eq!(told.iter().map(|row| row.status.as_str()).collect::<Vec<_>>(), ["dropped"]);
    Ok(())
}

#[tokio::test]
async fn a_receiver_that_is_down_is_tried_again_and_one_that_refuses_is_not() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    create(&services, form(&receiver.server)).await?;
    receiver.answers("503 Service Unavailable");
    run(&services, "photos", 0, "Error").await?;
    dispatch(&services).await?;
    let channel = list(&services, &Actor::System, 1).await?.channels.remove(0);
    assert_eq!(channel.failure.as_deref(), Some("503"));
    assert!(channel.failing_since.is_some());
    receiver.answers("200 OK");
    // Not before its time.
    dispatch(&services).await?;
    assert_eq!(receiver.titles().len(), 1);
    at(&services, 600 + 60);
    dispatch(&services).await?;
    assert_eq!(receiver.titles().len(), 2);
    let channel = list(&services, &Actor::System, 1).await?.channels.remove(0);
    assert!(channel.failing_since.is_none() && channel.delivered.is_some(), "{channel:?}");
    receiver.answers("403 Forbidden");
    run(&services, "mail", DAY, "Error").await?;
    dispatch(&services).await?;
    at(&services, 3 * DAY);
    dispatch(&services).await?;
    let rows = told(&services).await?;
    let mail = rows.iter().find(|row| row.subject == "nas / mail");
    assert_eq!(mail.map(|row| (row.status.as_str(), row.attempts)), Some(("failed", 1)));
    Ok(())
}

#[tokio::test]
async fn a_message_that_is_tried_again_holds_up_no_other() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    create(&services, form(&receiver.server)).await?;
    receiver.answers("429 Too Many Requests\r\nRetry-After: 3600");
    run(&services, "photos", 0, "Error").await?;
    dispatch(&services).await?;
    receiver.answers("200 OK");
    run(&services, "mail", 0, "Error").await?;
    at(&services, 600 + 60);
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), ["Failed: nas / photos", "Failed: nas / mail"]);
    Ok(())
}

#[tokio::test]
async fn what_a_stopped_dispatcher_had_is_sent_again_and_says_so() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let id = create(&services, form(&receiver.server)).await?;
    run(&services, "photos", 0, "Error").await?;
    let now = services.clock.now();
    // It is killed before it knows the answer.
    let taken = services.db.write(move |tx| claim::next(tx.conn, id, (None, Combine::Server), now)).await?;
    assert!(taken.is_some());
    // Until the lease ends, nothing is due: the dispatcher sleeps.
    let due = services.db.read(move |conn| claim::next_due(conn, id)).await?;
    assert_eq!(due, Some(now.plus(claim::LEASE)));
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), Vec::<String>::new());
    services.clock.set(now.plus(claim::LEASE));
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), ["Failed: nas / photos"]);
    let bodies = receiver.bodies.lock().unwrap();
    let text = bodies[0]["message"].as_str().unwrap_or_default();
    assert!(text.contains("You may have received this message before."), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_late_job_is_told_by_time_alone() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    create(&services, ChannelForm { topics: vec![Topic::Late], ..form(&receiver.server) }).await?;
    for day in 0..8 {
        at(&services, day * DAY);
        evaluator::tick(&services).await?;
        run(&services, "photos", day * DAY, "Success").await?;
    }
    let mut now = 7 * DAY + 600;
    while now < 9 * DAY {
        now += 120;
        at(&services, now);
        evaluator::tick(&services).await?;
    }
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), ["Overdue: nas / photos"]);
    Ok(())
}

#[tokio::test]
async fn many_servers_at_once_are_one_message_and_the_rate_is_bounded() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    create(&services, form(&receiver.server)).await?;
    for server in 0..30 {
        let mut sent = report(&Timestamp::from_unix(NOON).to_string(), "Error");
        sent["Extra"]["machine-id"] = json!(format!("{server:032x}"));
        sent["Extra"]["machine-name"] = json!(format!("pc{server}"));
        at(&services, 600);
        send(&services, sent).await?;
    }
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), ["30 jobs need attention"]);
    let text = receiver.bodies.lock().unwrap()[0]["message"].as_str().unwrap_or_default().to_owned();
    assert!(text.ends_with("\nand 20 more"), "{text}");
    Ok(())
}

#[tokio::test]
async fn secrets_are_encrypted_kept_when_left_empty_and_not_sent_elsewhere() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let id = create(&services, form(&receiver.server)).await?;
    let row = services.db.read(move |conn| rows::find(conn, id)).await?;
    let sealed = row.secrets.clone().unwrap_or_default();
    assert!(sealed.starts_with("v1.") && !row.config.contains("tk_"), "{sealed}");
    let token = |row| channels::open(&services, &row).and_then(|channel| channel.secrets().token.clone());
    assert_eq!(token(row).as_deref(), Some("tk_secret"));
    let change = |form| channels::change(&services, &Actor::System, id, form);
    change(ChannelForm { token: String::new(), ..form(&receiver.server) }).await?;
    let row = services.db.read(move |conn| rows::find(conn, id)).await?;
    assert_eq!(token(row).as_deref(), Some("tk_secret"));
    let elsewhere = "https://evil.example".to_owned();
    change(ChannelForm { token: String::new(), target: elsewhere, ..form(&receiver.server) }).await?;
    let row = services.db.read(move |conn| rows::find(conn, id)).await?;
    assert_eq!(token(row), None);
    Ok(())
}

#[tokio::test]
async fn a_test_message_tells_the_answer_and_private_networks_need_leave() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let id = create(&services, form(&receiver.server)).await?;
    let result = send_test(&services, &Actor::System, id).await?;
    assert!(result.worked && result.answer == "200", "{result:?}");
    assert_eq!(receiver.titles(), ["duplistatus: test message"]);
    receiver.answers("302 Found\r\nLocation: https://elsewhere.example/hook/s3cret");
    let result = send_test(&services, &Actor::System, id).await?;
    let redirected = "302: redirects to https://elsewhere.example/…; enter the address to which it leads";
    assert_eq!((result.worked, result.answer.as_str()), (false, redirected));
    let change = ChannelForm { allows_private: false, ..form(&receiver.server) };
    channels::change(&services, &Actor::System, id, change).await?;
    let failure = list(&services, &Actor::System, 1).await?.channels.remove(0).failure;
    assert!(failure.is_some_and(|why| why.contains("private network")), "it is said when it is saved");
    let result = send_test(&services, &Actor::System, id).await?;
    assert!(!result.worked && result.answer.contains("private network"), "{result:?}");
    // Tests are in the history, also those that failed, and are no messages that count.
    let tested = told(&services).await?;
    let shown: Vec<_> = tested.iter().map(|row| (row.is_test, row.status.as_str(), row.topic)).collect();
    assert_eq!(shown, [(true, "failed", None), (true, "failed", None), (true, "sent", None)]);
    assert_eq!(tested[2].answer.as_deref(), Some("200"));
    channels::change(&services, &Actor::System, id, form(&receiver.server)).await?;
    let failure = list(&services, &Actor::System, 1).await?.channels.remove(0).failure;
    assert_eq!(failure, None);
    Ok(())
}

#[tokio::test]
async fn a_channel_in_a_private_network_is_warned_of_when_it_is_saved_whatever_its_kind() -> TestResult {
    let (_folder, services) = services()?;
    let base = ChannelForm { topics: Topic::ALL.to_vec(), is_enabled: true, ..ChannelForm::default() };
    let of = |kind: &str, target: &str| ChannelForm {
        name: format!("{kind} {target}"),
        kind: kind.into(),
        target: target.into(),
        to: "backups".into(),
        token: "abc".into(),
        ..base.clone()
    };
    let mail = ChannelForm {
        to: "anna@example.org".into(),
        from: "backup@example.org".into(),
        ..of("email", "localhost")
    };
    for form in [
        of("ntfy", "http://192.168.1.7:8080"),
        of("webhook", "http://[::1]/hook"),
        of("gotify", "http://10.0.0.1"),
        of("slack", "http://169.254.169.254/x"),
        mail,
    ] {
        let id = create(&services, form.clone()).await?;
        let row = services.db.read(move |conn| rows::find(conn, id)).await?;
        let why = row.failure.unwrap_or_default();
        assert!(why.contains("private network") || why.contains("are blocked"), "{}: {why}", form.name);
        assert!(row.failing_since.is_some());
        let allowed = ChannelForm { allows_private: true, token: "abc".into(), ..form };
        channels::change(&services, &Actor::System, id, allowed).await?;
        let row = services.db.read(move |conn| rows::find(conn, id)).await?;
        assert_eq!(row.failure, None);
    }
    for form in [
        of("ntfy", "https://1.1.1.1"),
        of("telegram", ""),
        ChannelForm { is_enabled: false, ..of("ntfy", "http://10.0.0.1") },
    ] {
        let form = if form.kind == "telegram" {
            ChannelForm { to: "42".into(), token: "1:abc".into(), ..form }
        } else {
            form
        };
        let name = form.name.clone();
        let id = create(&services, ChannelForm { name: format!("{name} b"), ..form }).await?;
        let row = services.db.read(move |conn| rows::find(conn, id)).await?;
        assert_eq!(row.failure, None, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn who_may_have_a_message_twice_is_said_in_the_history_and_matrix_drops_it_itself() -> TestResult {
    for (kind, reason) in [("ntfy", Some("repeated")), ("matrix", None)] {
        let (_folder, services) = services()?;
        let receiver = Receiver::start();
        let to = if kind == "matrix" { "!room:example.org" } else { "backups" };
        let form = ChannelForm { kind: kind.into(), to: to.into(), ..form(&receiver.server) };
        let id = create(&services, form).await?;
        run(&services, "photos", 0, "Error").await?;
        let now = services.clock.now();
        services.db.write(move |tx| claim::next(tx.conn, id, (None, Combine::Server), now)).await?;
        services.clock.set(now.plus(claim::LEASE));
        dispatch(&services).await?;
        let page = super::all(&services, &Actor::System, Default::default()).await?;
        assert_eq!(page.rows.len(), 1);
        assert_eq!((page.rows[0].row.status.as_str(), page.rows[0].reason.as_deref()), ("sent", reason));
        let body = receiver.bodies.lock().unwrap()[0].to_string();
        assert_eq!(body.contains("You may have received this message before."), reason.is_some(), "{body}");
    }
    Ok(())
}
