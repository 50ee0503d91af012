//! Proofs against the definition in RFC 6962, and against an implementation that was written elsewhere.

use aws_lc_rs::digest::{Context, SHA256};
use ct_merkle::digest::array::Array;
use ct_merkle::digest::consts::U32;
use ct_merkle::digest::{FixedOutput, HashMarker, Output, OutputSizeUser, Update};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;

use super::super::tree::tests::{leaves, root_by_definition};
use super::*;

/// PATH of RFC 6962 §2.1.1, word for word.
pub(in crate::ledger) fn recomputed_inclusion(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut path, beside) = match index.checked_sub(left.len()) {
        None => (recomputed_inclusion(index, left), right),
        Some(index) => (recomputed_inclusion(index, right), left),
    };
    path.push(root_by_definition(beside));
    path
}

/// SUBPROOF of RFC 6962 §2.1.2, word for word.
pub(in crate::ledger) fn recomputed_consistency(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![root_by_definition(leaves)] };
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut path, beside) = match old.checked_sub(left.len()) {
        None | Some(0) => (recomputed_consistency(old, left, whole), right),
        Some(old) => (recomputed_consistency(old, right, false), left),
    };
    path.push(root_by_definition(beside));
    path
}

fn make(plan: &ProofPlan, leaves: &[Hash]) -> Proof {
    let hashes = plan.nodes().iter().map(|node| {
        let start = usize::try_from(node.n << node.level).unwrap();
        root_by_definition(&leaves[start..start + (1 << node.level)])
    });
    plan.build(&hashes.collect::<Vec<_>>()).unwrap()
}

fn flipped(hash: Hash, bit: usize) -> Hash {
    let mut bytes = hash.0;
    bytes[bit / 8 % 32] ^= 1 << (bit % 8);
    Hash(bytes)
}

/// The proof with one bit flipped in each of its hashes, with one hash fewer and with one more.
fn damaged(proof: &Proof, bit: usize) -> impl Iterator<Item = Proof> {
    let changed = (0..proof.0.len()).map(move |place| {
        let mut hashes = proof.0.clone();
        hashes[place] = flipped(hashes[place], bit + place);
        Proof(hashes)
    });
    let shorter = proof.0.split_last().map(|(_, rest)| Proof(rest.to_vec()));
    let longer = Proof(proof.0.iter().copied().chain([EMPTY_ROOT]).collect());
    changed.chain(shorter).chain([longer])
}

#[test]
fn every_entry_of_every_small_tree_is_proved_and_one_flipped_bit_is_refused() {
    let leaves = leaves(70);
    for size in 1..=70 {
        let root = root_by_definition(&leaves[..size]);
        for index in 0..size {
            let (i, n, leaf) = (index as u64, size as u64, leaves[index]);
            let proof = make(&ProofPlan::inclusion(i, n).unwrap(), &leaves);
            assert_eq!(proof.0, recomputed_inclusion(index, &leaves[..size]), "{index} in {size}");
            assert_eq!(verify_inclusion(i, n, &leaf, &proof, &root), Ok(()), "{index} in {size}");
            let bit = index * 7 + size;
            assert_eq!(verify_inclusion(i, n, &flipped(leaf, bit), &proof, &root), Err(ProofError::Root));
            assert_eq!(verify_inclusion(i, n, &leaf, &proof, &flipped(root, bit)), Err(ProofError::Root));
            for bad in damaged(&proof, bit) {
                assert!(verify_inclusion(i, n, &leaf, &bad, &root).is_err(), "{index} in {size}");
            }
            for other in (0..n).filter(|other| *other != i) {
                assert!(
                    verify_inclusion(other, n, &leaf, &proof, &root).is_err(),
                    "{index} as {other} in {size}"
                );
            }
        }
    }
}

