//! Details of the slots of a strip, fetched when the user points at one. Lists only have a letter for each.

use duplistatus::{
    dto::strip::Slot,
    ids::JobId,
    status::Status,
    units::{clock_duration, size},
};
use leptos::prelude::*;

use super::api::show_strip;
use crate::{format::time::full_time, locale::Locale, tr, ui::badge::status_word};

/// The slots of one strip, once they were fetched.
#[derive(Clone, Copy)]
pub(super) struct Details {
    job: JobId,
    slots: RwSignal<Option<Vec<Slot>>>,
    is_asked: StoredValue<bool>,
}

/// Returns details that are not fetched yet.
pub(super) fn use_details(job: JobId) -> Details {
    Details { job, slots: RwSignal::new(None), is_asked: StoredValue::new(false) }
}

impl Details {
    /// Fetches them, once.
    pub(super) fn look(self) {
        if self.is_asked.try_get_value().unwrap_or(true) {
            return;
        }
        self.is_asked.set_value(true);
        leptos::task::spawn_local(async move {
            // The strip may have been removed meanwhile.
            match show_strip(self.job).await {
                Ok(slots) => {
                    let _gone = self.slots.try_set(Some(slots));
                }
                Err(_) => {
                    let _gone = self.is_asked.try_set_value(false);
                }
            }
        });
    }

    /// Returns the slot at a position counted from the end, starting at 1.
    pub(super) fn slot(self, from_end: usize) -> Option<Slot> {
        // `None` if the strip was removed: its page stays visible until the next one is ready.
        let found = self.slots.try_with(|slots| {
            let slots = slots.as_ref()?;
            slots.get(slots.len().checked_sub(from_end)?).cloned()
        });
        found.flatten()
    }
}

/// Formats a cell: `"23 Nov 2026 02:00 · Success · 12:31 · 84 GiB, 1.2 GiB uploaded"`; only the result until
/// the details are known.
pub(super) fn cell_words(locale: Locale, status: Option<Status>, slot: Option<&Slot>) -> String {
    let what = status.map_or_else(|| tr!(locale, common.status.missed), |status| status_word(locale, status));
    let Some(slot) = slot else { return what };
    let sizes = [
        slot.source_size.map(size),
        slot.uploaded_size.map(|bytes| tr!(locale, common.strip.uploaded, size = size(bytes))),
    ];
    let sizes: Vec<String> = sizes.into_iter().flatten().collect();
    let parts = [
        Some(full_time(locale, slot.at)),
        Some(what),
        slot.duration.map(clock_duration),
        (!sizes.is_empty()).then(|| sizes.join(", ")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use duplistatus::{dto::Moment, ids::RunId, time::Timestamp};

    use super::*;

    #[test]
    fn a_cell_says_when_what_how_long_and_how_much() {
        let at = Moment { at: Timestamp::from_unix(1_795_435_200), offset: 3600 };
        let run = Slot {
            at,
            day: at.day(),
            status: Some(Status::Success),
            duration: Some(751),
            source_size: Some(84 << 30),
            uploaded_size: Some(300 << 20),
            run: Some(RunId(1)),
        };
        let words = |slot: &Slot| cell_words(Locale::en, slot.status, Some(slot));
        assert_eq!(words(&run), "23 Nov 2026 13:00 · Success · 12:31 · 84.0 GiB, 300 MiB uploaded");
        let missed =
            Slot { status: None, duration: None, source_size: None, uploaded_size: None, run: None, ..run };
        assert_eq!(words(&missed), "23 Nov 2026 13:00 · Missed");
        assert_eq!(cell_words(Locale::en, Some(Status::Error), None), "Error");
    }
}
