//! Releases without consent and what became of them, for the people of the custodian.

use crate::contract::v1;
use crate::domain::{Timestamp, UnconsentedRelease};
use crate::grpc::codes;
use crate::identity::PseudonymKey;

/// An emergency and its review.
pub(in crate::grpc) fn emergency(
    release: &UnconsentedRelease,
    pseudonyms: &PseudonymKey,
    now: Timestamp,
) -> v1::Emergency {
    let reviewed = release.reviewed;
    v1::Emergency {
        release: Some(written(release, pseudonyms)),
        review_by: release.review_by.map(Timestamp::rfc3339).unwrap_or_default(),
        overdue: release.review_is_overdue(now),
        verdict: reviewed
            .map_or(v1::ReviewVerdict::Unspecified, |(_, verdict)| codes::verdict_to_wire(verdict))
            .into(),
        reviewed_in: reviewed.map(|(entry, _)| entry).unwrap_or_default(),
        client_told: release.told_in.is_some(),
    }
}

/// A client to be told.
pub(in crate::grpc) fn notice(
    release: &UnconsentedRelease,
    pseudonyms: &PseudonymKey,
    now: Timestamp,
) -> v1::Notice {
    v1::Notice {
        release: Some(written(release, pseudonyms)),
        tell_by: release.tell_by.rfc3339(),
        overdue: release.notice_is_overdue(now),
        delayed_in: release.delayed_in.unwrap_or_default(),
        told_in: release.told_in.unwrap_or_default(),
    }
}

fn written(release: &UnconsentedRelease, pseudonyms: &PseudonymKey) -> v1::UnconsentedRelease {
    v1::UnconsentedRelease {
        entry_index: release.entry,
        at: release.at.rfc3339(),
        ground: release.ground.to_string(),
        recipient: release.actor.hat.organisation.to_string(),
        role: release.actor.hat.role.to_string(),
        requester: release.actor.requester.to_string(),
        client_handle: pseudonyms.handle(&release.client, &release.custodian),
        custodian: release.custodian.to_string(),
    }
}
