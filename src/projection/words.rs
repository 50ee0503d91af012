//! The words for people: what happened, why, and how it ended, in plain Dutch (B1) and in English. Whoever shows entries to people
//! takes them from here, so that one thing has one name.

use crate::domain::{
    Because, Capacity, ConsentStatus, CustodianFailure, EventKind, Ground, Lack, Language, Outcome,
    SampleFollowUp, SampleVerdict, Told,
};
use crate::projection::plain;

/// What people call an event.
pub fn event(name: &str, language: Language) -> &'static str {
    pick(language, plain::titles(name))
}

/// What people call a kind of events.
pub fn event_kind(kind: EventKind, language: Language) -> &'static str {
    let words = match kind {
        EventKind::AllButReadings => ("alles behalve inzagen", "everything but readings"),
        EventKind::Disclosures => ("gegevens gevraagd", "data asked for"),
        EventKind::Refusals => ("vragen die niet konden", "questions that could not be"),
        EventKind::Consents => ("toestemmingen en bezwaren", "consents and objections"),
        EventKind::Registrations => ("registraties", "registrations"),
        EventKind::FollowUps => ("beoordelen en vertellen", "reviewing and telling"),
        EventKind::Readings => ("inzagen in het register", "readings of the ledger"),
        EventKind::Others => ("al het andere", "all else"),
    };
    pick(language, words)
}

/// Why a field was not shared, as the requester heard it.
pub fn told(told: Told, language: Language) -> &'static str {
    plain::told(told, plain::Tongue::in_language(language))
}

/// On what it rests.
pub fn ground(ground: Ground, language: Language) -> &'static str {
    plain::ground(ground, plain::Tongue::in_language(language))
}

/// How a consent stands, as a sentence.
pub fn status(status: ConsentStatus, language: Language) -> &'static str {
    plain::status(status, plain::Tongue::in_language(language))
}

/// How a request ended.
pub fn outcome(outcome: Outcome, language: Language) -> &'static str {
    let words = match outcome {
        Outcome::Released => ("alles gegeven", "all released"),
        Outcome::Partial => ("een deel gegeven", "released in part"),
        Outcome::Withheld => ("niets gegeven", "nothing released"),
        Outcome::Failed => ("geen antwoord van de bron", "no answer from the source"),
        Outcome::Done => ("vastgelegd", "recorded"),
    };
    pick(language, words)
}

/// Why a field was withheld, as the ledger keeps it: for the custodian's own people.
pub fn because(because: Because, language: Language) -> &'static str {
    match because {
        Because::Rule(reason) => told(reason, language),
        Because::Lack(lack) => pick(language, lacks(lack)),
        Because::NoValue => {
            pick(language, ("toegestaan, maar niet ingevuld", "permitted, but not filled in"))
        }
        Because::Custodian(failure) => pick(language, failed(failure)),
    }
}

/// The stable code of a fine reason, as its entry spells it.
pub fn because_code(because: Because) -> String {
    let written = match because {
        Because::Rule(told) => return told.code().to_owned(),
        Because::Lack(lack) => serde_json::to_value(lack),
        Because::Custodian(failure) => serde_json::to_value(failure),
        Because::NoValue => serde_json::to_value(because),
    };
    written.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What an officer made of an entry of a sample.
pub fn sample_verdict(verdict: SampleVerdict, language: Language) -> &'static str {
    let words = match verdict {
        SampleVerdict::InOrder => ("in orde", "in order"),
        SampleVerdict::NotInOrder => ("niet in orde", "not in order"),
        SampleVerdict::FurtherQuestion => ("nadere vraag", "further question"),
    };
    pick(language, words)
}

/// What is done about an entry of a sample.
pub fn sample_follow_up(follow_up: SampleFollowUp, language: Language) -> &'static str {
    let words = match follow_up {
        SampleFollowUp::Nothing => ("geen", "none"),
        SampleFollowUp::Talk => ("gesprek met de professional", "talk with the professional"),
        SampleFollowUp::Correction => ("rechtzetting", "correction"),
        SampleFollowUp::BreachProcedure => ("procedure datalekken", "data breach procedure"),
        SampleFollowUp::AccessAdjusted => ("toegang aangepast", "access adjusted"),
    };
    pick(language, words)
}

/// As what somebody agrees or objects.
pub fn capacity(capacity: Capacity, language: Language) -> &'static str {
    let words = match capacity {
        Capacity::Youth | Capacity::Adult => ("de cliënt", "the client"),
        Capacity::ParentAuthority => ("ouder met gezag", "parent with authority"),
        Capacity::Guardian => ("voogd", "guardian"),
        Capacity::CourtOrder => ("aangewezen door de rechter", "appointed by a court"),
        Capacity::Curator => ("curator", "curator"),
        Capacity::Mentor => ("mentor", "mentor"),
        Capacity::Proxy => ("schriftelijk gemachtigde", "holder of a written proxy"),
        Capacity::Partner => ("partner", "partner"),
        Capacity::Relative => ("ouder, kind, broer of zus", "parent, child or sibling"),
        Capacity::Administrator => ("bewindvoerder", "administrator"),
        Capacity::DataSubject => ("degene over wie een gegeven gaat", "whose data a field holds"),
    };
    pick(language, words)
}

