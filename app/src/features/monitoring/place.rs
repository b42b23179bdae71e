//! For what a form sets something: as hidden fields, which all of these forms have in common.

use duplistatus::{
    dto::{
        job::Origin,
        schedules::{Defaults, SchedulesQuery},
    },
    ids::JobId,
};
use leptos::prelude::*;

/// For what a form sets something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A job, from its page.
    Job(JobId),
    /// A group, a server, or everything.
    Defaults(Defaults),
    /// Jobs that were chosen in the list, and what the list showed.
    Jobs(Vec<JobId>, SchedulesQuery),
    /// All jobs that the list showed: so many.
    All(SchedulesQuery, i64),
}

impl Place {
    /// For what something is that is set here and not inherited.
    pub fn origin(&self) -> Origin {
        match self {
            Self::Job(_) | Self::Jobs(..) | Self::All(..) => Origin::Job,
            Self::Defaults(Defaults::Server(_)) => Origin::Server,
            Self::Defaults(Defaults::Group(_)) => Origin::Group,
            Self::Defaults(Defaults::Site) => Origin::Site,
        }
    }

    /// Whether these are several jobs, of which each may have something else set.
    pub fn is_many(&self) -> bool {
        matches!(self, Self::Jobs(..) | Self::All(..))
    }

    /// The page where the form is shown.
    pub fn path(&self) -> String {
        match self {
            Self::Job(job) => format!("/jobs/{job}"),
            Self::Defaults(of) => of.path(),
            Self::Jobs(..) | Self::All(..) => "/settings/schedules/edit".to_owned(),
        }
    }

    /// The hidden fields: name and value.
    pub fn words(&self) -> Vec<(String, String)> {
        let one = |name: &str, value: String| (name.to_owned(), value);
        match self {
            Self::Job(job) => vec![one("jobs[]", job.to_string())],
            Self::Defaults(Defaults::Site) => vec![one("site", "true".to_owned())],
            Self::Defaults(Defaults::Group(group)) => vec![one("group", group.to_string())],
            Self::Defaults(Defaults::Server(server)) => vec![one("server", server.to_string())],
            Self::Jobs(jobs, list) => {
                let jobs = jobs.iter().map(|job| one("jobs[]", job.to_string()));
                jobs.chain(filter_words(list)).collect()
            }
            Self::All(list, count) => {
                let all = [one("all", "true".to_owned()), one("count", count.to_string())];
                all.into_iter().chain(filter_words(list)).collect()
            }
        }
    }

    /// The same as fields.
    pub fn fields(&self) -> impl IntoView + use<> {
        self.words()
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
    }
}

/// What the list showed, as fields of a form have it. One of them is always there: it says that somebody came from the list.
pub fn filter_words(list: &SchedulesQuery) -> impl Iterator<Item = (String, String)> + use<> {
    let words = list.words().into_iter().filter(|(name, word)| !word.is_empty() && *name != "page");
    let page = ("page", list.page.max(1).to_string());
    words.chain([page]).map(|(name, word)| match name {
        "dir" => ("filter[descending]".to_owned(), "true".to_owned()),
        name => (format!("filter[{name}]"), word),
    })
}

/// What the list showed, from the words of an address.
pub fn read_filter(word: impl Fn(&str) -> Option<String>) -> SchedulesQuery {
    SchedulesQuery::from_words(|name| match name {
        "dir" => word("filter[descending]").filter(|word| word == "true").map(|_| "desc".to_owned()),
        name => word(&format!("filter[{name}]")),
    })
}

#[cfg(test)]
mod tests {
    use duplistatus::{
        dto::schedules::{ScheduleFrom, SchedulesSort},
        verdict::Verdict,
    };

    use super::*;

    #[test]
    fn what_the_list_showed_survives_the_fields_of_a_form() {
        let list = SchedulesQuery {
            text: "a & b".into(),
            state: Some(Verdict::Late),
            source: Some(ScheduleFrom::Told),
            group: "Müller".into(),
            tag: "x".into(),
            sort: SchedulesSort::Next,
            descending: true,
            page: 3,
        };
        for list in [list, SchedulesQuery { page: 1, ..SchedulesQuery::default() }] {
            let words: Vec<(String, String)> = filter_words(&list).collect();
            let word =
                |name: &str| words.iter().find(|(known, _)| known == name).map(|(_, word)| word.clone());
            assert_eq!(read_filter(word), list);
        }
    }
}
