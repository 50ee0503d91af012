//! Registration and consent: who must agree, and that one yes too few is none.

use std::io::Write;

use super::{AGREED, ASKED, HOUSING_IN_ASSEN, Story, StoryProblem, all_withheld, parent, people, youth};
use crate::cli::client;
use crate::contract::v1::{Consent, ConsentStatus, PreviewRequest, PreviewResponse, WithdrawConsentRequest};

impl<W: Write> Story<'_, '_, W> {
    pub(super) async fn register(&mut self) -> Result<(), StoryProblem> {
        self.narrator.chapter("Een jongere van vijftien", "A youth of fifteen")?;
        self.narrator.say(
            "Testjongere Een is vijftien en in zorg bij Accare. Beide ouders hebben gezag.",
            "Testjongere Een is fifteen and in care at Accare. Both parents have authority.",
        )?;
        self.register_at(&people::FIRST, "accare").await?;
        let preview = self.preview().await?;
        let nothing = preview.permitted.is_empty() && preview.withheld.len() == ASKED.len();
        self.narrator.claim(
            nothing,
            "De behandelaar kijkt vooruit: Gemeente Assen zou nu niets krijgen.",
            "The therapist looks ahead: Gemeente Assen would get nothing now.",
        )
    }

    pub(super) async fn consent(&mut self) -> Result<Consent, StoryProblem> {
        self.narrator.chapter("Drie keer ja", "Three times yes")?;
        self.narrator.say(
            "De jongere wil wonen met begeleiding, en kiest vijf gegevens voor de afdeling Wonen van Gemeente Assen.",
            "The youth wants supported living, and picks five fields for Housing at Gemeente Assen.",
        )?;
        let first = self.permit("accare", &people::FIRST, HOUSING_IN_ASSEN, &AGREED, youth()).await?;
        let early = self.ask_for_housing().await?;
        self.narrator.claim(
            first.waiting_for.len() == 2 && all_withheld(&early, ASKED.len(), "NO_CONSENT"),
            "De gemeente vraagt negen gegevens. Niets: de ouders zijn nog niet gevraagd, en dat hoort de gemeente niet.",
            "The municipality asks nine fields. Nothing: the parents were not asked yet, and that it does not hear.",
        )?;
        let one = self.grant("accare", &people::FIRST, &first, parent("moeder")).await?;
        let both = self.grant("accare", &people::FIRST, &one, parent("vader")).await?;
        let in_force = both.status == i32::from(ConsentStatus::InForce) && both.waiting_for.is_empty();
        self.narrator.claim(
            one.waiting_for.len() == 1 && in_force,
            "Moeder stemt in, dan vader. Nu geldt de toestemming.",
            "The mother agrees, then the father. Now the consent is in force.",
        )?;
        client::consent(&mut self.narrator.output, &both)?;
        let preview = self.preview().await?;
        self.narrator.claim(
            preview.permitted == AGREED,
            "De behandelaar en de jongere kijken samen: precies deze vijf zouden gaan.",
            "The therapist and the youth look together: exactly these five would go.",
        )?;
        client::preview(&mut self.narrator.output, &preview)?;
        Ok(both)
    }

    pub(super) async fn withdrawal(&mut self, consent: Consent) -> Result<(), StoryProblem> {
        self.narrator.chapter("Vader trekt zich terug", "The father withdraws")?;
        let request = WithdrawConsentRequest {
            client: people::named(people::FIRST.bsn),
            consent_id: consent.consent_id,
            person: "vader".to_owned(),
            fields: Vec::new(),
        };
        let ended = self.people.accare.withdraw_consent(request).await?.consent.unwrap_or_default();
        self.narrator.claim(
            ended.status == i32::from(ConsentStatus::Withdrawn),
            "Intrekken is even makkelijk als geven. Vanaf dit antwoord geldt het, overal.",
            "Withdrawing is as easy as giving. From this answer on it holds, everywhere.",
        )?;
        let after = self.ask_for_housing().await?;
        let heard = after
            .withheld
            .iter()
            .all(|w| AGREED.contains(&w.field.as_str()) == (w.reason == "CONSENT_WITHDRAWN"));
        self.narrator.claim(
            after.released.is_empty() && after.withheld.len() == ASKED.len() && heard,
            "De gemeente vraagt dezelfde negen. Nu krijgt zij niets. Wie introk, hoort zij niet.",
            "The municipality asks the same nine. Now it gets nothing. Who withdrew it does not hear.",
        )?;
        self.show(&after)
    }

    async fn preview(&self) -> Result<PreviewResponse, StoryProblem> {
        let request = PreviewRequest {
            client: people::named(people::FIRST.bsn),
            custodian: self.id("accare")?,
            recipient_organisation: self.id(HOUSING_IN_ASSEN.organisation)?,
            recipient_role: HOUSING_IN_ASSEN.role.to_owned(),
            purpose: HOUSING_IN_ASSEN.purpose.to_owned(),
            life_domains: Vec::new(),
            requested_fields: super::owned(&ASKED),
            ground: "R01".to_owned(),
            evidence: None,
            supposing: None,
        };
        Ok(self.people.accare.preview(request).await?)
    }
}
