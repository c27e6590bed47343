//! Interned names.

use rustc_hash::FxHashMap;

/// Index of a name in its [`Names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(u32);

/// Every name of a notebook, each once, in the order of first appearance.
#[derive(Clone, Debug, Default)]
pub struct Names {
    list: Vec<String>,
    index: FxHashMap<String, NameId>,
}

impl Names {
    /// The id of `name`, made where it is new.
    pub fn intern(&mut self, name: &str) -> NameId {
        if let Some(&id) = self.index.get(name) {
            return id;
        }
        let id = NameId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.list.push(name.to_owned());
        self.index.insert(name.to_owned(), id);
        id
    }

    /// The id of a name that the notebook uses.
    pub fn find(&self, name: &str) -> Option<NameId> {
        self.index.get(name).copied()
    }

    pub fn text(&self, id: NameId) -> &str {
        self.list.get(id.0 as usize).map_or("", String::as_str)
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Every id, in the order of first appearance.
    pub fn ids(&self) -> impl Iterator<Item = NameId> + use<> {
        (0..u32::try_from(self.list.len()).unwrap_or(u32::MAX)).map(NameId)
    }
}
