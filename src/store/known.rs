//! What a writer knows of the head of the ledger, and what it makes of the one it finds.
//!
//! What is always true here: a head is the own one, unchanged, or its signature is verified with the own key; and the ledger
//! begins with every head that was known before. So neither a gateway with another key nor a database that forgot what was
//! answered, such as a promoted standby that lagged, is written to.

use sqlx::AnyConnection;

use crate::ledger::{Checkpoint, Frontier, VerifierKey};
use crate::store::batch::Head;
use crate::store::{Error, proofs};

/// The head that this writer left, or verified last.
#[derive(Default)]
pub(super) struct Known {
    head: Option<(String, Frontier)>,
    reconnected: bool,
}

impl Known {
    /// It is this one now.
    pub fn now(&mut self, checkpoint: String, tree: Frontier) {
        self.head = Some((checkpoint, tree));
    }

    /// Another server may answer next time.
    pub fn lost(&mut self) {
        self.reconnected = true;
    }

    /// Fails unless this is a head of the own key, of a ledger that begins with the known one. Under the lock.
    pub async fn check(
        &mut self,
        tx: &mut AnyConnection,
        head: &Head,
        key: &VerifierKey,
    ) -> Result<(), Error> {
        let tree = &head.frontier;
        if let Some((checkpoint, known)) = &self.head {
            if tree.size() < known.size() {
                return Err(Error::Older);
            }
            if *checkpoint == head.checkpoint && tree == known {
                return Ok(());
            }
            if self.reconnected
                && proofs::read(tx, &Frontier::nodes(known.size()), tree.size()).await? != known.roots()
            {
                return Err(Error::Older);
            }
            self.reconnected = false;
        }
        if tree.size() == 0 {
            return Ok(());
        }
        let signed =
            Checkpoint::parse_and_verify(&head.checkpoint, key.name(), key).map_err(|_| Error::OtherKey)?;
        if signed.size != tree.size() || signed.root != tree.root() {
            return Err(Error::Corrupt("the head is signed for other entries"));
        }
        self.now(head.checkpoint.clone(), tree.clone());
        Ok(())
    }
}
