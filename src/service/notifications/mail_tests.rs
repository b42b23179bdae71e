//! From an incident to an e-mail at an SMTP server on loopback.

use super::{channels, dispatcher, list, test_message::send_test};
use crate::{
    db::tables::channels as rows,
    dto::channel::ChannelForm,
    ids::ChannelId,
    notify::Security,
    outgoing::smtp_testing::{AUTHORITY, SmtpServer},
    service::{
        Actor, Services,
        testing::{NOON, TestResult, at, report, send, services},
    },
    time::Timestamp,
    topic::Topic,
};

const DAY: i64 = 86_400;

fn form(server: &SmtpServer, security: &str) -> ChannelForm {
    ChannelForm {
        name: "family".into(),
        kind: "email".into(),
        target: "localhost".into(),
        port: server.port.to_string(),
        security: security.into(),
        user: "anna".into(),
        token: "pass word".into(),
        from: "duplistatus <backup@example.org>".into(),
        to: "anna@example.org, otto@example.org".into(),
        ca: AUTHORITY.into(),
        topics: Topic::ALL.to_vec(),
        allows_private: true,
        is_enabled: true,
        ..ChannelForm::default()
    }
}

async fn create(services: &Services, form: ChannelForm) -> Result<ChannelId, crate::error::Error> {
    channels::create(services, &Actor::System, form).await
}

/// What a test of a channel says.
async fn answer(services: &Services, form: ChannelForm) -> Result<(bool, String), crate::error::Error> {
    let id = create(services, form).await?;
    let result = send_test(services, &Actor::System, id).await?;
    channels::delete(services, &Actor::System, id, "").await?;
    Ok((result.worked, result.answer))
}

async fn run(services: &Services, seconds: i64, status: &str) -> TestResult {
    at(services, seconds + 600);
    send(services, report(&Timestamp::from_unix(NOON + seconds).to_string(), status)).await?;
    for channel in services.db.read(rows::all).await? {
        dispatcher::send_due(services, &channel).await?;
    }
    Ok(())
}

fn header<'m>(mail: &'m str, name: &str) -> Option<&'m str> {
    mail.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn each_protection_works_and_the_answer_is_shown() -> TestResult {
    let (_folder, services) = services()?;
    for (security, word) in
        [(Security::Plain, "plain"), (Security::StartTls, "starttls"), (Security::Tls, "tls")]
    {
        let server = SmtpServer::start(security);
        let told = answer(&services, form(&server, word)).await?;
        assert_eq!(told, (true, "250 2.0.0 Ok: queued as 4F1A".to_owned()), "{word}");
        let commands = server.commands();
        // "\0anna\0pass word"
        assert!(commands.contains(&"AUTH PLAIN AGFubmEAcGFzcyB3b3Jk".to_owned()), "{word}: {commands:?}");
        assert!(commands.contains(&"RCPT TO:<otto@example.org>".to_owned()), "{word}: {commands:?}");
        let mails = server.mails();
        assert_eq!(mails.len(), 1, "{word}");
        assert_eq!(header(&mails[0], "Subject"), Some("duplistatus: test message"));
        assert_eq!(header(&mails[0], "To"), Some("anna@example.org, otto@example.org"));
        let date = header(&mails[0], "Date").unwrap_or_default();
        assert!(date.ends_with("+0000") && !date.contains("1970"), "{date}");
        assert!(mails[0].contains("multipart/alternative"), "{}", mails[0]);
    }
    Ok(())
}

#[tokio::test]
async fn a_failed_run_and_its_recovery_are_one_conversation() -> TestResult {
    let (_folder, services) = services()?;
    let server = SmtpServer::start(Security::StartTls);
    create(&services, form(&server, "starttls")).await?;
    run(&services, 0, "Error").await?;
    run(&services, DAY, "Success").await?;
    let mails = server.mails();
    let [failed, recovered] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(header(failed, "Subject"), Some("Failed: nas / Documents"));
    assert_eq!(header(recovered, "Subject"), Some("Recovered: nas / Documents"));
    assert_eq!(header(failed, "References"), header(recovered, "References"));
    assert!(header(failed, "References").is_some_and(|root| root.contains("incident-")), "{failed}");
    assert_ne!(header(failed, "Message-ID"), header(recovered, "Message-ID"));
    // Each test is a message of its own.
    let channel = list(&services, &Actor::System, 1).await?.channels.remove(0);
    for _ in 0..2 {
        send_test(&services, &Actor::System, channel.id).await?;
    }
    let mails = server.mails();
    assert_ne!(header(&mails[2], "Message-ID"), header(&mails[3], "Message-ID"));
    Ok(())
}

