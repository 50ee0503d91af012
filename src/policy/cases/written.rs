//! A case as it is written. What is left out is the plainest there is; an unknown key is refused.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::{Capacity, Channel, Exception, PurposeCode};
use crate::policy::cases::Side;
use crate::policy::cases::asked::{Brought, Request};
use crate::policy::cases::moment::Moment;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub proves: Vec<String>,
    #[serde(default)]
    pub proved_by: Vec<String>,
    #[serde(default)]
    pub client: Client,
    #[serde(default)]
    pub consent: Vec<Consent>,
    #[serde(default)]
    pub objection: Vec<Objection>,
    #[serde(default)]
    pub request: Request,
    #[serde(default)]
    pub evidence: Brought,
    #[serde(default)]
    pub expected: BTreeMap<String, String>,
}

/// Who the client is: sixteen, able, and nobody else registered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Client {
    pub registered: bool,
    /// Had the birthday of this age on 1 May.
    pub age: i16,
    pub born: Option<Moment>,
    pub holders: Vec<Holding>,
    pub guardians: Vec<Holding>,
    pub curators: Vec<Holding>,
    pub mentors: Vec<Holding>,
    pub proxies: Vec<Holding>,
    pub partners: Vec<Holding>,
    pub relatives: Vec<Holding>,
    pub administrators: Vec<Holding>,
    /// Parents without authority.
    pub parents: Vec<String>,
    /// Judged unable to decide about anything, since the beginning of 2026.
    pub unable: bool,
    pub competence: Vec<Competence>,
    pub order: Vec<Order>,
    pub team: Vec<Member>,
    /// Fields that are withheld from who represents the client (T1b-3).
    pub withheld_from_representatives: String,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            registered: true,
            age: 16,
            born: None,
            holders: Vec::new(),
            guardians: Vec::new(),
            curators: Vec::new(),
            mentors: Vec::new(),
            proxies: Vec::new(),
            partners: Vec::new(),
            relatives: Vec::new(),
            administrators: Vec::new(),
            parents: Vec::new(),
            unable: false,
            competence: Vec::new(),
            order: Vec::new(),
            team: Vec::new(),
            withheld_from_representatives: String::new(),
        }
    }
}

/// Somebody who decides: always, or for a time.
#[derive(Deserialize, Clone)]
#[serde(untagged)]
pub(super) enum Holding {
    Always(String),
    During(During),
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct During {
    pub who: String,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Competence {
    pub from: Moment,
    pub able: bool,
    pub about: Option<PurposeCode>,
}

/// A supervision order; with `by`, somebody decides in the place of parents.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub carried_out_by: Option<String>,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    pub by: Option<String>,
    #[serde(default)]
    pub in_place_of: Vec<String>,
    #[serde(default)]
    pub scope: Vec<PurposeCode>,
    #[serde(default = "yes")]
    pub names_information: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    pub hat: String,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
}

/// A consent to what is asked, recorded ten days ago in writing, as long as its purpose proposes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Consent {
    pub to: Option<String>,
    pub purpose: Option<PurposeCode>,
    pub fields: Option<String>,
    pub on: Option<Moment>,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    #[serde(default)]
    pub yes: Vec<Yes>,
    #[serde(default)]
    pub evidence: Evidence,
    #[serde(default)]
    pub withdrawn: Vec<Withdrawal>,
    pub spent: Option<Moment>,
    pub r#override: Option<Override>,
    pub refused: Option<String>,
}

/// Two professionals pass a holder's refusal (T1-05): an hour ago, for a month.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Override {
    pub exception: Exception,
    pub on: Option<Moment>,
    pub until: Option<Moment>,
    pub confirmed_by: Second,
    pub revoked: Option<Moment>,
}

/// Who confirms what the first professional decided.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Second {
    Another,
    Same,
    Nobody,
}

impl Default for Override {
    fn default() -> Self {
        Self {
            exception: Exception::ConsideredWish,
            on: None,
            until: None,
            confirmed_by: Second::Another,
            revoked: None,
        }
    }
}

/// Somebody's yes: with the others, or on a day of its own.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Yes {
    Plain(String),
    Said(Said),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    pub by: String,
    pub r#as: Option<Capacity>,
    pub fields: Option<String>,
    pub on: Option<Moment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Evidence {
    pub channel: Channel,
    pub note: Option<String>,
    pub refusal_explained: bool,
}

impl Default for Evidence {
    fn default() -> Self {
        Self { channel: Channel::Written, note: None, refusal_explained: true }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Withdrawal {
    pub by: String,
    pub fields: Option<String>,
    pub on: Option<Moment>,
}

/// A no of yesterday. What is left out is all: anyone, anything, every field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Objection {
    pub by: String,
    pub r#as: Option<Capacity>,
    /// An organisation, or a hat.
    pub to: Option<String>,
    pub purpose: Option<PurposeCode>,
    pub fields: Option<String>,
    pub on: Option<Moment>,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    #[serde(default)]
    pub withdrawn: Vec<Withdrawal>,
    pub refused: Option<String>,
}

fn yes() -> bool {
    true
}

impl Written {
    /// Whether it proves something, in the way that its folder says.
    pub fn check(&self, side: Side) -> Result<(), &'static str> {
        let refused = self.consent.iter().filter_map(|c| c.refused.as_ref()).count()
            + self.objection.iter().filter_map(|o| o.refused.as_ref()).count();
        let released = self.expected.values().filter(|said| said.starts_with("released ")).count();
        if self.proves.is_empty() {
            return Err("say what it proves, such as proves = [\"T1-05\"]");
        }
        if !self.proved_by.is_empty() {
            let decided = !self.expected.is_empty() || refused > 0;
            return if decided { Err("proved_by stands alone: another test decides") } else { Ok(()) };
        }
        match side {
            _ if self.expected.is_empty() && refused == 0 => Err("expect something"),
            Side::Permit if released == 0 => Err("nothing is released: it belongs in withhold/"),
            Side::Withhold if released == self.expected.len() && refused == 0 => {
                Err("nothing is withheld: it belongs in permit/")
            }
            _ => Ok(()),
        }
    }
}
