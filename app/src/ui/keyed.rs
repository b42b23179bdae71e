//! Lists whose rows keep their elements when the list changes.
//!
//! An open confirmation, the focus or a menu belongs to an element. A plain list reuses its elements by position: after a row
//! was added above, the confirmation "Revoke this key?" would belong to another key. Here each row has a key; its element
//! moves with it and shows its new data.
//!
//! Leptos' own `<For>` never updates the data of a row that stays.

use std::collections::HashMap;

use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        renderer::{
            Rndr,
            types::{Element, Node, Placeholder},
        },
        ssr::StreamBuilder,
        view::{
            Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr,
            any_view::AnyViewState,
        },
    },
};

/// Rows with their keys.
#[derive(Debug)]
pub struct Keyed {
    rows: Vec<(String, AnyView)>,
}

/// Creates a list; `key` identifies the rows, also after a change.
pub fn keyed<T, K: ToString, V: IntoAny>(
    items: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> K,
    view: impl Fn(T) -> V,
) -> Keyed {
    let row = |item: T| (key(&item).to_string(), view(item).into_any());
    Keyed { rows: items.into_iter().map(row).collect() }
}

/// The rows on the page.
pub struct KeyedState {
    rows: Vec<(String, AnyViewState)>,
    /// A node after the last row, before which rows are inserted.
    end: Placeholder,
}

impl Render for Keyed {
    type State = KeyedState;

    fn build(self) -> KeyedState {
        let rows = self.rows.into_iter().map(|(key, view)| (key, view.build())).collect();
        KeyedState { rows, end: Rndr::create_placeholder() }
    }

    fn rebuild(self, state: &mut KeyedState) {
        let focus = Focus::now();
        let mut known: HashMap<String, (usize, AnyViewState)> = HashMap::new();
        for (place, (key, row)) in std::mem::take(&mut state.rows).into_iter().enumerate() {
            // Duplicate keys are a defect of the caller: the first row is then created again.
            if let Some((_, mut twin)) = known.insert(key, (place, row)) {
                twin.unmount();
            }
        }
        let mut before = Vec::with_capacity(self.rows.len());
        let mut rows = Vec::with_capacity(self.rows.len());
        for (key, view) in self.rows {
            let row = match known.remove(&key) {
                Some((place, mut row)) => {
                    view.rebuild(&mut row);
                    before.push(Some(place));
                    row
                }
                None => {
                    before.push(None);
                    view.build()
                }
            };
            rows.push((key, row));
        }
        for (_, mut gone) in known.into_values() {
            gone.unmount();
        }
        // From the end, so that the nodes after a row are already in place.
        let mut next: Node = state.end.clone().into();
        for ((_, row), stays) in rows.iter_mut().zip(stays(&before)).rev() {
            if !stays {
                Rndr::try_mount_before(row, &next);
            }
            if let Some(first) = row.elements().into_iter().next() {
                next = first.into();
            }
        }
        state.rows = rows;
        focus.restore();
    }
}

impl Mountable for KeyedState {
    fn unmount(&mut self) {
        for (_, row) in &mut self.rows {
            row.unmount();
        }
        self.end.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        for (_, row) in &mut self.rows {
            row.mount(parent, marker);
        }
        self.end.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.rows.iter().any(|(_, row)| row.insert_before_this(child)) || self.end.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.rows.iter().flat_map(|(_, row)| row.elements()).collect()
    }
}

impl AddAnyAttr for Keyed {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _: A) -> Self {
        self
    }
}

