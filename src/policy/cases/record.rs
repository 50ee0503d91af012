//! What the people of a case said, as steps in the order of time, each the domain's own act.

use crate::domain::{
    Capacity, Consent, ConsentId, ConsentRefused, Draft, Evidence, EvidenceReference, Objection,
    OverrideDecision, Period, Permit, Registration, RequesterRef, Stance, Timestamp,
};
use crate::policy::cases::moment::Moment;
use crate::policy::cases::people::{Problem, hat, organisation, person, speaker};
use crate::policy::cases::play::{Act, Setting, fields, spend};
use crate::policy::cases::written::{self, Second, Withdrawal, Written, Yes};

const DAY: i64 = 86_400_000;

/// One act about one directive of the case: first the consents, then the objections, in the order of the file.
pub(super) struct Step<'a> {
    pub at: Timestamp,
    pub directive: usize,
    pub act: Act<'a>,
}

/// All that is said in a case, sorted by time.
pub(super) fn steps<'a>(
    case: &'a Written,
    setting: &'a Setting<'a>,
    registration: &'a Registration,
) -> Result<Vec<Step<'a>>, Problem> {
    let mut teller = Teller { setting, registration, steps: Vec::new() };
    for (directive, consent) in case.consent.iter().enumerate() {
        teller.consent(directive, consent)?;
    }
    for (directive, objection) in (case.consent.len()..).zip(&case.objection) {
        teller.objection(directive, objection)?;
    }
    teller.steps.sort_by_key(|step| step.at);
    Ok(teller.steps)
}

struct Teller<'a> {
    setting: &'a Setting<'a>,
    registration: &'a Registration,
    steps: Vec<Step<'a>>,
}

