//! The professionals of the story: each one an organisation, a role and a connection of their own.

use super::problem::StoryProblem;
use super::setting::Setting;
use crate::cli::client::{Client, Profile};
use crate::domain::AuthenticationLevel;

/// All of them, connected.
pub struct Professionals {
    /// A therapist of a FACT youth team at Accare.
    pub accare: Client,
    /// The privacy officer of Accare.
    pub officer: Client,
    /// A therapist at GGZ Drenthe.
    pub ggz: Client,
    /// A therapist at VNN.
    pub vnn: Client,
    /// A professional at Yorneo.
    pub yorneo: Client,
    /// The neighbourhood team of Gemeente Assen.
    pub assen_team: Client,
    /// Another of that team, at night: surer still who asks.
    pub assen_night: Client,
    /// Housing at Gemeente Assen.
    pub assen_housing: Client,
    /// The neighbourhood team of Gemeente Hoogeveen.
    pub hoogeveen_team: Client,
    /// Housing at Gemeente Hoogeveen.
    pub hoogeveen_housing: Client,
}

impl Professionals {
    /// Connects them all.
    pub async fn connect(setting: &Setting) -> Result<Self, StoryProblem> {
        let connect = async |short, role, subject| -> Result<Client, StoryProblem> {
            Ok(setting.profile(short, role, subject)?.connect().await?)
        };
        let high = |profile| Profile { level: Some(AuthenticationLevel::High.as_str().into()), ..profile };
        let night = high(setting.profile("gemeente-assen", "wijkteam", "wijkteam-2")?);
        Ok(Self {
            accare: connect("accare", "fact-behandelaar", "behandelaar-1").await?,
            officer: connect("accare", "privacy-officer", "fg-1").await?,
            ggz: connect("ggz-drenthe", "fact-behandelaar", "behandelaar-1").await?,
            vnn: connect("vnn", "fact-behandelaar", "behandelaar-1").await?,
            yorneo: connect("yorneo", "fact-behandelaar", "behandelaar-1").await?,
            assen_team: connect("gemeente-assen", "wijkteam", "wijkteam-1").await?,
            assen_night: night.connect().await?,
            assen_housing: connect("gemeente-assen", "wonen", "wonen-1").await?,
            hoogeveen_team: connect("gemeente-hoogeveen", "wijkteam", "wijkteam-1").await?,
            hoogeveen_housing: connect("gemeente-hoogeveen", "wonen", "wonen-1").await?,
        })
    }

    /// Who registers clients at a custodian.
    pub fn recorder(&self, custodian: &str) -> &Client {
        match custodian {
            "ggz-drenthe" => &self.ggz,
            "vnn" => &self.vnn,
            "yorneo" => &self.yorneo,
            "gemeente-assen" => &self.assen_team,
            "gemeente-hoogeveen" => &self.hoogeveen_team,
            _ => &self.accare,
        }
    }
}
