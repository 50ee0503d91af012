//! The columns of an entry's row beside its body, as the tables are searched by them.

use crate::store::batch::Row;

/// One row, but for body and leaf hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns<'a> {
    pub index: u64,
    pub at: i64,
    pub event: &'a [u8],
    pub outcome: &'a [u8],
    pub client: Option<&'a [u8]>,
    pub custodian: Option<&'a [u8]>,
    pub recipient: Option<&'a [u8]>,
    pub requester: Option<&'a [u8]>,
    pub purpose: Option<&'a [u8]>,
    pub revision: Option<i64>,
    pub request_key: Option<&'a [u8]>,
}

impl<'a> Columns<'a> {
    /// What they must be.
    pub(super) fn of(row: &'a Row, index: u64) -> Self {
        let text = |value: Option<&'a String>| value.map(String::as_bytes);
        Self {
            index,
            at: row.at,
            event: row.event.as_bytes(),
            outcome: row.outcome.as_bytes(),
            client: text(row.client.as_ref()),
            custodian: text(row.custodian.as_ref()),
            recipient: text(row.recipient.as_ref()),
            requester: text(row.requester.as_ref()),
            purpose: text(row.purpose.as_ref()),
            revision: row.revision,
            request_key: text(row.request_key.as_ref()),
        }
    }

    /// The same with one column changed, each in its turn; but for the index, which no entry says of itself.
    #[cfg(test)]
    pub(super) fn each_changed(self) -> impl Iterator<Item = Self> {
        let other = |value: Option<&[u8]>| value.is_none().then_some(&b"x"[..]);
        let revision = self.revision.map_or(Some(0), |_| None);
        [
            Self { at: self.at + 1, ..self },
            Self { event: b"previewed", ..self },
            Self { outcome: b"failed", ..self },
            Self { client: other(self.client), ..self },
            Self { custodian: other(self.custodian), ..self },
            Self { recipient: other(self.recipient), ..self },
            Self { requester: other(self.requester), ..self },
            Self { purpose: other(self.purpose), ..self },
            Self { revision, ..self },
            Self { request_key: other(self.request_key), ..self },
            Self { request_key: Some(b"x"), ..self },
            Self { client: Some(b"x"), ..self },
            Self { requester: Some(b"x"), ..self },
        ]
        .into_iter()
    }
}