#[tokio::test]
async fn the_certificate_must_be_for_the_name_and_by_a_known_authority() -> TestResult {
    let (_folder, services) = services()?;
    for (security, word) in [(Security::StartTls, "starttls"), (Security::Tls, "tls")] {
        let server = SmtpServer::start(security);
        let (worked, told) =
            answer(&services, ChannelForm { ca: String::new(), ..form(&server, word) }).await?;
        assert!(!worked && told.contains("certificate") && told.contains("not trusted"), "{word}: {told}");
        // The certificate is for a name, and not for this address.
        let (worked, told) =
            answer(&services, ChannelForm { target: "127.0.0.1".into(), ..form(&server, word) }).await?;
        assert!(!worked && told.contains("certificate"), "{word}: {told}");
        assert_eq!(server.mails().len(), 0);
        assert!(server.commands().iter().all(|command| !command.starts_with("AUTH")), "no password was sent");
    }
    Ok(())
}

#[tokio::test]
async fn without_starttls_nothing_is_sent() -> TestResult {
    let (_folder, services) = services()?;
    let server = SmtpServer::start(Security::Plain);
    let (worked, told) = answer(&services, form(&server, "starttls")).await?;
    assert!(!worked && told.contains("does not offer STARTTLS"), "{told}");
    server.answers("EHLO", "250 mail.test");
    let (worked, told) = answer(&services, form(&server, "plain")).await?;
    assert!(!worked && told.contains("does not offer to sign in"), "{told}");
    let commands = server.commands();
    assert!(commands.iter().all(|command| !command.starts_with("AUTH")), "{commands:?}");
    Ok(())
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_does_not_is_told() -> TestResult {
    let (_folder, services) = services()?;
    let server = SmtpServer::start(Security::Plain);
    create(&services, form(&server, "plain")).await?;
    let channel =
        async || Ok::<_, crate::error::Error>(list(&services, &Actor::System, 1).await?.channels.remove(0));
    server.answers("RCPT", "450 4.2.0 Greylisted, come back later");
    run(&services, 0, "Error").await?;
    let failing = channel().await?.failure.unwrap_or_default();
    assert_eq!(
        failing,
        "anna@example.org: 450 4.2.0 Greylisted, come back later; otto@example.org: 450 4.2.0 Greylisted, come back later"
    );
    server.answers("RCPT", "250 2.1.5 Ok");
    at(&services, 600 + 120);
    for row in services.db.read(rows::all).await? {
        dispatcher::send_due(&services, &row).await?;
    }
    assert_eq!(server.mails().len(), 1);
    assert_eq!(channel().await?.failing_since, None);
    // The wrong password is not tried again.
    server.answers(
        "AUTH",
        "535-5.7.8 Username and Password not accepted.\r\n535 5.7.8 See https://help.example",
    );
    run(&services, DAY, "Success").await?;
    let told = list(&services, &Actor::System, 1).await?;
    assert_eq!(told.notifications[0].status, "failed");
    let failing = told.channels[0].failure.clone().unwrap_or_default();
    assert!(failing.starts_with("535 5.7.8 Username and Password not accepted."), "{failing}");
    assert!(failing.ends_with("See https://help.example") && !failing.contains("pass word"), "{failing}");
    Ok(())
}

#[tokio::test]
async fn a_recipient_that_is_refused_keeps_no_other_from_the_message() -> TestResult {
    let (_folder, services) = services()?;
    let server = SmtpServer::start(Security::Plain);
    server.answers("RCPT TO:<otto@example.org>", "550 5.1.1 No such user");
    let (worked, told) = answer(&services, form(&server, "plain")).await?;
    assert!(worked, "{told}");
    assert_eq!(
        told,
        "250 2.0.0 Ok: queued as 4F1A; not delivered to otto@example.org: 550 5.1.1 No such user"
    );
    server.answers("RCPT", "550 5.1.1 No such user");
    let (worked, _) = answer(&services, form(&server, "plain")).await?;
    assert!(!worked);
    assert_eq!(server.mails().len(), 1);
    Ok(())
}

#[tokio::test]
async fn private_addresses_need_leave_and_a_password_goes_to_its_server_only() -> TestResult {
    let (_folder, services) = services()?;
    let server = SmtpServer::start(Security::Plain);
    for host in ["localhost", "127.0.0.1", "0x7f.1", "[::ffff:127.0.0.1]"] {
        let form = ChannelForm { allows_private: false, target: host.into(), ..form(&server, "plain") };
        let (worked, told) = answer(&services, form).await?;
        assert!(!worked && told.contains("private network"), "{host}: {told}");
    }
    assert_eq!(server.commands(), Vec::<String>::new());
    let id = create(&services, form(&server, "plain")).await?;
    let stored = services.db.read(move |conn| rows::find(conn, id)).await?;
    assert!(!stored.config.contains("pass word"), "{}", stored.config);
    let kept = ChannelForm { token: String::new(), ..form(&server, "plain") };
    channels::change(&services, &Actor::System, id, kept.clone()).await?;
    let row = services.db.read(move |conn| rows::find(conn, id)).await?;
    let opened = channels::open(&services, &row);
    assert_eq!(opened.and_then(|channel| channel.secrets().token.clone()).as_deref(), Some("pass word"));
    let moved = ChannelForm { target: "evil.example".into(), ..kept };
    let error = channels::change(&services, &Actor::System, id, moved).await;
    assert!(matches!(error, Err(crate::error::Error::Invalid { field: "token", .. })), "{error:?}");
    Ok(())
}
