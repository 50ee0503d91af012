//! Whether somebody may do something: what the covenant says of the hat they wear, and how sure it is that they wear it.

use crate::domain::{Actor, AuthenticationLevel, Capability};
use crate::gateway::CovenantInForce;

/// Why somebody may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The organisation is no party.
    #[error("your organisation is not a party to the covenant; ask to be added")]
    PartyUnknown,
    /// The party has no such role.
    #[error("your role is not one of your organisation's roles in the covenant")]
    RoleUnknown,
    /// It is not sure enough who they are.
    #[error("log in at a higher level of assurance, and ask for a new token")]
    LevelTooLow,
    /// The role may do other things.
    #[error("your role may not do this; see the parties of the covenant")]
    RoleMayNot,
}

impl Denied {
    /// The stable reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::PartyUnknown => "PARTY_UNKNOWN",
            Self::RoleUnknown => "ROLE_UNKNOWN",
            Self::LevelTooLow => "AUTHENTICATION_LEVEL_TOO_LOW",
            Self::RoleMayNot => "ROLE_MAY_NOT",
        }
    }
}

impl CovenantInForce {
    /// Whether this hat is in the covenant, is worn by somebody sure enough, and may do one of these (or anything, if
    /// nothing is named).
    pub fn permits(
        &self,
        actor: &Actor,
        minimum: AuthenticationLevel,
        one_of: &[Capability],
    ) -> Result<(), Denied> {
        let party = self.covenant.parties.get(&actor.hat.organisation).ok_or(Denied::PartyUnknown)?;
        let role = party.role(&actor.hat.role).ok_or(Denied::RoleUnknown)?;
        if actor.level < minimum {
            return Err(Denied::LevelTooLow);
        }
        if one_of.is_empty() || one_of.iter().any(|capability| role.may.contains(capability)) {
            Ok(())
        } else {
            Err(Denied::RoleMayNot)
        }
    }
}
