//! The columns of an entry's row beside its body, as the tables are searched by them.

use crate::store::batch::Row;

/// One row, but for body and leaf hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns<'a> {
    pub index: u64,
    pub at: i64,
    pub event: &'a str,
    pub outcome: &'a str,
    pub client: Option<&'a str>,
    pub custodian: Option<&'a str>,
    pub recipient: Option<&'a str>,
    pub requester: Option<&'a str>,
    pub purpose: Option<&'a str>,
    pub revision: Option<i64>,
    pub request_key: Option<&'a str>,
}

impl<'a> Columns<'a> {
    /// What they must be.
    pub(super) fn of(row: &'a Row, index: u64) -> Self {
        Self {
            index,
            at: row.at,
            event: row.event,
            outcome: row.outcome,
            client: row.client.as_deref(),
            custodian: row.custodian.as_deref(),
            recipient: row.recipient.as_deref(),
            requester: row.requester.as_deref(),
            purpose: row.purpose.as_deref(),
            revision: row.revision,
            request_key: row.request_key.as_deref(),
        }
    }

    /// The same with one column changed, each in its turn; but for the index, which no entry says of itself.
    #[cfg(test)]
    pub(super) fn each_changed(self) -> impl Iterator<Item = Self> {
        let other = |value: Option<&str>| value.is_none().then_some("x");
        let revision = self.revision.map_or(Some(0), |_| None);
        [
            Self { at: self.at + 1, ..self },
            Self { event: "previewed", ..self },
            Self { outcome: "failed", ..self },
            Self { client: other(self.client), ..self },
            Self { custodian: other(self.custodian), ..self },
            Self { recipient: other(self.recipient), ..self },
            Self { requester: other(self.requester), ..self },
            Self { purpose: other(self.purpose), ..self },
            Self { revision, ..self },
            Self { request_key: other(self.request_key), ..self },
            Self { request_key: Some("x"), ..self },
            Self { client: Some("x"), ..self },
            Self { requester: Some("x"), ..self },
        ]
        .into_iter()
    }
}
