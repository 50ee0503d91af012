//! Withheld fields, with the reason that the requester hears.

use super::field_id;
use crate::contract::v1::WithheldField;
use crate::domain::{Catalogue, FieldCode, Ruling, Told, Verdict};
use crate::grpc::wording;

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
