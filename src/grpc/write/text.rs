//! What a client reads, sentence by sentence.

use super::field_id;
use crate::contract::v1;
use crate::domain::{Catalogue, Language, Part, Sentence};
use crate::gateway::Described;

/// The text and its version.
pub(in crate::grpc) fn described(
    described: &Described,
    language: Language,
    catalogue: &Catalogue,
) -> v1::DescribeConsentResponse {
    let sentence = |sentence: &Sentence| {
        let (about, field) = part(sentence.part, catalogue);
        v1::Sentence { about: about.to_owned(), field, text: sentence.text.clone() }
    };
    v1::DescribeConsentResponse {
        text_version: described.version.to_string(),
        language: language.id().to_owned(),
        sentences: described.sentences.iter().map(sentence).collect(),
    }
}

fn part(part: Part, catalogue: &Catalogue) -> (&'static str, String) {
    let about = match part {
        Part::Telling(code) => return ("telling", field_id(code, catalogue)),
        Part::Purpose => "purpose",
        Part::Period => "period",
        Part::Refusing => "refusing",
        Part::Stopping => "stopping",
        Part::AlreadyTold => "already-told",
        Part::Agreeing => "agreeing",
    };
    (about, String::new())
}
