//! Where the next page of the ledger begins: an index, sealed to the question and to who asks it.
//!
//! So a token is good for the same filters only (AIP-158), and nobody can make one up.

use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::domain::OrganisationId;
use crate::identity::PseudonymKey;
use crate::store::EntryFilter;

/// The token for the page before this entry.
pub fn write(key: &PseudonymKey, organisation: &OrganisationId, filter: &EntryFilter, before: u64) -> String {
    seal(key, &question(organisation, filter), before)
}

/// The entry before which the page begins; `None` if the token is not of this question.
pub fn read(
    key: &PseudonymKey,
    organisation: &OrganisationId,
    filter: &EntryFilter,
    token: &str,
) -> Option<u64> {
    open(key, &question(organisation, filter), token)
}

/// The token for the page that begins at this index of the answer to this question.
pub fn seal(key: &PseudonymKey, question: &str, index: u64) -> String {
    format!("{index:016x}{}", key.page_seal(question, index))
}

/// The index that a token was sealed for; `None` if it is not of this question.
pub fn open(key: &PseudonymKey, question: &str, token: &str) -> Option<u64> {
    let index = u64::from_str_radix(token.get(..16)?, 16).ok()?;
    let expected = seal(key, question, index);
    verify_slices_are_equal(expected.as_bytes(), token.as_bytes()).ok().map(|()| index)
}

/// Everything but where the page begins. No part can hold the line break that parts them.
pub fn question(organisation: &OrganisationId, filter: &EntryFilter) -> String {
    let EntryFilter {
        client,
        recipient,
        custodian,
        requester,
        purpose,
        outcome,
        kind,
        from,
        until,
        before: _,
        after: _,
    } = filter;
    let parts = [
        Some(organisation.to_string()),
        client.as_ref().map(ToString::to_string),
        recipient.as_ref().map(ToString::to_string),
        custodian.as_ref().map(ToString::to_string),
        requester.as_ref().map(ToString::to_string),
        purpose.map(|purpose| purpose.to_string()),
        outcome.map(|outcome| outcome.as_str().to_owned()),
        kind.map(|kind| kind.to_string()),
        from.map(|at| at.0.to_string()),
        until.map(|at| at.0.to_string()),
    ];
    parts.map(Option::unwrap_or_default).join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{EventKind, Outcome, Timestamp};
    use zeroize::Zeroizing;

    #[test]
    fn a_page_token_is_good_for_its_own_question_and_no_other() {
        let key = PseudonymKey::new(&Zeroizing::new([1; 32])).unwrap();
        let other_key = PseudonymKey::new(&Zeroizing::new([2; 32])).unwrap();
        let accare = OrganisationId::parse("00000099000000000101").unwrap();
        let assen = OrganisationId::parse("00000099000000000201").unwrap();
        let filter = EntryFilter { outcome: Some(Outcome::Released), ..EntryFilter::default() };
        let token = write(&key, &accare, &filter, 4711);
        assert_eq!(read(&key, &accare, &filter, &token), Some(4711));

        let others = [
            EntryFilter::default(),
            EntryFilter { outcome: Some(Outcome::Failed), ..filter.clone() },
            EntryFilter { from: Some(Timestamp(1)), ..filter.clone() },
            EntryFilter { kind: Some(EventKind::Readings), ..filter.clone() },
            EntryFilter { recipient: Some(assen.clone()), ..filter.clone() },
        ];
        for other in others {
            assert_eq!(read(&key, &accare, &other, &token), None, "{other:?}");
        }
        assert_eq!(read(&key, &assen, &filter, &token), None);
        assert_eq!(read(&other_key, &accare, &filter, &token), None);
        for forged in ["", "0", "000000000000126700000000000000000000000000000000", &token[1..], &token[..47]]
        {
            assert_eq!(read(&key, &accare, &filter, forged), None, "{forged}");
        }
    }
}
