//! What the address of the page asks for: a rule that is changed, or what is tried before it is saved.

use duplistatus::dto::notification_rules::{RuleForm, RulesQuery};
use leptos_router::params::ParamsMap;

/// Path of the page.
pub const PATH: &str = "/settings/notifications/rules";

/// Reads the query. What cannot be read is as if it was not there.
pub fn read(query: &ParamsMap) -> RulesQuery {
    let number = |name: &str| query.get(name).and_then(|id| id.parse().ok());
    RulesQuery {
        rule: number("rule"),
        server: query.get("server").and_then(|id| id.parse().ok()),
        job: query.get("job").and_then(|id| id.parse().ok()),
        form: form(query),
    }
}

/// What is tried; nothing when the address has none of its fields.
fn form(query: &ParamsMap) -> Option<RuleForm> {
    let text = |name: &str| query.get(&format!("form[{name}]")).unwrap_or_default();
    let all = |name: &str| query.get_all(&format!("form[{name}][]")).unwrap_or_default();
    query.get("form[scope]")?;
    let ids = |name: &str| all(name).iter().filter_map(|id| id.parse().ok()).collect();
    Some(RuleForm {
        scope: text("scope"),
        name: text("name"),
        topics: all("topics").iter().filter_map(|word| duplistatus::topic::Topic::from_word(word)).collect(),
        tells: text("tells"),
        channels: ids("channels"),
        delay: text("delay"),
        reminder: text("reminder"),
        after: text("after"),
        others: ids("others"),
    })
}

#[cfg(test)]
mod tests {
    use duplistatus::{
        ids::{ChannelId, JobId},
        topic::Topic,
    };

    use super::*;

    #[test]
    fn what_is_tried_is_in_the_address_as_the_form_sends_it() {
        let mut query = ParamsMap::new();
        for (name, value) in [
            ("rule", "3"),
            ("form[scope]", "server"),
            ("form[name]", "nas"),
            ("form[topics][]", "failed"),
            ("form[topics][]", "late"),
            ("form[topics][]", "nonsense"),
            ("form[tells]", "channels"),
            ("form[channels][]", "7"),
            ("form[after]", "4"),
            ("form[others][]", "8"),
        ] {
            query.insert(name, value.to_owned());
        }
        let read = read(&query);
        assert_eq!(read.rule, Some(3));
        let form = read.form.unwrap();
        assert_eq!((form.scope.as_str(), form.name.as_str(), form.after.as_str()), ("server", "nas", "4"));
        assert_eq!(form.topics, [Topic::Failed, Topic::Late]);
        assert_eq!((form.channels, form.others), (vec![ChannelId(7)], vec![ChannelId(8)]));
    }

    #[test]
    fn an_address_without_a_form_tries_nothing() {
        let mut query = ParamsMap::new();
        query.insert("job", "7".to_owned());
        assert_eq!(read(&query), RulesQuery { job: Some(JobId(7)), ..RulesQuery::default() });
    }
}
