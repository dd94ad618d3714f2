//! A bounded memory of named things: the newest stay, what was put in first goes first.
//!
//! Nothing is counted, timed or swept, as a cache for everything would: that took a tenth of a delivery's processor time.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

pub(super) struct Newest<T> {
    most: usize,
    /// Boxed: the table keeps room for more than it holds, and holds twice itself while it grows.
    found: HashMap<Arc<str>, Box<T>>,
    /// Every name in `found`, the first put in before the others. One that was taken out keeps its place until it is reached.
    order: VecDeque<Arc<str>>,
}

impl<T> Newest<T> {
    /// Room for so many, which is taken as they come.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            found: HashMap::new(),
            order: VecDeque::new(),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.found.get(name).map(|held| &**held)
    }

    /// Puts something in, in the place of what bore that name.
    pub(super) fn insert(&mut self, name: &str, value: T) {
        if let Some(known) = self.found.get_mut(name) {
            **known = value;
            return;
        }
        while self.order.len() >= self.most
            && let Some(first) = self.order.pop_front()
        {
            self.found.remove(&first);
        }
        let name: Arc<str> = name.into();
        self.order.push_back(Arc::clone(&name));
        self.found.insert(name, Box::new(value));
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.found.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay() {
        let mut newest = Newest::new(3);
        for (number, name) in ["a", "b", "c", "b", "d"].into_iter().enumerate() {
            newest.insert(name, number);
        }
        let held =
            |newest: &Newest<usize>| ["a", "b", "c", "d"].map(|name| newest.get(name).copied());
        assert_eq!(held(&newest), [None, Some(3), Some(2), Some(4)]);
        newest.remove("d");
        assert_eq!(held(&newest), [None, Some(3), Some(2), None]);
    }

    #[test]
    fn it_stays_bounded_whatever_is_taken_out_and_put_in_again() {
        let mut newest = Newest::new(2);
        for number in 0..100 {
            newest.insert("a", number);
            newest.remove("a");
        }
        assert!(newest.order.len() <= 2 && newest.found.is_empty());
        newest.insert("a", 100);
        assert_eq!(newest.get("a"), Some(&100));
    }
}