impl RenderHtml for Keyed {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        for (_, row) in &mut self.rows {
            row.dry_resolve();
        }
    }

    async fn resolve(self) -> Self {
        let (keys, views): (Vec<String>, Vec<AnyView>) = self.rows.into_iter().unzip();
        let views = futures::future::join_all(views.into_iter().map(RenderHtml::resolve)).await;
        Self { rows: keys.into_iter().zip(views).collect() }
    }

    fn html_len(&self) -> usize {
        self.rows.iter().map(|(_, row)| row.html_len()).sum::<usize>() + 3
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        for (_, row) in self.rows {
            row.to_html_with_buf(buf, position, escape, mark_branches, extra_attrs.clone());
        }
        if escape {
            buf.push_str("<!>");
            *position = Position::NextChild;
        }
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        buf: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        for (_, row) in self.rows {
            row.to_html_async_with_buf::<OUT_OF_ORDER>(
                buf,
                position,
                escape,
                mark_branches,
                extra_attrs.clone(),
            );
        }
        if escape {
            buf.push_sync("<!>");
            *position = Position::NextChild;
        }
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> KeyedState {
        let rows = self
            .rows
            .into_iter()
            .map(|(key, view)| (key, view.hydrate::<FROM_SERVER>(cursor, position)))
            .collect();
        let end = cursor.next_placeholder(position);
        position.set(Position::NextChild);
        KeyedState { rows, end }
    }

    async fn hydrate_async(self, cursor: &Cursor, position: &PositionState) -> KeyedState {
        let mut rows = Vec::with_capacity(self.rows.len());
        for (key, view) in self.rows {
            rows.push((key, view.hydrate_async(cursor, position).await));
        }
        let end = cursor.next_placeholder(position);
        position.set(Position::NextChild);
        KeyedState { rows, end }
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// Returns which rows can stay in place while the others are moved: as many as possible. `before` is the old position of each
/// row in the new order; `None` is a new row.
fn stays(before: &[Option<usize>]) -> Vec<bool> {
    // The longest increasing subsequence: for each length, `tails` has the index in `before` of the row with the smallest
    // last position; `previous` leads back to its start.
    let place = |index: &usize| before.get(*index).copied().flatten();
    let mut tails: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = vec![None; before.len()];
    for (index, old) in before.iter().enumerate() {
        let Some(old) = old else { continue };
        let length = tails.partition_point(|tail| place(tail).is_some_and(|end| end < *old));
        if let Some(link) = previous.get_mut(index) {
            *link = length.checked_sub(1).and_then(|shorter| tails.get(shorter).copied());
        }
        match tails.get_mut(length) {
            Some(tail) => *tail = index,
            None => tails.push(index),
        }
    }
    let mut stays = vec![false; before.len()];
    let mut last = tails.last().copied();
    while let Some(index) = last {
        if let Some(stays) = stays.get_mut(index) {
            *stays = true;
        }
        last = previous.get(index).copied().flatten();
    }
    stays
}

/// The focused element, because browsers remove the focus from an element that is moved.
struct Focus {
    #[cfg(feature = "hydrate")]
    element: Option<Element>,
}

impl Focus {
    fn now() -> Self {
        Self {
            #[cfg(feature = "hydrate")]
            element: document().active_element(),
        }
    }

    fn restore(self) {
        #[cfg(feature = "hydrate")]
        if let Some(element) = self.element
            && element.is_connected()
            && document().active_element().as_ref() != Some(&element)
        {
            use wasm_bindgen::JsCast as _;
            // An element that is not focusable did not have the focus.
            let _ = element.dyn_ref::<web_sys::HtmlElement>().map(web_sys::HtmlElement::focus);
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn staying(before: &[Option<usize>]) -> Vec<usize> {
        stays(before).iter().enumerate().filter_map(|(at, stays)| stays.then_some(at)).collect()
    }

    #[test]
    fn a_row_that_is_added_or_leaves_moves_no_other() {
        assert_eq!(staying(&[None, Some(0), Some(1), Some(2)]), [1, 2, 3]);
        assert_eq!(staying(&[Some(0), Some(2), Some(5)]), [0, 1, 2]);
        assert_eq!(staying(&[None, None]), [0_usize; 0]);
    }

    #[test]
    fn a_row_that_moves_is_the_only_one_that_is_moved() {
        // The last row moved to the top, and the first to the end.
        assert_eq!(staying(&[Some(3), Some(0), Some(1), Some(2)]), [1, 2, 3]);
        assert_eq!(staying(&[Some(1), Some(2), Some(3), Some(0)]), [0, 1, 2]);
        assert_eq!(staying(&[Some(2), Some(1), Some(0)]).len(), 1);
    }

    #[test]
    fn what_stays_is_in_its_old_order_and_as_much_as_possible() {
        // Every order of six rows, compared with an exhaustive search.
        let mut order: Vec<usize> = (0..6).collect();
        let mut checked = 0;
        permute(&mut order, 0, &mut |order| {
            let before: Vec<Option<usize>> = order.iter().copied().map(Some).collect();
            let kept: Vec<usize> = staying(&before).into_iter().map(|at| order[at]).collect();
            assert!(kept.is_sorted(), "{order:?} keeps {kept:?}");
            let best = (0_u32..64)
                .map(|choice| {
                    let chosen = order.iter().enumerate().filter(|(at, _)| choice >> at & 1 == 1);
                    chosen.map(|(_, old)| *old).collect::<Vec<usize>>()
                })
                .filter(|chosen| chosen.is_sorted())
                .map(|chosen| chosen.len())
                .max();
            assert_eq!(Some(kept.len()), best, "{order:?}");
            checked += 1;
        });
        assert_eq!(checked, 720);
    }

    fn permute(order: &mut [usize], from: usize, visit: &mut impl FnMut(&[usize])) {
        if from == order.len() {
            return visit(order);
        }
        for other in from..order.len() {
            order.swap(from, other);
            permute(order, from + 1, visit);
            order.swap(from, other);
        }
    }

    #[test]
    fn the_server_writes_them_as_a_plain_list_would() {
        let view = |text: &str| view! { <li>{text.to_owned()}</li> };
        let plain = view! { <ul>{["a", "b"].map(view).into_iter().collect_view()}</ul> }.to_html();
        let keyed = view! { <ul>{keyed(["a", "b"], |text| (*text).to_owned(), view)}</ul> }.to_html();
        assert_eq!(keyed, plain);
    }
}
