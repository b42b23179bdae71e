use super::*;

const NTFY: ChannelId = ChannelId(1);
const MAIL: ChannelId = ChannelId(2);

fn recipient(id: ChannelId, topics: &[Topic]) -> Recipient {
    Recipient {
        id,
        topics: topics.to_vec(),
        delay: 60 * id.0,
        reminder: Reminder::None,
        quiet: None,
        is_enabled: true,
        combine: Combine::default(),
        window: 60,
    }
}

fn both() -> Vec<Recipient> {
    vec![recipient(NTFY, &Topic::ALL), recipient(MAIL, &[Topic::Failed])]
}

fn rule(place: Place, topics: &[Topic], tells: &[ChannelId]) -> Rule {
    Rule { place, topics: topics.to_vec(), tells: tells.to_vec(), ..Rule::default() }
}

fn nobody(place: Place, topics: &[Topic]) -> Rule {
    Rule { is_nobody: true, ..rule(place, topics, &[]) }
}

fn subject() -> Subject {
    Subject {
        job: Some(JobId(7)),
        server: Some(ServerId(3)),
        group: Some("müller".into()),
        tags: vec!["nightly".into()],
    }
}

fn told(rules: &[Rule], topic: Topic) -> Vec<ChannelId> {
    route(rules, &both(), &subject(), topic).routes.into_iter().map(|route| route.channel).collect()
}

#[test]
fn without_a_rule_each_channel_is_told_what_was_chosen_for_it() {
    assert_eq!(told(&[], Topic::Failed), [NTFY, MAIL]);
    assert_eq!(told(&[], Topic::Late), [NTFY]);
    // A rule for another job, server, group, tag or topic changes nothing.
    let others = [
        rule(Place::Job(JobId(8)), &Topic::ALL, &[MAIL]),
        rule(Place::Server(ServerId(7)), &Topic::ALL, &[MAIL]),
        rule(Place::Group("nightly".into()), &Topic::ALL, &[MAIL]),
        rule(Place::Tag("müller".into()), &Topic::ALL, &[MAIL]),
        rule(Place::Job(JobId(7)), &[Topic::Stuck], &[MAIL]),
    ];
    assert_eq!(told(&others, Topic::Late), [NTFY]);
}

#[test]
fn the_most_specific_place_that_has_a_rule_for_the_topic_decides() {
    let places = [
        Place::Site,
        Place::Group("müller".into()),
        Place::Tag("nightly".into()),
        Place::Server(ServerId(3)),
        Place::Job(JobId(7)),
    ];
    for (index, specific) in places.iter().enumerate() {
        for wider in places.iter().take(index).filter(|wider| wider.level() < specific.level()) {
            let rules = [
                rule(specific.clone(), &[Topic::Late], &[MAIL]),
                rule(wider.clone(), &[Topic::Late, Topic::Failed], &[NTFY]),
            ];
            assert_eq!(told(&rules, Topic::Late), [MAIL], "{specific:?} {wider:?}");
            assert_eq!(told(&rules, Topic::Failed), [NTFY], "{specific:?} {wider:?}");
        }
    }
}

#[test]
fn nobody_is_told_if_a_rule_says_so_and_no_other_of_its_place_tells() {
    let mute = nobody(Place::Server(ServerId(3)), &Topic::ALL);
    let routing = route(std::slice::from_ref(&mute), &both(), &subject(), Topic::Failed);
    assert!(routing.is_nobody && routing.routes.is_empty());
    let of_job = rule(Place::Job(JobId(7)), &[Topic::Failed], &[MAIL]);
    assert_eq!(told(&[mute.clone(), of_job], Topic::Failed), [MAIL]);
    let same = rule(Place::Server(ServerId(3)), &[Topic::Failed], &[NTFY]);
    let routing = route(&[mute, same], &both(), &subject(), Topic::Failed);
    assert!(!routing.is_nobody && routing.routes.len() == 1);
    // A group and a tag are the same level.
    let rules = [
        nobody(Place::Group("müller".into()), &Topic::ALL),
        rule(Place::Tag("nightly".into()), &Topic::ALL, &[MAIL]),
    ];
    assert_eq!(told(&rules, Topic::Check), [MAIL]);
}

#[test]
fn a_rule_whose_channels_are_gone_has_no_effect_and_one_whose_channels_are_off_has() {
    let gone = rule(Place::Job(JobId(7)), &Topic::ALL, &[ChannelId(9)]);
    assert_eq!(told(&[gone], Topic::Late), [NTFY]);
    let off =
        vec![recipient(NTFY, &Topic::ALL), Recipient { is_enabled: false, ..recipient(MAIL, &Topic::ALL) }];
    let of_mail = [rule(Place::Job(JobId(7)), &Topic::ALL, &[MAIL])];
    assert_eq!(route(&of_mail, &off, &subject(), Topic::Late), Routing::default());
    assert_eq!(route(&[], &off, &subject(), Topic::Late).routes.len(), 1);
}

#[test]
fn what_a_rule_leaves_open_is_that_of_the_channel_and_rules_of_a_place_add_up() {
    let site = rule(Place::Site, &Topic::ALL, &[NTFY, MAIL]);
    let delays = |rules: &[Rule]| -> Vec<(i64, Reminder)> {
        let routing = route(rules, &both(), &subject(), Topic::Late);
        routing.routes.iter().map(|route| (route.delay, route.reminder)).collect()
    };
    assert_eq!(delays(std::slice::from_ref(&site)), [(60, Reminder::None), (120, Reminder::None)]);
    let soon =
        Rule { delay: Some(0), reminder: Some(Reminder::Weekly), ..rule(Place::Site, &Topic::ALL, &[MAIL]) };
    assert_eq!(delays(&[site, soon]), [(60, Reminder::None), (0, Reminder::Weekly)]);
}

#[test]
fn an_escalation_names_each_channel_once_with_the_shortest_time() {
    let to = |after, to: &[ChannelId]| Some(Escalation { after, to: to.to_vec() });
    let one = Rule { escalation: to(7200, &[MAIL, ChannelId(9)]), ..rule(Place::Site, &Topic::ALL, &[NTFY]) };
    let two = Rule { escalation: to(3600, &[MAIL]), ..one.clone() };
    let mute = Rule { escalation: to(60, &[NTFY]), ..nobody(Place::Site, &Topic::ALL) };
    let routing = route(&[one, two, mute], &both(), &subject(), Topic::Failed);
    assert_eq!(routing.escalations, [(MAIL, 3600)]);
}

#[test]
fn what_is_left_of_a_deleted_job_is_told_by_the_rules_of_the_site() {
    let rules = [nobody(Place::Job(JobId(7)), &Topic::ALL), rule(Place::Site, &Topic::ALL, &[MAIL])];
    let routing = route(&rules, &both(), &Subject::default(), Topic::Late);
    assert_eq!(routing.routes.len(), 1);
}
