//! Nine asked, five released, four withheld; and what a stranger hears.

use std::io::Write;

use super::{AGREED, ASKED, Story, StoryProblem, all_withheld, people, released};
use crate::cli::client::said;
use crate::contract::v1::{DiscloseResponse, GetCheckpointRequest};

const WITHHELD: [(&str, &str); 4] = [
    ("person.birth-date", "NO_CONSENT"),
    ("support.functional-impact", "NO_CONSENT"),
    ("money.worries", "OUTSIDE_PURPOSE"),
    ("safety.crisis-plan", "OUTSIDE_PURPOSE"),
];

impl<W: Write> Story<'_, '_, W> {
    pub(super) async fn ask_for_housing(&self) -> Result<DiscloseResponse, StoryProblem> {
        self.ask(&self.people.assen_housing, people::FIRST.bsn, "accare", "housing", &ASKED).await
    }

    /// Gives the answer, and the head of the ledger at that moment.
    pub(super) async fn disclosure(&mut self) -> Result<(DiscloseResponse, String), StoryProblem> {
        self.narrator.chapter("Negen gevraagd, vijf gekregen", "Nine asked, five received")?;
        let answer = self.ask_for_housing().await?;
        self.show(&answer)?;
        let valued = answer.released.iter().all(|field| field.value.is_some());
        self.narrator.claim(
            released(&answer) == AGREED && valued,
            "De gemeente krijgt precies de vijf gegevens waar ja op is gezegd.",
            "The municipality gets exactly the five fields that were agreed to.",
        )?;
        let reasons: Vec<_> = answer.withheld.iter().map(|w| (w.field.as_str(), w.reason.as_str())).collect();
        let explained = answer.withheld.iter().all(|w| !w.text_nl.is_empty() && !w.text_en.is_empty());
        self.narrator.claim(
            reasons == WITHHELD && explained,
            "Vier blijven achter, elk met een reden: twee zonder toestemming, twee buiten het doel Wonen.",
            "Four stay behind, each with a reason: two without consent, two outside the purpose of housing.",
        )?;
        let head = self.people.officer.get_checkpoint(GetCheckpointRequest {}).await?;
        self.narrator.claim(
            head.verifier_key == self.setting.verifier.to_string(),
            "Het register is getekend met de sleutel die iedereen kent.",
            "The ledger is signed with the key that everyone knows.",
        )?;
        Ok((answer, head.checkpoint))
    }

    pub(super) async fn stranger(&mut self) -> Result<(), StoryProblem> {
        self.narrator.chapter("Een vreemde vraagt", "A stranger asks")?;
        self.narrator.say(
            "Gemeente Hoogeveen heeft niets met deze jongere te maken, en vraagt toch.",
            "Gemeente Hoogeveen has nothing to do with this youth, and asks all the same.",
        )?;
        let stranger = &self.people.hoogeveen_housing;
        let known = self.ask(stranger, people::FIRST.bsn, "accare", "housing", &ASKED).await?;
        let unknown = self.ask(stranger, people::NOBODY, "accare", "housing", &ASKED).await?;
        self.show(&known)?;
        self.narrator.claim(
            all_withheld(&known, ASKED.len(), "NO_CONSENT"),
            "Het antwoord is negen keer: geen toestemming. Meer niet.",
            "The answer is nine times: no consent. No more than that.",
        )?;
        self.narrator.claim(
            said(&known) == said(&unknown),
            "Over een BSN dat niemand kent is het antwoord byte voor byte hetzelfde. Wie in zorg is, lekt niet.",
            "About a BSN that nobody knows the answer is the same, byte for byte. Who is in care does not leak.",
        )
    }
}
