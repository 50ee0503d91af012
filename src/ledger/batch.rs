//! Appending a batch: the new frontier and, for every entry, its inclusion proof in the tree after the batch.
//!
//! Every left sibling is either a root of the frontier before the batch or newly made, so the proofs need nothing
//! from the store. Every node is hashed once, whatever the number of proofs.

use super::proof::siblings;
use super::{Frontier, Hash, Node, Proof, node_hash};

/// What appending a batch gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The tree after the batch.
    pub frontier: Frontier,
    /// One proof for each leaf of the batch, in order, in the tree after the batch.
    pub proofs: Vec<Proof>,
}

/// One level of the tree, as far as the batch touches it.
struct Row {
    /// Number of the first node; always even, so that nodes pair up from here.
    first: u64,
    /// The frontier's root at this level, if it has one, and the new complete subtrees.
    nodes: Vec<Hash>,
    /// The root over the leaves after the last complete subtree.
    edge: Option<Hash>,
}

impl Batch {
    /// Appends the leaves to the tree with this frontier.
    pub fn append(before: &Frontier, leaves: &[Hash]) -> Self {
        let size = before.size() + leaves.len() as u64;
        let mut old_roots = before.roots().iter().rev();
        let (mut rows, mut roots) = (Vec::new(), Vec::new());
        let (mut fresh, mut edge) = (leaves.to_vec(), None);
        for level in 0..u64::BITS - size.leading_zeros() {
            let old = before.size() >> level;
            let left = if old % 2 == 1 { old_roots.next() } else { None };
            let nodes: Vec<Hash> = left.into_iter().chain(&fresh).copied().collect();
            let (pairs, unpaired) = nodes.as_chunks();
            fresh = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
            let edge_above = match (unpaired.first(), edge) {
                (Some(root), Some(right)) => Some(node_hash(root, &right)),
                (root, right) => root.copied().or(right),
            };
            roots.extend_from_slice(unpaired);
            rows.push(Row { first: old & !1, nodes, edge });
            edge = edge_above;
        }
        roots.reverse();
        let proofs = (before.size()..size).map(|index| prove(&rows, index, size)).collect();
        Self { frontier: Frontier { size, roots }, proofs }
    }
}

/// Every sibling of a leaf in the batch is in the rows, or is the edge beside them.
fn prove(rows: &[Row], index: u64, size: u64) -> Proof {
    let find = |Node { level, n }| {
        let row: &Row = rows.get(usize::from(level))?;
        let place = usize::try_from(n.checked_sub(row.first)?).ok()?;
        row.nodes.get(place).copied().or(row.edge)
    };
    Proof(siblings(index, 0, size).filter_map(find).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::proof::tests::recomputed_inclusion;
    use super::super::tree::tests::{leaves, root_by_definition};
    use super::super::verify_inclusion;
    use super::*;

    fn check(frontier: &Frontier, leaves: &[Hash], count: usize) -> Frontier {
        let start = usize::try_from(frontier.size()).unwrap();
        let batch = Batch::append(frontier, &leaves[start..start + count]);
        let size = start + count;
        let root = batch.frontier.root();
        assert_eq!(batch.frontier.size(), size as u64);
        assert_eq!(root, root_by_definition(&leaves[..size]));
        assert_eq!(batch.proofs.len(), count);
        for (index, proof) in (start..size).zip(&batch.proofs) {
            assert_eq!(proof.0, recomputed_inclusion(index, &leaves[..size]), "{index} in {size}");
            assert_eq!(verify_inclusion(index as u64, size as u64, &leaves[index], proof, &root), Ok(()));
        }
        batch.frontier
    }

    #[test]
    fn every_small_batch_on_every_small_tree_gives_the_proofs_of_a_full_recomputation() {
        let leaves = leaves(70);
        let mut before = Frontier::new();
        for start in 0..35 {
            for count in 0..=35 {
                check(&before, &leaves, count);
            }
            before.push(leaves[start]);
        }
    }

    #[test]
    fn a_batch_and_single_pushes_give_the_same_frontier() {
        let leaves = leaves(300);
        let mut pushed = Frontier::new();
        for leaf in &leaves {
            pushed.push(*leaf);
        }
        assert_eq!(Batch::append(&Frontier::new(), &leaves).frontier, pushed);
    }

    #[test]
    fn a_batch_on_a_ledger_of_a_billion_entries_verifies_at_both_ends() {
        for size in [1_000_000_000, (1 << 40) - 1, 1 << 40, (1 << 61) + 255] {
            let roots = leaves(Frontier::nodes(size).len());
            let before = Frontier::from_roots(size, roots).unwrap();
            let leaves = leaves(256);
            let batch = Batch::append(&before, &leaves);
            for (place, proof) in batch.proofs.iter().enumerate() {
                let (index, root) = (size + place as u64, batch.frontier.root());
                assert_eq!(
                    verify_inclusion(index, size + 256, &leaves[place], proof, &root),
                    Ok(()),
                    "{index}"
                );
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn however_the_entries_are_split_into_batches_every_proof_is_right(
            counts in prop::collection::vec(0..90usize, 1..8),
        ) {
            let leaves = leaves(counts.iter().sum());
            counts.iter().fold(Frontier::new(), |frontier, count| check(&frontier, &leaves, *count));
        }
    }
}
