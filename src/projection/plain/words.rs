//! The words of the client's line: plain Dutch (B1), and English.

use crate::domain::{ConsentStatus, Ground, Language, Told};
use crate::projection::Format;

/// In which language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::projection) enum Tongue {
    Dutch,
    English,
}

impl Tongue {
    pub(super) fn of(format: Format) -> Self {
        if format == Format::PlainEnglish { Self::English } else { Self::Dutch }
    }

    pub(in crate::projection) fn in_language(language: Language) -> Self {
        match language {
            Language::Dutch => Self::Dutch,
            Language::English => Self::English,
        }
    }

    pub(super) fn language(self) -> Language {
        self.choose(Language::Dutch, Language::English)
    }

    pub(super) fn choose<T>(self, dutch: T, english: T) -> T {
        match self {
            Self::Dutch => dutch,
            Self::English => english,
        }
    }
}

/// What people call an event, in Dutch: also the name of a line in the Logboek Dataverwerkingen.
pub(in crate::projection) fn title(event: &str) -> &'static str {
    titles(event).0
}

/// What people call an event, in Dutch and in English.
pub(in crate::projection) fn titles(event: &str) -> (&'static str, &'static str) {
    match event {
        "disclosure" => ("Gegevens gevraagd", "Asked for data"),
        "previewed" => ("Bekeken wat gedeeld zou worden", "Looked at what would be shared"),
        "consulted" => ("Meegedacht zonder naam", "Thought along without a name"),
        "refused" => ("Vraag geweigerd", "Refused a question"),
        "registered" => ("Gegevens over gezag en team vastgelegd", "Recorded who decides and who treats"),
        "consent-recorded" => ("Toestemming of bezwaar vastgelegd", "Recorded a consent or objection"),
        "grant-added" => ("Nog iemand heeft toestemming gegeven", "Somebody else agreed too"),
        "consent-withdrawn" => ("Toestemming of bezwaar ingetrokken", "Took back a consent or objection"),
        "refusal-overridden" => ("Besluit om een weigering te passeren", "Decided to pass a refusal"),
        "override-confirmed" => {
            ("Tweede professional bevestigt dat besluit", "A second professional confirmed that")
        }
        "override-revoked" => ("Dat besluit is beëindigd", "Ended that decision"),
        "withheld-from-representatives" => {
            ("Besluit om iets niet aan ouders te tonen", "Decided not to show something to representatives")
        }
        "withholding-lifted" => ("Dat besluit is opgeheven", "Lifted that decision"),
        "emergency-reviewed" => ("Noodgeval beoordeeld", "Reviewed an emergency"),
        "client-notified" => ("Verteld dat gegevens zijn gedeeld", "Told that data was shared"),
        "notice-delayed" => ("Vertellen uitgesteld", "Put off telling"),
        "sample-judged" => ("Regel van een steekproef beoordeeld", "Judged an entry of a sample"),
        "destruction-requested" => ("Gevraagd om het dossier te vernietigen", "Asked to destroy the file"),
        "log-read" => ("Logboek ingezien", "Read the record"),
        "ledger-resumed" => ("Logboek hervat door de beheerder", "Resumed the record, by its operator"),
        "expired" => ("Oude regels vervallen", "Old entries went"),
        "covenant-adopted" => ("Nieuwe afspraken gelden", "New agreements are in force"),
        _ => ("Handeling in het logboek", "Event in the record"),
    }
}

/// Why a field was not shared, as its client reads it.
pub(in crate::projection) fn told(told: Told, tongue: Tongue) -> &'static str {
    match told {
        Told::OutsidePurpose => tongue.choose("hoort niet bij dit doel", "does not belong to this purpose"),
        Told::OutsideAgenda => tongue.choose("stond niet op de agenda", "was not on the agenda"),
        Told::GroundNotAvailable => tongue.choose("deze reden mag hier niet", "this reason is not open here"),
        Told::GroundNotInForce => tongue.choose("de wet hiervoor geldt nog niet", "this law is not in force"),
        Told::RecipientNotEntitled => tongue
            .choose("de ontvanger mag dit volgens de wet niet hebben", "the recipient has no legal basis"),
        Told::EmergencyIncomplete => {
            tongue.choose("niet alles wat moest is beantwoord", "not all that is needed was answered")
        }
        Told::NoConsent => tongue.choose("geen toestemming", "no consent"),
        Told::ConsentWithdrawn => tongue.choose("toestemming ingetrokken", "consent withdrawn"),
        Told::ConsentExpired => tongue.choose("toestemming voorbij", "consent ended"),
        Told::NotAvailable => tongue.choose("niet ingevuld", "not filled in"),
    }
}

/// On what it rests, as its client reads it.
pub(in crate::projection) fn ground(ground: Ground, tongue: Tongue) -> &'static str {
    match ground {
        Ground::CONSENT => tongue.choose("toestemming", "consent"),
        Ground::TREATMENT => tongue.choose("zelfde behandelteam", "same treatment team"),
        Ground::REPRESENTATIVE => tongue.choose("vertegenwoordiger", "representative"),
        Ground::PRESUMED => tongue.choose("veronderstelde toestemming", "presumed consent"),
        Ground::REPORT => tongue.choose("melding bij Veilig Thuis", "report to Veilig Thuis"),
        Ground::ORDER => tongue.choose("ondertoezichtstelling", "supervision order"),
        Ground::INQUIRY => tongue.choose(
            "onderzoek van de Raad voor de Kinderbescherming",
            "inquiry by the Child Protection Board",
        ),
        Ground::CONFLICT => tongue.choose("conflict van plichten", "conflict of duties"),
        Ground::VITAL => tongue.choose("acuut gevaar", "acute danger"),
        Ground::CONSULTATION => tongue.choose("vraag zonder naam", "question without a name"),
        Ground::OUTREACH => tongue.choose("bemoeizorg", "assertive outreach"),
        _ => tongue.choose("andere wettelijke grond", "other statutory ground"),
    }
}

/// How a consent stands, as its client reads it.
pub(in crate::projection) fn status(status: ConsentStatus, tongue: Tongue) -> &'static str {
    match status {
        ConsentStatus::Incomplete => tongue
            .choose("Dit geldt niet: nog niet iedereen is het eens.", "Not in force: not everybody agrees."),
        ConsentStatus::NotYetInForce => tongue.choose("Dit geldt nog niet.", "Not in force yet."),
        ConsentStatus::InForce => tongue.choose("Dit geldt nu.", "In force now."),
        ConsentStatus::Expired => tongue.choose("Dit is voorbij.", "Ended."),
        ConsentStatus::Withdrawn => tongue.choose("Dit is ingetrokken.", "Withdrawn."),
    }
}
