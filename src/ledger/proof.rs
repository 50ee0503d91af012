//! Inclusion and consistency proofs (RFC 6962 §2.1.1, §2.1.2).
//!
//! Both are the siblings on the way up from one node. Where the tree ends a sibling may be incomplete; its hash is
//! then folded from the complete subtrees it holds. A [`ProofPlan`] names those subtrees first, so that a store
//! can fetch them all at once and no I/O happens here.

use super::tree::{EMPTY_ROOT, MAX_SIZE, fold, node_hash, subtrees};
use super::{Hash, Node};

/// The hashes of an inclusion or consistency proof, from the bottom of the tree up. At most 63.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proof(pub Vec<Hash>);

/// Why a proof cannot be made or does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// There is no such entry in a tree of this size.
    #[error("index {index} is not in a tree of {size} entries")]
    OutsideTree {
        /// The entry asked for.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// A tree never shrinks, and none is beyond [`MAX_SIZE`].
    #[error("a tree of {old} entries cannot have grown into one of {new}")]
    Sizes {
        /// The earlier size.
        old: u64,
        /// The later size.
        new: u64,
    },
    /// A proof for these sizes has another number of hashes.
    #[error("expected {expected} hashes, found {found}")]
    Length {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The proof leads to another root than the later (or only) one.
    #[error("the proof does not lead to the root")]
    Root,
    /// The proof leads to another root than the earlier one.
    #[error("the proof does not lead to the earlier root")]
    OldRoot,
}

/// The siblings on the way up from the node over leaf `index` at `level`, in a tree of `size` > 0 leaves. The last
/// ones may be incomplete.
pub(super) fn siblings(index: u64, level: u8, size: u64) -> impl Iterator<Item = Node> {
    let last = size.saturating_sub(1);
    (level..=63)
        .map(move |level| Node { level, n: (index >> level) ^ 1 })
        .filter(move |sibling| sibling.n <= last >> sibling.level)
}

fn check_index(index: u64, size: u64) -> Result<(), ProofError> {
    if index < size && size <= MAX_SIZE { Ok(()) } else { Err(ProofError::OutsideTree { index, size }) }
}

fn check_length(expected: usize, found: usize) -> Result<(), ProofError> {
    if expected == found { Ok(()) } else { Err(ProofError::Length { expected, found }) }
}

/// Which complete subtrees a proof needs, and how they make the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofPlan {
    nodes: Vec<Node>,
    /// For each hash of the proof: how many of the nodes, in order, fold into it.
    groups: Vec<usize>,
}

impl ProofPlan {
    /// Plans the proof that entry `index` is in the tree of `size` entries.
    pub fn inclusion(index: u64, size: u64) -> Result<Self, ProofError> {
        check_index(index, size)?;
        Ok(Self::over(siblings(index, 0, size), size))
    }

    /// Plans the proof that the tree of `new` entries begins with the tree of `old` entries.
    pub fn consistency(old: u64, new: u64) -> Result<Self, ProofError> {
        Ok(match Climb::between(old, new)? {
            None => Self { nodes: Vec::new(), groups: Vec::new() },
            Some(climb) => Self::over(climb.seed().into_iter().chain(climb.siblings()), new),
        })
    }

    fn over(hashes: impl Iterator<Item = Node>, size: u64) -> Self {
        let mut plan = Self { nodes: Vec::new(), groups: Vec::new() };
        for Node { level, n } in hashes {
            let before = plan.nodes.len();
            plan.nodes.extend(subtrees(n << level, size.min((n + 1) << level)));
            plan.groups.push(plan.nodes.len() - before);
        }
        plan
    }

    /// The complete subtrees to fetch.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Makes the proof from the hashes of [`ProofPlan::nodes`], in that order.
    pub fn build(&self, hashes: &[Hash]) -> Result<Proof, ProofError> {
        check_length(self.nodes.len(), hashes.len())?;
        let mut rest = hashes;
        let groups = self.groups.iter().filter_map(|count| {
            let (group, after) = rest.split_at_checked(*count)?;
            rest = after;
            fold(group)
        });
        Ok(Proof(groups.collect()))
    }
}

/// The way up from the last complete subtree of the old tree to the root of the new one.
struct Climb {
    last: u64,
    start: Node,
    new: u64,
}

impl Climb {
    /// `None` when nothing needs proof: the trees are the same, or the old one is empty.
    fn between(old: u64, new: u64) -> Result<Option<Self>, ProofError> {
        if old > new || new > MAX_SIZE {
            return Err(ProofError::Sizes { old, new });
        }
        Ok(old.checked_sub(1).filter(|_| old < new).map(|last| {
            let level = (0..=62).find(|level| (old >> level) & 1 == 1).unwrap_or_default();
            Self { last, start: Node { level, n: last >> level }, new }
        }))
    }

    /// Where the climb starts; not in the proof when it is the old tree itself, whose root the verifier has.
    fn seed(&self) -> Option<Node> {
        (self.start.n > 0).then_some(self.start)
    }

    fn siblings(&self) -> impl Iterator<Item = Node> + use<> {
        siblings(self.last, self.start.level, self.new)
    }
}

/// Verifies that `leaf` is entry `index` of the tree of `size` entries with this root.
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Hash,
    proof: &Proof,
    root: &Hash,
) -> Result<(), ProofError> {
    check_index(index, size)?;
    check_length(siblings(index, 0, size).count(), proof.0.len())?;
    let found = siblings(index, 0, size).zip(&proof.0).fold(*leaf, |own, (sibling, hash)| {
        if sibling.n % 2 == 0 { node_hash(hash, &own) } else { node_hash(&own, hash) }
    });
    if found == *root { Ok(()) } else { Err(ProofError::Root) }
}

/// Verifies that the tree of `new` entries begins with the tree of `old` entries. Equal sizes need equal roots, and
/// an old size of 0 needs [`EMPTY_ROOT`]; the proof is then empty.
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &Proof,
) -> Result<(), ProofError> {
    let Some(climb) = Climb::between(old, new)? else {
        check_length(0, proof.0.len())?;
        let expected = if old == 0 { &EMPTY_ROOT } else { new_root };
        if new == 0 && *new_root != EMPTY_ROOT {
            return Err(ProofError::Root);
        }
        return if old_root == expected { Ok(()) } else { Err(ProofError::OldRoot) };
    };
    let seeded = usize::from(climb.seed().is_some());
    check_length(seeded + climb.siblings().count(), proof.0.len())?;
    let (seed, path) = proof.0.split_at_checked(seeded).unwrap_or_default();
    let start = *seed.first().unwrap_or(old_root);
    let (was, is) = climb.siblings().zip(path).fold((start, start), |(was, is), (sibling, hash)| {
        // What stands to the right came after the old tree.
        if sibling.n % 2 == 0 {
            (node_hash(hash, &was), node_hash(hash, &is))
        } else {
            (was, node_hash(&is, hash))
        }
    });
    if was != *old_root {
        return Err(ProofError::OldRoot);
    }
    if is == *new_root { Ok(()) } else { Err(ProofError::Root) }
}

#[cfg(test)]
pub(super) mod tests;
