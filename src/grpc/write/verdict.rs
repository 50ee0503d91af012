//! Withheld fields, with the reason that the requester hears.

use super::consent::awaited;
use super::{field_id, field_ids};
use crate::contract::v1::{PreviewResponse, WithheldField};
use crate::domain::{Catalogue, FieldCode, Ruling, Told, Verdict};
use crate::gateway::Supposed;
use crate::grpc::wording;
use crate::policy::Covenant;

/// A withheld field and why.
pub(in crate::grpc) fn withheld(code: FieldCode, told: Told, catalogue: &Catalogue) -> WithheldField {
    let (nl, en) = wording::told(told);
    WithheldField {
        field: field_id(code, catalogue),
        reason: told.code().to_owned(),
        text_nl: nl.to_owned(),
        text_en: en.to_owned(),
    }
}

/// The withheld fields of a ruling, in the order asked.
pub(in crate::grpc) fn withheld_of(ruling: &Ruling, catalogue: &Catalogue) -> Vec<WithheldField> {
    let withheld = |(code, verdict): &(FieldCode, Verdict)| match verdict {
        Verdict::Withheld { told, .. } => Some(withheld(*code, *told, catalogue)),
        Verdict::Permitted { .. } => None,
    };
    ruling.verdicts().iter().filter_map(withheld).collect()
}

/// What would be, if.
pub(in crate::grpc) fn supposed(supposed: &Supposed, covenant: &Covenant) -> PreviewResponse {
    let Supposed { ruling, gained, lost, waiting } = supposed;
    let catalogue = &covenant.catalogue;
    PreviewResponse {
        permitted: field_ids(&ruling.permitted(), catalogue),
        withheld: withheld_of(ruling, catalogue),
        gained: field_ids(gained, catalogue),
        lost: field_ids(lost, catalogue),
        must_still_agree: waiting.iter().map(|waiting| awaited(waiting, covenant)).collect(),
    }
}
