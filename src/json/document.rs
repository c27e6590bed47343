//! The scanned document: a flat, pre-order list of nodes with spans.

use crate::text::Span;

/// Index of a node in its [`Document`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

/// What a JSON value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Object,
    Array,
    /// `escaped`: the string holds at least one backslash.
    String {
        escaped: bool,
    },
    Number,
    /// `NaN`, `Infinity` or `-Infinity`, which are not JSON but which Python writes and reads.
    NonFinite,
    True,
    False,
    Null,
}

/// A value: its kind and the bytes that it takes, quotes and brackets included.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    pub kind: Kind,
    pub span: Span,
    /// Index just past this node and everything below it.
    pub(super) after: u32,
}

/// A scanned JSON text. The first node is the top value; an object's children alternate key, value.
#[derive(Clone, Debug, Default)]
pub struct Document {
    nodes: Vec<Node>,
}

/// The most nodes that room is made for ahead: most of a large notebook is in few long strings.
const LARGEST_ROOM: usize = 1 << 16;

impl Document {
    /// An empty document with room for about so many nodes.
    pub(super) fn with_room(nodes: usize) -> Self {
        Self {
            nodes: Vec::with_capacity(nodes.min(LARGEST_ROOM)),
        }
    }

    pub(super) fn open(&mut self, kind: Kind, start: usize) -> NodeId {
        let id = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(Node {
            kind,
            span: Span::new(start, start),
            after: id.saturating_add(1),
        });
        NodeId(id)
    }

    pub(super) fn close(&mut self, id: NodeId, end: usize) {
        let after = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            node.span.end = end;
            node.after = after;
        }
    }

    pub(super) fn mark_escaped(&mut self, id: NodeId) {
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            node.kind = Kind::String { escaped: true };
        }
    }

    /// The top value; `None` only for a document that was never scanned.
    pub fn root(&self) -> Option<NodeId> {
        (!self.nodes.is_empty()).then_some(NodeId(0))
    }

    /// Number of values and keys.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub fn node(&self, id: NodeId) -> Node {
        self.nodes.get(id.0 as usize).copied().unwrap_or(Node {
            kind: Kind::Null,
            span: Span::default(),
            after: u32::MAX,
        })
    }

    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    pub fn span(&self, id: NodeId) -> Span {
        self.node(id).span
    }

    /// The items of an array, or nothing for any other value.
    pub fn items(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let node = self.node(id);
        let children = if node.kind == Kind::Array {
            id.0 + 1..node.after
        } else {
            0..0
        };
        Siblings {
            document: self,
            children,
        }
    }

    /// The `(key, value)` pairs of an object in file order, duplicates included; nothing for any other value.
    pub fn entries(&self, id: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        let node = self.node(id);
        let children = if node.kind == Kind::Object {
            id.0 + 1..node.after
        } else {
            0..0
        };
        let mut siblings = Siblings {
            document: self,
            children,
        };
        std::iter::from_fn(move || Some((siblings.next()?, siblings.next()?)))
    }

    /// The value at `key`: of duplicates the last, as Python takes it.
    pub fn get(&self, text: &str, id: NodeId, key: &str) -> Option<NodeId> {
        self.entries(id)
            .filter(|&(name, _)| self.key_is(text, name, key))
            .map(|(_, value)| value)
            .last()
    }

    /// Whether the key node `name` reads `key` once decoded.
    pub fn key_is(&self, text: &str, name: NodeId, key: &str) -> bool {
        let node = self.node(name);
        let inner = Span::new(node.span.start + 1, node.span.end.saturating_sub(1));
        match node.kind {
            Kind::String { escaped: false } => inner.slice(text) == key,
            Kind::String { escaped: true } => super::decode(text, node.span).text == key,
            _ => false,
        }
    }

    /// The innermost value or key that holds the byte at `offset`.
    pub fn innermost(&self, offset: usize) -> Option<NodeId> {
        let after = self.nodes.partition_point(|node| node.span.start <= offset);
        let last = after.checked_sub(1)?;
        let node = self.nodes.get(last)?;
        (offset < node.span.end).then(|| u32::try_from(last).ok().map(NodeId))?
    }

    /// Every node from `id` down, in file order.
    pub fn descendants(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        (id.0..self
            .node(id)
            .after
            .min(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)))
            .map(NodeId)
    }
}

struct Siblings<'d> {
    document: &'d Document,
    children: std::ops::Range<u32>,
}

impl Iterator for Siblings<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        if self.children.is_empty() {
            return None;
        }
        let id = NodeId(self.children.start);
        self.children.start = self.document.node(id).after;
        Some(id)
    }
}
