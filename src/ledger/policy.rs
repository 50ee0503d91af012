//! The trust policy (c2sp.org/tlog-policy): which ledger, which witnesses, and how many of them must have cosigned before
//! a checkpoint counts. One file, which an auditor gets from whom they trust, and which any verifier of the field reads.
//!
//! Of one key there is one line, and a name is in one group at most: so a witness counts once, in one way.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::cosignature::cosignatures;
use super::{Checkpoint, CheckpointError, KeyError, NoteError, VerifierKey, WitnessKey};

/// The most lines of a policy; the specification asks for at least 32 logs, witnesses and groups.
const MAX_LINES: usize = 1024;

/// Which checkpoints count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    ledgers: Vec<(VerifierKey, Option<String>)>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    quorum: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Witness {
    name: String,
    key: WitnessKey,
    url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    name: String,
    least: usize,
    members: Vec<String>,
}

/// What is wrong with a policy, or with a checkpoint by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A line is not one of the format, or does not fit those before it.
    #[error("line {0} of the policy {1}")]
    Line(usize, &'static str),
    /// The key in a line cannot be used.
    #[error("line {0} of the policy: {1}")]
    Key(usize, KeyError),
    /// There must be exactly one.
    #[error("the policy has no `quorum` line")]
    NoQuorum,
    /// More witnesses asked than there are, or two with one name or key.
    #[error("the witnesses do not make a policy: {0}")]
    Witnesses(&'static str),
    /// No ledger of the policy signed it.
    #[error("no ledger of the policy signed this checkpoint")]
    NoLedger,
    /// The checkpoint is refused.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Too few witnesses cosigned.
    #[error("the quorum of the policy is not reached; of its witnesses these cosigned: {0}")]
    Quorum(String),
}

impl From<NoteError> for PolicyError {
    fn from(error: NoteError) -> Self {
        Self::Checkpoint(error.into())
    }
}

impl Policy {
    /// The policy of one ledger, of whose witnesses (name, key, submission prefix) at least so many must cosign. Without
    /// witnesses none need to.
    pub fn of(
        ledger: &VerifierKey,
        witnesses: Vec<(String, WitnessKey, String)>,
        least: usize,
    ) -> Result<Self, PolicyError> {
        let members: Vec<String> = witnesses.iter().map(|(name, ..)| name.clone()).collect();
        let mut text = format!("log {ledger}\n");
        for (name, key, url) in witnesses {
            let _ = writeln!(text, "witness {name} {key} {url}");
        }
        if members.is_empty() {
            text.push_str("quorum none\n");
        } else {
            let _ = writeln!(text, "group witnesses {least} {}\nquorum witnesses", members.join(" "));
        }
        let refused = "names are without spaces and not `none` or `witnesses`, no two have one name or key, and the quorum is at least one and at most all of them";
        Self::parse(&text).map_err(|_| PolicyError::Witnesses(refused))
    }

    /// Reads a policy file.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let mut policy = Self { ledgers: vec![], witnesses: vec![], groups: vec![], quorum: String::new() };
        let mut grouped = BTreeSet::new();
        for (line, number) in text.split('\n').zip(1..) {
            let refuse = |why| Err(PolicyError::Line(number, why));
            if number > MAX_LINES {
                return refuse("is one too many");
            }
            if line.bytes().any(|byte| (byte < 0x20 && byte != b'\t') || byte == 0x7f) {
                return refuse("holds a control character");
            }
            let items: Vec<&str> = line.split([' ', '\t']).filter(|item| !item.is_empty()).collect();
            match items.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["log", key, url @ ..] if url.len() <= 1 => {
                    let key = VerifierKey::parse(key).map_err(|e| PolicyError::Key(number, e))?;
                    if policy.ledgers.iter().any(|(other, _)| other.same_key(&key)) {
                        return refuse("names a log's key again");
                    }
                    policy.ledgers.push((key, url.first().map(ToString::to_string)));
                }
                ["witness", name, key, url @ ..] if url.len() <= 1 => {
                    let key = WitnessKey::parse(key).map_err(|e| PolicyError::Key(number, e))?;
                    if policy.defines(name) {
                        return refuse("defines a name again, or `none`");
                    }
                    if policy.witnesses.iter().any(|other| other.key.same_key(&key)) {
                        return refuse("names a witness's key again");
                    }
                    let url = url.first().map(ToString::to_string);
                    policy.witnesses.push(Witness { name: (*name).to_owned(), key, url });
                }
                ["group", name, least, members @ ..] if !members.is_empty() => {
                    if policy.defines(name) {
                        return refuse("defines a name again, or `none`");
                    }
                    if !members.iter().all(|member| policy.defines(member) && *member != "none") {
                        return refuse("names a member that no line before it defines");
                    }
                    if !members.iter().all(|member| grouped.insert((*member).to_owned())) {
                        return refuse("names a member that is in a group already");
                    }
                    let least = match *least {
                        "any" => Some(1),
                        "all" => Some(members.len()),
                        number => super::parse_decimal(number).and_then(|k| usize::try_from(k).ok()),
                    };
                    let Some(least) = least.filter(|k| (1..=members.len()).contains(k)) else {
                        return refuse(
                            "asks neither `any`, `all`, nor a number from 1 to that of its members",
                        );
                    };
                    let members = members.iter().map(ToString::to_string).collect();
                    policy.groups.push(Group { name: (*name).to_owned(), least, members });
                }
                ["quorum", name] => {
                    if !policy.quorum.is_empty() {
                        return refuse("is a second quorum");
                    }
                    if !policy.defines(name) {
                        return refuse("names a quorum that no line before it defines");
                    }
                    (*name).clone_into(&mut policy.quorum);
                }
                _ => {
                    return refuse(
                        "is none of `log`, `witness`, `group` and `quorum` with what belongs to it",
                    );
                }
            }
        }
        if policy.quorum.is_empty() { Err(PolicyError::NoQuorum) } else { Ok(policy) }
    }

    /// Whether a name means something already; `none` always does.
    fn defines(&self, name: &str) -> bool {
        name == "none"
            || self.witnesses.iter().any(|witness| witness.name == name)
            || self.groups.iter().any(|group| group.name == name)
    }

    /// The file.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let url = |url: &Option<String>| url.as_ref().map(|url| format!(" {url}")).unwrap_or_default();
        for (key, at) in &self.ledgers {
            let _ = writeln!(text, "log {key}{}", url(at));
        }
        for Witness { name, key, url: at } in &self.witnesses {
            let _ = writeln!(text, "witness {name} {key}{}", url(at));
        }
        for Group { name, least, members } in &self.groups {
            let _ = writeln!(text, "group {name} {least} {}", members.join(" "));
        }
        let _ = writeln!(text, "quorum {}", self.quorum);
        text
    }

    /// Opens a checkpoint that counts: signed by a ledger of the policy, and cosigned by its quorum. Gives the head, and
    /// the key of the ledger.
    pub fn open(&self, checkpoint: &str) -> Result<(Checkpoint, &VerifierKey), PolicyError> {
        let origin = checkpoint.lines().next().unwrap_or_default();
        let mut refused = PolicyError::NoLedger;
        for (key, _) in self.ledgers.iter().filter(|(key, _)| key.name() == origin) {
            match Checkpoint::parse_and_verify(checkpoint, origin, key) {
                Ok(head) => {
                    self.check_quorum(checkpoint)?;
                    return Ok((head, key));
                }
                Err(CheckpointError::Note(NoteError::Unsigned)) => {}
                Err(other) => refused = other.into(),
            }
        }
        Err(refused)
    }

    fn check_quorum(&self, checkpoint: &str) -> Result<(), PolicyError> {
        let keys: Vec<WitnessKey> = self.witnesses.iter().map(|witness| witness.key.clone()).collect();
        let found = cosignatures(checkpoint, &keys)?;
        let cosigned = |witness: &&Witness| found.iter().any(|one| *one.witness == witness.key);
        let mut reached: BTreeSet<&str> =
            self.witnesses.iter().filter(cosigned).map(|witness| witness.name.as_str()).collect();
        let cosigners = reached.iter().copied().collect::<Vec<_>>().join(", ");
        // A group names only what stands before it.
        for group in &self.groups {
            let count = group.members.iter().filter(|member| reached.contains(member.as_str())).count();
            if count >= group.least {
                reached.insert(&group.name);
            }
        }
        if self.quorum == "none" || reached.contains(self.quorum.as_str()) {
            Ok(())
        } else {
            Err(PolicyError::Quorum(if cosigners.is_empty() { "none".to_owned() } else { cosigners }))
        }
    }
}

#[cfg(test)]
mod tests;