fn lacks(lack: Lack) -> (&'static str, &'static str) {
    match lack {
        Lack::Unregistered => {
            ("de cliënt is bij de houder niet geregistreerd", "the custodian did not register this client")
        }
        Lack::NotARepresentative => {
            ("wie vraagt vertegenwoordigt de cliënt nu niet", "who asks does not represent the client now")
        }
        Lack::WithheldFromRepresentative => (
            "een professional houdt het achter voor vertegenwoordigers",
            "a professional withholds it from representatives",
        ),
        Lack::NoConsent => ("er is geen toestemming voor", "there is no consent for it"),
        Lack::ConsentExpired => {
            ("de toestemming is voorbij of al gebruikt", "the consent has ended or was used")
        }
        Lack::ConsentWithdrawn => ("de toestemming is ingetrokken", "the consent was withdrawn"),
        Lack::NotYetInForce => ("de toestemming gaat later in", "the consent begins later"),
        Lack::NobodyCompetent => {
            ("niemand is geregistreerd die kan instemmen", "nobody is registered who could agree")
        }
        Lack::DataSubjectMissing => ("over wie het gaat stemde niet in", "whose data it is did not agree"),
        Lack::AdministratorMissing => ("de bewindvoerder stemde niet in", "the administrator did not agree"),
        Lack::RepresentativeMissing => {
            ("een vertegenwoordiger stemde niet in", "a representative did not agree")
        }
        Lack::MissingHolder => ("een gezagsdrager stemde niet in", "a holder of authority did not agree"),
        Lack::YouthMissing => ("de cliënt stemde niet in", "the client did not agree"),
        Lack::ExpiredWithAuthority => (
            "alleen vertegenwoordigers stemden in, en hun gezag eindigde op de 18e verjaardag",
            "only representatives agreed, and their authority ended on the 18th birthday",
        ),
        Lack::DataSubjectRefused => ("over wie het gaat weigerde", "whose data it is refused"),
        Lack::AdministratorRefused => ("de bewindvoerder weigerde", "the administrator refused"),
        Lack::RepresentativeRefused => ("een vertegenwoordiger weigerde", "a representative refused"),
        Lack::HolderRefused => ("een gezagsdrager weigerde", "a holder of authority refused"),
        Lack::YouthRefused => ("de cliënt weigerde", "the client refused"),
    }
}

fn failed(failure: CustodianFailure) -> (&'static str, &'static str) {
    match failure {
        CustodianFailure::CustodianUnavailable => {
            ("het systeem van de houder was niet bereikbaar", "the custodian's system could not be reached")
        }
        CustodianFailure::CustodianTimeout => {
            ("het systeem van de houder antwoordde te laat", "the custodian's system answered too late")
        }
        CustodianFailure::CustodianAnswerInvalid => {
            ("het antwoord van de houder klopte niet", "the custodian's answer was not valid")
        }
        CustodianFailure::CustodianRecordUnknown => {
            ("de houder kent het dossier niet meer", "the custodian does not know the record any more")
        }
    }
}

fn pick(language: Language, (dutch, english): (&'static str, &'static str)) -> &'static str {
    match language {
        Language::Dutch => dutch,
        Language::English => english,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_fine_reason_is_as_its_entry_spells_it() {
        for (because, code) in [
            (Because::Rule(Told::OutsidePurpose), "OUTSIDE_PURPOSE"),
            (Because::Lack(Lack::HolderRefused), "HOLDER_REFUSED"),
            (Because::NoValue, "no_value"),
            (Because::Custodian(CustodianFailure::CustodianTimeout), "CUSTODIAN_TIMEOUT"),
        ] {
            assert_eq!(because_code(because), code);
        }
    }

    #[test]
    fn every_lack_says_something_of_its_own_in_two_languages() {
        let codes = [
            "UNREGISTERED",
            "NOT_A_REPRESENTATIVE",
            "WITHHELD_FROM_REPRESENTATIVE",
            "NO_CONSENT",
            "CONSENT_EXPIRED",
            "CONSENT_WITHDRAWN",
            "NOT_YET_IN_FORCE",
            "NOBODY_COMPETENT",
            "DATA_SUBJECT_MISSING",
            "ADMINISTRATOR_MISSING",
            "REPRESENTATIVE_MISSING",
            "MISSING_HOLDER",
            "YOUTH_MISSING",
            "EXPIRED_WITH_AUTHORITY",
            "DATA_SUBJECT_REFUSED",
            "ADMINISTRATOR_REFUSED",
            "REPRESENTATIVE_REFUSED",
            "HOLDER_REFUSED",
            "YOUTH_REFUSED",
        ];
        let mut said = std::collections::BTreeSet::new();
        for code in codes {
            let lack: Lack = serde_json::from_value(code.into()).unwrap();
            for language in [Language::Dutch, Language::English] {
                assert!(said.insert(because(Because::Lack(lack), language)), "{code}");
            }
        }
    }
}
