//! What a client, or somebody who represents the client, may have of what was done with the client's data at one organisation (AVG art.
//! 15): the files to hand over, and beside them what an officer weighs first. Whoever makes one makes it from here, so that there is one.

use crate::domain::{Language, Timestamp};

/// A dossier, with what proves that it was handed out.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Dossier {
    /// Consents and objections.
    pub consents: Vec<DossierConsent>,
    /// What happened.
    pub lines: Vec<DossierLine>,
    /// Why others may have the data.
    #[serde(rename = "legal_bases")]
    pub bases: Vec<DossierBasis>,
    /// The signed head that it was made on.
    pub checkpoint: String,
    /// The key that verifies it, as C2SP signed-note writes it.
    pub verifier_key: String,
    /// The entry that records that it was read.
    pub entry_index: u64,
    /// The receipt of that entry (C2SP tlog-proof).
    #[serde(skip)]
    pub receipt: String,
    /// The leaf hash of that entry, which the receipt proves: base64.
    #[serde(skip)]
    pub leaf: String,
}

/// A consent or an objection. Names are those of the contract; empty is everything, or no end.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DossierConsent {
    /// Which.
    pub consent_id: String,
    /// `permit` or `objection`.
    pub kind: &'static str,
    /// How it stands, such as `in-force`.
    pub status: String,
    /// Whom it is for or against.
    pub recipient: String,
    /// For what.
    pub purpose: String,
    /// Which fields.
    pub fields: Vec<String>,
    /// From when (RFC 3339).
    pub from: String,
    /// Until when (RFC 3339).
    pub until: String,
    /// In plain words.
    pub text: String,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DossierLine {
    /// When (RFC 3339).
    pub at: String,
    /// How often that day.
    pub times: u32,
    /// As the ledger names it.
    pub event: String,
    /// Whether the emergency procedure was used.
    pub emergency: bool,
    /// In plain words.
    pub text: String,
}

/// Why a recipient may have data for a purpose.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DossierBasis {
    /// Whose.
    pub recipient: String,
    /// For what.
    pub purpose: String,
    /// The law.
    pub basis: String,
}

/// What a dossier leaves out for its reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierLeftOut {
    /// Which entry.
    pub index: u64,
    /// When (RFC 3339).
    pub at: String,
    /// What happened.
    pub event: String,
    /// Why it is left out.
    pub reason: String,
}

