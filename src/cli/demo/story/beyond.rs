//! The other way round, and birthdays: the same rules for a municipality's data, and an answer that changes by itself.

use std::io::Write;

use jiff::ToSpan;

use super::{For, Story, StoryProblem, all_withheld, grantor, parent, people, released, youth};
use crate::contract::v1::{Capacity, ConsentStatus, SetClockRequest};
use crate::domain::Timestamp;

const DEBTS: [&str; 6] = [
    "money.debt-support-status",
    "money.income-source",
    "money.allowance",
    "money.debt-support-contact",
    "housing.eviction-threat",
    "housing.waiting-list",
];
const THERAPIST: For = For { organisation: "accare", role: "fact-behandelaar", purpose: "debt-support" };
const HOME: [&str; 3] = ["residence.situation", "residence.return-date", "family.composition"];
const RETURN: For = For { organisation: "gemeente-assen", role: "wijkteam", purpose: "return-home" };
const REVIEW: [&str; 3] = ["support.phase", "support.intensity", "support.participation-goals"];
const SUPPORT: For = For { organisation: "gemeente-assen", role: "wijkteam", purpose: "review-of-support" };
const NOON: i64 = 12 * 60 * 60 * 1000;

impl<W: Write> Story<'_, '_, W> {
    pub(super) async fn other_way_round(&mut self) -> Result<(), StoryProblem> {
        self.narrator.chapter("De andere kant op", "The other way round")?;
        self.narrator.say(
            "Testvolwassene Vier is negentien en heeft schulden. Nu houdt Gemeente Assen de gegevens, en vraagt Accare.",
            "Testvolwassene Vier is nineteen and has debts. Now Gemeente Assen holds the data, and Accare asks.",
        )?;
        self.register_at(&people::ADULT, "gemeente-assen").await?;
        let adult = grantor("client", Capacity::Adult);
        let agreed = DEBTS.get(..5).unwrap_or_default();
        let consent = self.permit("gemeente-assen", &people::ADULT, THERAPIST, agreed, adult).await?;
        let answer = self
            .ask(&self.people.accare, people::ADULT.bsn, "gemeente-assen", THERAPIST.purpose, &DEBTS)
            .await?;
        self.show(&answer)?;
        let last = answer.withheld.first().map(|w| (w.field.as_str(), w.reason.as_str()));
        self.narrator.claim(
            consent.status == i32::from(ConsentStatus::InForce)
                && released(&answer) == agreed
                && last == Some(("housing.waiting-list", "OUTSIDE_PURPOSE")),
            "Een volwassene beslist zelf. De behandelaar krijgt vijf gegevens; de wachtlijst hoort niet bij schuldhulp.",
            "An adult decides alone. The therapist gets five fields; the waiting list is no part of debt support.",
        )
    }

    pub(super) async fn birthdays(&mut self) -> Result<(), StoryProblem> {
        self.narrator.chapter("Twee verjaardagen", "Two birthdays")?;
        let (younger, older) = (&people::NEARLY_TWELVE, &people::NEARLY_SIXTEEN);
        self.narrator.say(
            "Testjongere Twee wordt over tien dagen twaalf, Testjongere Drie zestien.",
            "In ten days Testjongere Twee turns twelve, and Testjongere Drie sixteen.",
        )?;
        self.register_at(younger, "yorneo").await?;
        let by_parents = self.permit("yorneo", younger, RETURN, &HOME, parent("moeder")).await?;
        let by_parents = self.grant("yorneo", younger, &by_parents, parent("vader")).await?;
        self.register_at(older, "vnn").await?;
        self.permit("vnn", older, SUPPORT, &REVIEW, youth()).await?;
        let (eleven, fifteen) = self.both().await?;
        self.narrator.claim(
            released(&eleven) == HOME,
            "Elf jaar: beide ouders zeiden ja, dus het wijkteam krijgt drie gegevens.",
            "Eleven: both parents said yes, so the neighbourhood team gets three fields.",
        )?;
        self.narrator.claim(
            all_withheld(&fifteen, REVIEW.len(), "NO_CONSENT"),
            "Vijftien jaar: alleen de jongere zei ja. Dat is niet genoeg.",
            "Fifteen: only the youth said yes. That is not enough.",
        )?;
        self.pass_the_birthdays().await?;
        let (twelve, sixteen) = self.both().await?;
        self.narrator.claim(
            all_withheld(&twelve, HOME.len(), "NO_CONSENT"),
            "Twaalf jaar: niemand deed iets, en toch gaat er niets meer. De jongere moet nu zelf ook ja zeggen.",
            "Twelve: nobody did anything, and yet nothing goes. Now the youth must say yes, too.",
        )?;
        self.narrator.claim(
            released(&sixteen) == REVIEW,
            "Zestien jaar: dezelfde toestemming is nu genoeg. De jongere beslist alleen.",
            "Sixteen: the same consent is now enough. The youth decides alone.",
        )?;
        self.grant("yorneo", younger, &by_parents, youth()).await?;
        let (agreed, _) = self.both().await?;
        self.narrator.claim(
            released(&agreed) == HOME,
            "De twaalfjarige zegt ja. Het delen gaat verder.",
            "The twelve-year-old says yes. Sharing goes on.",
        )
    }

    async fn both(&self) -> Result<(super::DiscloseResponse, super::DiscloseResponse), StoryProblem> {
        let team = &self.people.assen_team;
        let younger = self.ask(team, people::NEARLY_TWELVE.bsn, "yorneo", RETURN.purpose, &HOME).await?;
        let older = self.ask(team, people::NEARLY_SIXTEEN.bsn, "vnn", SUPPORT.purpose, &REVIEW).await?;
        Ok((younger, older))
    }

    /// Sets the gateway's clock forward, and ours with it: a token is for the gateway's time.
    async fn pass_the_birthdays(&mut self) -> Result<(), StoryProblem> {
        let day = self.today.saturating_add((people::BIRTHDAY_IN + 1).days());
        let now = Timestamp::start_of(day).plus(NOON).rfc3339();
        let answer = self.people.accare.set_clock(SetClockRequest { now }).await?;
        let moved: Option<jiff::Timestamp> = answer.now.parse().ok();
        let set = moved.and_then(|moment| self.clock.set(Timestamp(moment.as_millisecond())).ok()).is_some();
        self.keep_clock()?;
        self.narrator.claim(
            set,
            "De klok van de gateway gaat elf dagen vooruit.",
            "The gateway's clock goes eleven days forward.",
        )
    }
}
