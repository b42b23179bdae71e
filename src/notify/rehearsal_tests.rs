use super::*;
use crate::{
    ids::ServerId,
    notify::{
        Combine, Reminder,
        routing::{Escalation, Place},
    },
};

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
const NTFY: ChannelId = ChannelId(1);
const MAIL: ChannelId = ChannelId(2);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(1_795_435_200 + seconds)
}

fn recipient(id: ChannelId, topics: &[Topic]) -> Recipient {
    Recipient {
        id,
        topics: topics.to_vec(),
        delay: 0,
        reminder: Reminder::None,
        quiet: None,
        is_enabled: true,
        combine: Combine::default(),
        window: 60,
    }
}

fn failed(seconds: i64) -> Entry {
    Entry { at: at(seconds), event: Event::Opened { problem: Problem::Failed, since: at(seconds) } }
}

fn good(seconds: i64) -> Entry {
    Entry { at: at(seconds), event: Event::Closed { why: Closing::Good } }
}

fn acknowledged(seconds: i64) -> Entry {
    Entry { at: at(seconds), event: Event::Acknowledged { by: "jo".into(), note: String::new() } }
}

fn past(server: i64, entries: &[Entry]) -> Past {
    let subject = Subject { server: Some(ServerId(server)), ..Subject::default() };
    Past { subject, entries: entries.to_vec(), checks: Vec::new(), is_own: false, but: None }
}

fn counts(past: &[Past], rules: &[Rule], recipients: &[Recipient], days: i64) -> [i64; 2] {
    let counts = rehearse(past, rules, recipients, (at(0), at(days * DAY)));
    [NTFY, MAIL].map(|id| counts.get(&id).copied().unwrap_or(0))
}

fn site(tells: &[ChannelId]) -> Rule {
    Rule { topics: Topic::ALL.to_vec(), tells: tells.to_vec(), ..Rule::default() }
}

fn both() -> [Recipient; 2] {
    [recipient(NTFY, &Topic::ALL), recipient(MAIL, &[Topic::Late])]
}

#[test]
fn a_failure_and_its_recovery_are_two_messages_of_those_who_are_told() {
    let story = [past(1, &[failed(0), good(DAY)])];
    assert_eq!(counts(&story, &[], &both(), 30), [2, 0]);
    assert_eq!(counts(&story, &[site(&[MAIL])], &both(), 30), [0, 2]);
    let mute = Rule { is_nobody: true, place: Place::Server(ServerId(1)), ..site(&[]) };
    assert_eq!(counts(&story, &[mute], &both(), 30), [0, 0]);
    let slow = Rule { delay: Some(2 * DAY), ..site(&[NTFY, MAIL]) };
    assert_eq!(counts(&story, &[slow], &both(), 30), [0, 0], "it was over before it was told");
}

#[test]
fn what_happens_to_one_server_within_a_minute_is_one_further_message() {
    let story: Vec<Past> = (0..5).map(|second| past(1, &[failed(second)])).collect();
    assert_eq!(counts(&story, &[], &both(), 30), [2, 0]);
    let servers: Vec<Past> = (0..5).map(|server| past(server, &[failed(0)])).collect();
    assert_eq!(counts(&servers, &[], &both(), 30), [5, 0]);
}

#[test]
fn reminders_and_escalations_end_when_somebody_acknowledges() {
    let rule = Rule {
        reminder: Some(Reminder::Daily),
        escalation: Some(Escalation { after: 4 * HOUR, to: vec![MAIL] }),
        ..site(&[NTFY])
    };
    let rules = [rule];
    // At once, three reminders, the end; the other channel is told once, and of the end.
    let open = [past(1, &[failed(0), good(3 * DAY + HOUR)])];
    assert_eq!(counts(&open, &rules, &both(), 30), [1 + 3 + 1, 1 + 1]);
    let soon = [past(1, &[failed(0), acknowledged(HOUR), good(3 * DAY)])];
    assert_eq!(counts(&soon, &rules, &both(), 30), [2, 0]);
    let late = [past(1, &[failed(0), acknowledged(DAY + HOUR), good(3 * DAY)])];
    assert_eq!(counts(&late, &rules, &both(), 30), [3, 2]);
    // Daily for a week, then weekly.
    assert_eq!(counts(&[past(1, &[failed(0)])], &rules, &both(), 30), [1 + 7 + 3, 1]);
    let paused = Entry { at: at(DAY / 2), event: Event::Closed { why: Closing::Paused } };
    assert_eq!(counts(&[past(1, &[failed(0), paused])], &rules, &both(), 30), [1, 1]);
}

#[test]
fn problems_of_the_program_are_counted_for_those_who_are_told_of_them() {
    let lasts = |hours: i64, but| Past::own(at(0), Some(at(hours * HOUR)), but);
    let own = [recipient(NTFY, &Topic::ALL), recipient(MAIL, &[Topic::System])];
    assert_eq!(
        counts(&[lasts(3, None)], &[], &both(), 30),
        [2, 0],
        "the other wants to hear of overdue jobs"
    );
    // Who was told hears that it is over, whatever was chosen of recoveries.
    assert_eq!(counts(&[lasts(3, None)], &[], &own, 30), [2, 2]);
    assert_eq!(counts(&[lasts(3, Some(NTFY))], &[], &own, 30), [0, 2], "a channel is not told of itself");
    let rule = Rule {
        topics: vec![Topic::System],
        reminder: Some(Reminder::Daily),
        escalation: Some(Escalation { after: 4 * HOUR, to: vec![MAIL] }),
        ..site(&[NTFY])
    };
    assert_eq!(counts(&[lasts(49, None)], std::slice::from_ref(&rule), &own, 30), [1 + 2 + 1, 1 + 1]);
    let nobody = Rule { is_nobody: true, ..rule };
    assert_eq!(counts(&[lasts(49, None)], &[nobody], &own, 30), [0, 0]);
}

#[test]
fn what_was_sent_before_is_not_counted() {
    let story = [past(1, &[failed(-DAY), good(DAY)])];
    assert_eq!(counts(&story, &[], &both(), 30), [1, 0]);
    assert_eq!(counts(&story, &[], &both(), 0), [0, 0]);
}