impl Dossier {
    /// Its files by name: to read, for a computer, and the proof.
    pub fn files(&self, language: Language) -> Result<[(&'static str, String); 6], serde_json::Error> {
        let name = match language {
            Language::Dutch => "overzicht.md",
            Language::English => "overview.md",
        };
        Ok([
            (name, self.told(language)),
            ("overview.json", serde_json::to_string_pretty(self)?),
            ("checkpoint", self.checkpoint.clone()),
            ("ledger.vkey", self.verifier_key.clone()),
            ("reading.tlog-proof", self.receipt.clone()),
            ("reading.leaf", self.leaf.clone()),
        ])
    }

    /// In plain words.
    fn told(&self, language: Language) -> String {
        let choose = |dutch: &'static str, english: &'static str| match language {
            Language::Dutch => dutch,
            Language::English => english,
        };
        let list = |items: Vec<String>| {
            if items.is_empty() {
                format!("{}\n", choose("Niets.", "Nothing."))
            } else {
                items.iter().map(|item| format!("- {item}\n")).collect::<Vec<_>>().concat()
            }
        };
        let notice =
            |line: &&DossierLine| ["client-notified", "notice-delayed"].contains(&line.event.as_str());
        let sentence = |line: &DossierLine| sentence(&line.at, line.times, &line.text, language);
        let consents = self.consents.iter().map(|consent| consent.text.clone()).collect();
        let lines = self.lines.iter().map(sentence).collect();
        let notices = self.lines.iter().filter(notice).map(sentence).collect();
        let bases = self.bases.iter().map(|one| format!("{}, {}: {}", one.recipient, one.purpose, one.basis));
        [
            (choose("# Wat er met gegevens is gedaan", "# What was done with data"), choose(
                "Dit overzicht laat zien wat deze organisatie met gegevens heeft gedaan. De gegevens zelf staan er niet in: \
                 vraag daarvoor naar het dossier. Namen van medewerkers staan er ook niet in. Wilt u weten wie het was, of klopt er \
                 iets niet? Vraag het aan deze organisatie. U kunt ook een klacht sturen naar de Autoriteit Persoonsgegevens.\n",
                "This overview shows what this organisation did with data. The data is not in it: ask for the file. Names of employees \
                 are not in it either. Would you like to know who it was, or is something wrong? Ask this organisation. You can also \
                 complain to the Dutch Data Protection Authority.\n",
            ).to_owned()),
            (choose("## Toestemmingen en bezwaren", "## Consents and objections"), list(consents)),
            (choose("## Wat er gebeurde", "## What happened"), list(lines)),
            (choose("## Verteld", "## Told"), list(notices)),
            (choose("## Waarom anderen de gegevens mogen hebben", "## Why others may have the data"), list(bases.collect())),
            (choose("## Bewijs", "## Proof"), choose(
                "Het bestand `checkpoint` is ondertekend. Het hoort bij dit overzicht. Bewaar het: later kunt u laten nagaan of er iets \
                 in het register is veranderd.\n",
                "The file `checkpoint` is signed. It belongs to this overview. Keep it: later you can have it checked whether anything in \
                 the record was altered.\n",
            ).to_owned()),
        ]
        .map(|(heading, text)| format!("{heading}\n\n{text}"))
        .join("\n")
    }
}

/// A line with its time and how often.
pub fn sentence(at: &str, times: u32, text: &str, language: Language) -> String {
    let moment = at.parse::<jiff::Timestamp>();
    let at = moment.map_or_else(|_| at.to_owned(), |at| Timestamp(at.as_millisecond()).local());
    let often = match language {
        Language::Dutch => "keer",
        Language::English => "times",
    };
    match times {
        0 | 1 => format!("{at} {text}"),
        times => format!("{at} {text} ({times} {often})"),
    }
}

/// What the officer weighs before a dossier goes out.
pub fn review(left_out: &[DossierLeftOut]) -> String {
    let rows = left_out
        .iter()
        .map(|one| format!("| {} | {} | {} | {} | |\n", one.index, one.at, one.event, one.reason));
    format!(
        "# For the reviewer alone: never hand this over\n\nLeft out for this reader. Weigh each: is leaving it out still right?\n\n\
         | entry | at | event | why | seen by |\n|---|---|---|---|---|\n{}",
        rows.collect::<Vec<_>>().concat()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dossier() -> Dossier {
        let line = |event: &str, times| DossierLine {
            at: "2026-11-22T11:00:00Z".to_owned(),
            times,
            event: event.to_owned(),
            emergency: false,
            text: format!("Er gebeurde iets: {event}."),
        };
        Dossier {
            consents: vec![],
            lines: vec![line("disclosure", 3), line("client-notified", 1)],
            bases: vec![DossierBasis {
                recipient: "00000099000000000201".to_owned(),
                purpose: "housing".to_owned(),
                basis: "Wmo 2015 art. 5.1.1".to_owned(),
            }],
            checkpoint: "origin\n7\n".to_owned(),
            verifier_key: "origin+key".to_owned(),
            entry_index: 7,
            receipt: "c2sp.org/tlog-proof@v1\n".to_owned(),
            leaf: "AAAA".to_owned(),
        }
    }

    #[test]
    fn a_dossier_is_read_in_plain_words_by_a_computer_and_with_its_proof() {
        let files = dossier().files(Language::Dutch).unwrap();
        let names = files.each_ref().map(|(name, _)| *name);
        assert_eq!(
            names,
            [
                "overzicht.md",
                "overview.json",
                "checkpoint",
                "ledger.vkey",
                "reading.tlog-proof",
                "reading.leaf"
            ]
        );
        let text = &files[0].1;
        assert!(text.contains("- 2026-11-22 12:00 Er gebeurde iets: disclosure. (3 keer)"), "{text}");
        assert_eq!(text.matches("client-notified").count(), 2, "what happened, and what was told: {text}");
        assert!(text.contains("## Toestemmingen en bezwaren\n\nNiets."), "{text}");
        let json: serde_json::Value = serde_json::from_str(&files[1].1).unwrap();
        assert_eq!(json["legal_bases"][0]["basis"], "Wmo 2015 art. 5.1.1");
        assert_eq!((json["entry_index"].as_u64(), json.get("receipt")), (Some(7), None));
        assert_eq!(dossier().files(Language::English).unwrap()[0].0, "overview.md");
    }

    #[test]
    fn what_was_left_out_stands_apart_for_the_officer_alone() {
        let one = DossierLeftOut {
            index: 4,
            at: "2026-11-22T11:00:00Z".to_owned(),
            event: "disclosure".to_owned(),
            reason: "not-told".to_owned(),
        };
        let text = review(&[one]);
        assert!(text.starts_with("# For the reviewer alone") && text.contains("| 4 |"), "{text}");
    }
}
