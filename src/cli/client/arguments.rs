//! What can be typed after `sluis client`, and the contract's messages that it makes.

use std::io::{BufRead, Read};
use std::path::PathBuf;
use std::str::FromStr;

use zeroize::Zeroizing;

use super::evidence;
use super::problem::ClientProblem;
use super::words;
use crate::contract::v1::{
    Authority, ClientName, Evidence, Grantor, GroundEvidence, Objection, Period, Permit, Registration,
    client_name,
};

/// A BSN that was typed: never shown.
#[derive(Clone)]
pub struct Typed(Zeroizing<String>);

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

impl FromStr for Typed {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

/// Which client.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub struct Named {
    /// The BSN. A shell keeps a history of what is typed: use --bsn-file for anybody who exists
    #[arg(long)]
    bsn: Option<Typed>,
    /// A file with the BSN; `-` reads a line from standard input
    #[arg(long)]
    bsn_file: Option<PathBuf>,
    /// The handle that the gateway gave your organisation for this client
    #[arg(long)]
    handle: Option<String>,
}

impl Named {
    /// The client, where one must be named.
    pub fn client(&self) -> Result<Option<ClientName>, ClientProblem> {
        const NEEDED: ClientProblem =
            ClientProblem::Argument("name the client by --bsn-file, --bsn or --handle");
        let name = match (&self.handle, self.bsn()?) {
            (Some(handle), _) => client_name::Name::Handle(handle.clone()),
            (None, Some(bsn)) => client_name::Name::Bsn(bsn.to_string()),
            (None, None) => return Err(NEEDED),
        };
        Ok(Some(ClientName { name: Some(name) }))
    }

    /// The handle; empty if there is none.
    pub fn handle(&self) -> String {
        self.handle.clone().unwrap_or_default()
    }

    /// The BSN, if there is one.
    pub fn bsn(&self) -> Result<Option<Zeroizing<String>>, ClientProblem> {
        let Some(path) = &self.bsn_file else { return Ok(self.bsn.as_ref().map(|typed| typed.0.clone())) };
        let mut text = Zeroizing::new(String::new());
        let read = if path.as_os_str() == "-" {
            std::io::stdin().lock().read_line(&mut text)
        } else {
            std::fs::File::open(path).and_then(|file| file.take(64).read_to_string(&mut text))
        };
        read.map_err(|problem| ClientProblem::File { path: path.clone(), problem })?;
        Ok(Some(Zeroizing::new(text.trim().to_owned())))
    }
}

/// Who agrees or objects.
#[derive(Debug, clap::Args)]
pub struct Giver {
    /// Who: `client`, or your own reference for the person
    #[arg(long, default_value = "client")]
    person: String,
    /// In which capacity, such as youth or parent-authority
    #[arg(long, value_parser = words::capacity)]
    capacity: i32,
    /// For a data-subject: the fields that the agreement is about
    #[arg(long = "about-field")]
    about: Vec<String>,
}

impl From<Giver> for Grantor {
    fn from(giver: Giver) -> Self {
        Self { person: giver.person, capacity: giver.capacity, fields: giver.about }
    }
}

/// How people agreed, and for how long.
#[derive(Debug, clap::Args)]
pub struct Recorded {
    /// From when: a date or RFC 3339; without, from now
    #[arg(long, default_value = "")]
    from: String,
    /// Until when: a date lasts through that day
    #[arg(long, default_value = "")]
    until: String,
    /// written, verbal or portal
    #[arg(long, default_value = "written", value_parser = words::channel)]
    channel: i32,
    /// Which version of the text was explained
    #[arg(long)]
    text_version: String,
    /// In which language
    #[arg(long, default_value = "nl")]
    language: String,
    /// Where a verbal consent was noted
    #[arg(long, default_value = "")]
    note: String,
    /// It was explained that refusing has no consequence for care
    #[arg(long)]
    refusal_explained: bool,
}

impl Recorded {
    /// The period and the evidence.
    pub fn parts(self) -> (Period, Evidence) {
        let evidence = Evidence {
            channel: self.channel,
            text_version: self.text_version,
            language: self.language,
            note_reference: self.note,
            refusal_explained: self.refusal_explained,
        };
        (Period { from: self.from, until: self.until }, evidence)
    }
}