#[test]
fn every_growth_of_every_small_tree_is_proved_and_one_flipped_bit_is_refused() {
    let leaves = leaves(70);
    let roots: Vec<Hash> = (0..=70).map(|size| root_by_definition(&leaves[..size])).collect();
    for new in 0..=70 {
        for old in 0..=new {
            let (m, n, was, is) = (old as u64, new as u64, roots[old], roots[new]);
            let proof = make(&ProofPlan::consistency(m, n).unwrap(), &leaves);
            if old > 0 {
                assert_eq!(proof.0, recomputed_consistency(old, &leaves[..new], true), "{old} to {new}");
            }
            assert_eq!(verify_consistency(m, n, &was, &is, &proof), Ok(()), "{old} to {new}");
            let bit = old * 7 + new;
            assert!(verify_consistency(m, n, &flipped(was, bit), &is, &proof).is_err(), "{old} to {new}");
            if old > 0 || new == 0 {
                assert!(verify_consistency(m, n, &was, &flipped(is, bit), &proof).is_err(), "{old} to {new}");
            }
            for bad in damaged(&proof, bit) {
                assert!(verify_consistency(m, n, &was, &is, &bad).is_err(), "{old} to {new}");
            }
        }
    }
}

#[test]
fn a_proof_that_cannot_exist_is_refused() {
    assert_eq!(ProofPlan::inclusion(5, 5), Err(ProofError::OutsideTree { index: 5, size: 5 }));
    assert_eq!(ProofPlan::consistency(6, 5), Err(ProofError::Sizes { old: 6, new: 5 }));
    assert!(ProofPlan::inclusion(0, u64::MAX).is_err());
    assert!(ProofPlan::consistency(1, u64::MAX).is_err());
    let missing = ProofPlan::inclusion(2, 7).unwrap().build(&[]);
    assert!(matches!(missing, Err(ProofError::Length { found: 0, .. })));
}

#[test]
fn no_proof_is_longer_than_the_witness_protocol_carries() {
    let longest = ProofPlan::consistency((1 << 61) + 1, MAX_SIZE).unwrap();
    assert!(longest.groups.len() <= 63);
    assert!(ProofPlan::inclusion(0, MAX_SIZE).unwrap().groups.len() <= 63);
}

/// SHA-256 of the one crypto provider, in the shape that the other implementation wants.
struct Sha256(Context);

impl Default for Sha256 {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl Update for Sha256 {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
}

impl OutputSizeUser for Sha256 {
    type OutputSize = U32;
}

impl FixedOutput for Sha256 {
    fn finalize_into(self, out: &mut Output<Self>) {
        out.copy_from_slice(self.0.finish().as_ref());
    }
}

impl HashMarker for Sha256 {}

fn theirs(hash: Hash) -> Output<Sha256> {
    Array(hash.0)
}

#[test]
fn another_implementation_finds_the_same_roots_and_accepts_the_same_proofs() {
    let leaves = leaves(130);
    let mut tree = MemoryBackedTree::<Sha256, String>::new();
    let mut roots: Vec<RootHash<Sha256>> = vec![tree.root()];
    for size in 1..=130 {
        tree.push(format!("entry {}", size - 1));
        let root = root_by_definition(&leaves[..size]);
        roots.push(tree.root());
        assert_eq!(roots[size].as_bytes().as_slice(), root.0);
        for index in [0, size / 3, size / 2, size - 1] {
            let proof = make(&ProofPlan::inclusion(index as u64, size as u64).unwrap(), &leaves);
            assert_eq!(
                tree.prove_inclusion(index).as_bytes(),
                proof.0.iter().flat_map(|h| h.0).collect::<Vec<_>>()
            );
            let digests: Vec<_> = proof.0.iter().copied().map(theirs).collect();
            let handed = InclusionProof::<Sha256>::from_digests(&digests);
            assert!(roots[size].verify_inclusion(&format!("entry {index}"), index as u64, &handed).is_ok());
        }
        for old in 1..size {
            let proof = make(&ProofPlan::consistency(old as u64, size as u64).unwrap(), &leaves);
            let digests: Vec<_> = proof.0.iter().copied().map(theirs).collect();
            let handed = ConsistencyProof::<Sha256>::from_digests(&digests);
            assert!(roots[size].verify_consistency(&roots[old], &handed).is_ok(), "{old} to {size}");
        }
    }
}

proptest! {
    #[test]
    fn no_size_index_or_proof_panics(a in any::<u64>(), b in any::<u64>(), count in 0..70usize) {
        let proof = Proof(leaves(count));
        let _ = ProofPlan::inclusion(a, b);
        let _ = ProofPlan::consistency(a, b);
        prop_assert!(verify_inclusion(a, b, &EMPTY_ROOT, &proof, &EMPTY_ROOT).is_err());
        prop_assert!(verify_consistency(a, b, &EMPTY_ROOT, &EMPTY_ROOT, &proof).is_err() || a == b && count == 0);
    }
}
