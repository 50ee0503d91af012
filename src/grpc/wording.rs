//! Reason codes in words, for people: plain Dutch (B1) and English.

use crate::domain::Told;

/// What a reason says, in Dutch and in English.
pub(super) fn told(told: Told) -> (&'static str, &'static str) {
    match told {
        Told::OutsidePurpose => {
            ("Dit gegeven hoort niet bij dit doel.", "This field does not belong to this purpose.")
        }
        Told::OutsideAgenda => (
            "Dit gegeven hoort niet bij de onderwerpen op de agenda.",
            "This field does not belong to the life domains on the agenda.",
        ),
        Told::GroundNotAvailable => {
            ("U kunt deze grond hier niet gebruiken.", "This ground is not open to you here.")
        }
        Told::GroundNotInForce => {
            ("De wet voor deze grond geldt nu niet.", "The law of this ground is not in force.")
        }
        Told::RecipientNotEntitled => (
            "Uw organisatie heeft voor dit doel geen wettelijke basis vastgelegd.",
            "Your organisation has no registered legal basis for this purpose.",
        ),
        Told::EmergencyIncomplete => (
            "Nog niet alles wat bij deze grond hoort is beantwoord, of u bent niet met twee factoren ingelogd.",
            "Not all that this ground asks was answered, or you did not log in with two factors.",
        ),
        Told::NoConsent => (
            "Er is geen toestemming om dit gegeven met u te delen.",
            "There is no consent to share this field with you.",
        ),
        Told::ConsentWithdrawn => {
            ("De toestemming voor dit gegeven is ingetrokken.", "The consent for this field was withdrawn.")
        }
        Told::ConsentExpired => {
            ("De toestemming voor dit gegeven is voorbij.", "The consent for this field has ended.")
        }
        Told::NotAvailable => (
            "U mag dit gegeven krijgen, maar het is niet ingevuld.",
            "You may have this field, but there is no value for it.",
        ),
    }
}

/// A question without a client says who somebody is.
pub(super) const IDENTIFIER_DETECTED: (&str, &str) = (
    "In de vraag staat iets waaraan iemand te herkennen is. Haal dat eruit.",
    "The question holds something that says who somebody is. Take that out.",
);

/// A question without a client could be about too few people.
pub(super) const RE_IDENTIFIABLE: (&str, &str) = (
    "De vraag past op te weinig jongeren. Vraag toestemming, en stel de vraag met naam.",
    "The question fits too few people. Ask for consent, and put the question with a name.",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_says_something_of_its_own_in_two_languages() {
        let codes = [
            "OUTSIDE_PURPOSE",
            "OUTSIDE_AGENDA",
            "GROUND_NOT_AVAILABLE",
            "GROUND_NOT_IN_FORCE",
            "RECIPIENT_NOT_ENTITLED",
            "EMERGENCY_INCOMPLETE",
            "NO_CONSENT",
            "CONSENT_WITHDRAWN",
            "CONSENT_EXPIRED",
            "NOT_AVAILABLE",
        ];
        let mut texts: Vec<&str> = codes
            .iter()
            .flat_map(|code| {
                let (nl, en) = told(Told::parse(code).unwrap());
                [nl, en]
            })
            .collect();
        assert!(texts.iter().all(|text| text.len() > 10 && text.ends_with('.')));
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), 2 * codes.len());
    }
}