/// What a registration says.
#[derive(Debug, clap::Args)]
pub struct Registered {
    /// How your own system finds the record; never the BSN
    #[arg(long)]
    reference: String,
    /// As 2011-03-04
    #[arg(long)]
    birth_date: String,
    /// Who may decide for the client, as person=capacity: moeder=parent-authority. More than once
    #[arg(long = "authority", value_parser = holder)]
    authority: Vec<(String, i32)>,
    /// Where that was checked
    #[arg(long, default_value = "authority-register", value_parser = words::source)]
    source: i32,
    /// On which day it was checked
    #[arg(long, required_unless_present = "authority_free", default_value = "")]
    checked_on: String,
    /// Nobody decides for the client, so nothing was checked
    #[arg(long, conflicts_with = "authority")]
    authority_free: bool,
    /// A parent, with authority or without. More than once
    #[arg(long = "parent")]
    parents: Vec<String>,
}

fn holder(text: &str) -> Result<(String, i32), &'static str> {
    let (person, word) = text.split_once('=').ok_or("write it as person=capacity")?;
    Ok((person.to_owned(), words::capacity(word)?))
}

impl From<Registered> for Registration {
    fn from(said: Registered) -> Self {
        let authority = |(person, capacity): (String, i32)| Authority {
            person,
            capacity,
            period: Some(Period { from: said.birth_date.clone(), until: String::new() }),
            source: said.source,
            checked_on: said.checked_on.clone(),
        };
        Self {
            custodian_reference: said.reference,
            authority: said.authority.into_iter().map(authority).collect(),
            birth_date: said.birth_date,
            parents: said.parents,
            ..Self::default()
        }
    }
}

/// For whom and for what, exactly.
#[derive(Debug, clap::Args)]
pub struct Permitted {
    /// Which organisation may receive (OIN)
    #[arg(long)]
    recipient: String,
    /// In which role
    #[arg(long)]
    recipient_role: String,
    /// For which purpose
    #[arg(long)]
    purpose: String,
    /// Which field. More than once
    #[arg(long = "field", required = true)]
    fields: Vec<String>,
}

impl From<Permitted> for Permit {
    fn from(said: Permitted) -> Self {
        Self {
            recipient_organisation: said.recipient,
            recipient_role: said.recipient_role,
            purpose: said.purpose,
            fields: said.fields,
        }
    }
}

/// To what; what is left out means all.
#[derive(Debug, clap::Args)]
pub struct Objected {
    /// To which organisation
    #[arg(long, default_value = "")]
    recipient: String,
    /// In which role
    #[arg(long, default_value = "")]
    recipient_role: String,
    /// For which purpose
    #[arg(long, default_value = "")]
    purpose: String,
    /// Which field. More than once
    #[arg(long = "field")]
    fields: Vec<String>,
}

impl From<Objected> for Objection {
    fn from(said: Objected) -> Self {
        Self {
            recipient_organisation: said.recipient,
            recipient_role: said.recipient_role,
            purpose: said.purpose,
            fields: said.fields,
        }
    }
}

/// What is asked.
#[derive(Debug, clap::Args)]
pub struct Asked {
    /// Which organisation holds the data (OIN)
    #[arg(long)]
    pub custodian: String,
    /// For which purpose
    #[arg(long)]
    pub purpose: String,
    /// Which field. More than once
    #[arg(long = "field", required = true)]
    pub fields: Vec<String>,
    /// For a case conference: the life domains on the agenda
    #[arg(long = "life-domain")]
    pub life_domains: Vec<String>,
    /// The ground; R01 is consent
    #[arg(long, default_value = "R01")]
    pub ground: String,
    /// A file with what the ground asks (TOML): see docs/integrating.md
    #[arg(long)]
    evidence: Option<PathBuf>,
}

impl Asked {
    /// What is brought forward for the ground.
    pub fn evidence(&self) -> Result<Option<GroundEvidence>, ClientProblem> {
        self.evidence.as_deref().map(evidence::read).transpose()
    }
}
