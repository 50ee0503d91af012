//! The projections of every event, for both sides.

mod balp;
mod lossless;
mod presentation;
mod samples;
mod tables;

use samples::{Words, every_event};

use super::*;

/// The entry in this form, as its own side reads it.
fn projected(words: &Words, format: Format, entry: &Entry, side: &OrganisationId) -> Option<String> {
    let body = entry.encode().unwrap();
    let record = Record {
        index: 90_017,
        leaf: [0xab; 32],
        entry,
        body: &body,
        client: entry.client.as_ref().map(|_| "the-handle"),
        reader: words.reader(side),
    };
    format.project(&record).unwrap()
}

#[test]
fn every_format_has_a_name_of_its_own_and_is_found_by_it() {
    for format in Format::ALL {
        assert_eq!(Format::by_id(format.id()), Some(format));
    }
    for unknown in ["", "FHIR", "ldv-2", "xml"] {
        assert_eq!(Format::by_id(unknown), None);
    }
}

#[test]
fn no_projection_holds_the_gateways_own_pseudonym_of_the_client_for_the_other_side() {
    let words = Words::new();
    for entry in every_event() {
        let Some(actor) = &entry.actor else { continue };
        for format in Format::ALL {
            let Some(text) = projected(&words, format, &entry, &actor.hat.organisation) else { continue };
            let pseudonym = entry.client.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
            let foreign = entry.custodian() != Some(&actor.hat.organisation);
            assert!(!foreign || !text.contains(&pseudonym), "{format:?} of {}", entry.event_name());
        }
    }
}

#[test]
fn the_fine_reason_is_the_custodians_own() {
    let words = Words::new();
    let fine = ["HOLDER_REFUSED", "consent-lacks", "consent-covers", "c-0101"];
    for entry in every_event().iter().filter(|entry| entry.event_name() == "disclosure") {
        let recipient = entry.actor.as_ref().unwrap().hat.organisation.clone();
        for format in Format::ALL {
            let text = projected(&words, format, entry, &recipient).unwrap_or_default();
            for reason in fine {
                assert!(!text.contains(reason), "{format:?} tells the recipient {reason}");
            }
        }
    }
}