/// Who says yes, as what, to which fields, and when if not with the others.
fn said(yes: &Yes) -> (&str, Option<Capacity>, Option<&str>, Option<Moment>) {
    match yes {
        Yes::Plain(name) => (name, None, None, None),
        Yes::Said(said) => (&said.by, said.r#as, said.fields.as_deref(), said.on),
    }
}

impl<'a> Teller<'a> {
    fn step(&mut self, directive: usize, at: Timestamp, act: Act<'a>) {
        self.steps.push(Step { at, directive, act });
    }

    fn consent(&mut self, directive: usize, written: &'a written::Consent) -> Result<(), Problem> {
        let Setting { covenant, request, .. } = *self.setting;
        let purpose = written.purpose.unwrap_or(self.setting.purpose);
        let on = written.on.map_or(self.setting.at.plus(-10 * DAY), Moment::happens);
        let from = written.from.map_or(on, Moment::begins);
        let proposed =
            || covenant.purposes.get(purpose).and_then(|p| p.default_until(from)).unwrap_or(Timestamp::END);
        let until = written.until.map_or_else(proposed, Moment::ends);
        let recipient = written.to.as_deref().unwrap_or(&request.recipient);
        let permit = Permit {
            recipient: hat(recipient, covenant)?,
            purpose,
            fields: fields(written.fields.as_deref().unwrap_or(&request.fields))?,
            single_use: false,
        };
        let first = [Yes::Plain("client".to_owned())];
        let said_yes = if written.yes.is_empty() { &first[..] } else { &written.yes };
        for (number, yes) in said_yes.iter().enumerate() {
            let (name, capacity, listed, day) = said(yes);
            let at = day.map_or(on, Moment::happens);
            let by = speaker(name, capacity, self.registration, at)?;
            let listed = listed.map(fields).transpose()?;
            let registration = self.registration;
            if number > 0 {
                let grant: Act<'_> = Box::new(move |before: Option<&Consent>, _: &[Consent], now| {
                    let before = before.ok_or(ConsentRefused::Ended)?;
                    Ok(before.add_grant(by.clone(), listed.clone(), registration, now)?)
                });
                self.step(directive, at, grant);
                continue;
            }
            let stance = Stance::Permit(permit.clone());
            let evidence = evidence(&written.evidence)?;
            let custodian = organisation(&request.custodian, covenant)?;
            let record: Act<'_> = Box::new(move |_: Option<&Consent>, _: &[Consent], now| {
                let draft = Draft {
                    id: id(directive),
                    custodian: custodian.clone(),
                    stance: stance.clone(),
                    period: Period::new(from, until).map_err(|_| ConsentRefused::PeriodEmpty)?,
                    grantor: by.clone(),
                    grantor_fields: listed.clone(),
                    evidence: evidence.clone(),
                };
                Ok(draft.record(registration, &covenant.catalogue, &covenant.purposes, now)?)
            });
            self.step(directive, at, record);
        }
        if let Some(when) = written.spent {
            let spent = spend(covenant, recipient, when)?;
            let act: Act<'_> = Box::new(move |before: Option<&Consent>, _: &[Consent], _| {
                Ok(before.ok_or(ConsentRefused::Ended)?.spend(spent.clone()))
            });
            self.step(directive, when.happens(), act);
        }
        if let Some(decision) = &written.r#override {
            self.overriding(directive, decision)?;
        }
        self.withdrawals(directive, &written.withdrawn)
    }

    fn overriding(&mut self, directive: usize, written: &written::Override) -> Result<(), Problem> {
        let (registration, covenant) = (self.registration, self.setting.covenant);
        let profile =
            covenant.parties.consent_profile(&organisation(&self.setting.request.custodian, covenant)?);
        let at = written.on.map_or(self.setting.at.plus(-DAY / 24), Moment::happens);
        let decision = OverrideDecision {
            exception: written.exception,
            note: EvidenceReference::parse("note-1").map_err(|e| e.to_string())?,
            by: professional(1),
            until: written.until.map_or(at.plus(30 * DAY), Moment::ends),
        };
        let decide: Act<'_> = Box::new(move |before: Option<&Consent>, all: &[Consent], now| {
            let before = before.ok_or(ConsentRefused::Ended)?;
            Ok(before.override_refusal(decision.clone(), registration, all, profile, now)?)
        });
        self.step(directive, at, decide);
        let second = match written.confirmed_by {
            Second::Another => Some(professional(2)),
            Second::Same => Some(professional(1)),
            Second::Nobody => None,
        };
        if let Some(second) = second {
            let confirm: Act<'_> = Box::new(move |before: Option<&Consent>, all: &[Consent], now| {
                let before = before.ok_or(ConsentRefused::Ended)?;
                Ok(before.confirm_override(&second, registration, all, profile, now)?)
            });
            self.step(directive, at, confirm);
        }
        if let Some(when) = written.revoked {
            let revoke: Act<'_> = Box::new(move |before: Option<&Consent>, _: &[Consent], now| {
                Ok(before.ok_or(ConsentRefused::Ended)?.revoke_override(now)?)
            });
            self.step(directive, when.happens(), revoke);
        }
        Ok(())
    }

    fn objection(&mut self, directive: usize, written: &'a written::Objection) -> Result<(), Problem> {
        let Setting { covenant, request, .. } = *self.setting;
        let on = written.on.map_or(self.setting.at.plus(-DAY), Moment::happens);
        let (from, until) =
            (written.from.map_or(on, Moment::begins), written.until.map_or(Timestamp::END, Moment::ends));
        let hat = |to: &str| {
            if to.contains('/') {
                hat(to, covenant).map(|hat| (hat.organisation, Some(hat.role)))
            } else {
                organisation(to, covenant).map(|organisation| (organisation, None))
            }
        };
        let (recipient, role) = written.to.as_deref().map(hat).transpose()?.unzip();
        let objection = Objection {
            recipient,
            role: role.flatten(),
            purpose: written.purpose,
            fields: written.fields.as_deref().map(fields).transpose()?,
        };
        let by = speaker(&written.by, written.r#as, self.registration, on)?;
        let custodian = organisation(&request.custodian, covenant)?;
        let (registration, evidence) = (self.registration, evidence(&written::Evidence::default())?);
        let record: Act<'_> = Box::new(move |_: Option<&Consent>, _: &[Consent], now| {
            let draft = Draft {
                id: id(directive),
                custodian: custodian.clone(),
                stance: Stance::Objection(objection.clone()),
                period: Period::new(from, until).map_err(|_| ConsentRefused::PeriodEmpty)?,
                grantor: by.clone(),
                grantor_fields: None,
                evidence: evidence.clone(),
            };
            Ok(draft.record(registration, &covenant.catalogue, &covenant.purposes, now)?)
        });
        self.step(directive, on, record);
        self.withdrawals(directive, &written.withdrawn)
    }

    fn withdrawals(&mut self, directive: usize, written: &'a [Withdrawal]) -> Result<(), Problem> {
        for withdrawal in written {
            let at = withdrawal.on.map_or(self.setting.at.plus(-DAY), Moment::happens);
            let by = person(&withdrawal.by)?;
            let only = withdrawal.fields.as_deref().map(fields).transpose()?;
            let (registration, covenant) = (self.registration, self.setting.covenant);
            let act: Act<'_> = Box::new(move |before: Option<&Consent>, _: &[Consent], now| {
                let before = before.ok_or(ConsentRefused::Ended)?;
                let terms = covenant.terms(&before.custodian);
                Ok(before.withdraw(&by, only.as_deref(), registration, terms, now)?)
            });
            self.step(directive, at, act);
        }
        Ok(())
    }
}

fn id(directive: usize) -> ConsentId {
    ConsentId::from_bytes([u8::try_from(directive + 1).unwrap_or(u8::MAX); 16])
}

fn professional(number: u8) -> RequesterRef {
    RequesterRef::from_bytes([number; 16])
}

fn evidence(written: &written::Evidence) -> Result<Evidence, Problem> {
    let reference = |text: &str| EvidenceReference::parse(text).map_err(|e| e.to_string());
    Ok(Evidence {
        channel: written.channel,
        text_version: reference("text-b1-v3")?,
        language: reference("nl")?,
        note: written.note.as_deref().map(reference).transpose()?,
        recorded_by: professional(1),
        refusal_explained: written.refusal_explained,
    })
}
