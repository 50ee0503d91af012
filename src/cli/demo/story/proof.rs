//! Proof: a receipt that anybody verifies, who saw what, and a ledger that is whole.

use std::io::Write;

use super::{AGREED, ASKED, Story, StoryProblem, people};
use crate::cli::client;
use crate::cli::keys::{KeysProblem, file};
use crate::contract::v1::{
    DiscloseResponse, GetCheckpointRequest, GetConsistencyRequest, LedgerEntry, ListEntriesRequest,
    RegisterClientRequest,
};
use crate::ledger::{Checkpoint, Hash, Proof, Receipt, ReceiptError, VerifierKey, verify_consistency};
use crate::store::Store;

impl<W: Write> Story<'_, '_, W> {
    pub(super) fn receipt(&mut self, answer: &DiscloseResponse) -> Result<(), StoryProblem> {
        self.narrator.chapter("Een bewijs voor wie vraagt", "Proof for whoever asked")?;
        let leaf = Hash(
            answer
                .leaf
                .as_slice()
                .try_into()
                .map_err(|_| StoryProblem::Claim("The answer names its leaf."))?,
        );
        let key = &self.setting.verifier;
        let head = verify(&answer.receipt, &leaf, key)?;
        self.narrator.claim(
            head.size > answer.entry_index,
            "Het ontvangstbewijs klopt. Daar is geen gateway voor nodig, alleen de openbare sleutel.",
            "The receipt verifies. That takes no gateway, only the public key.",
        )?;
        self.narrator.claim(
            changed(&answer.receipt).all(|text| verify(&text, &leaf, key).is_err()),
            "Verander één letter, welke dan ook, en het klopt niet meer.",
            "Change one character, whichever, and it verifies no more.",
        )?;
        let folder = self.setting.path("receipts");
        let kept = file::write_public(&folder, "first.tlog-proof", &answer.receipt)
            .and_then(|_| file::write_public(&folder, "first.leaf", &leaf.to_base64()));
        kept.map(|_| ()).map_err(failed)
    }

    pub(super) async fn who_saw_what(&mut self, earlier: &str) -> Result<(), StoryProblem> {
        self.narrator.chapter("Wie zag wat?", "Who saw what?")?;
        self.narrator.say(
            "De functionaris gegevensbescherming van Accare zoekt op, over Testjongere Een:",
            "The privacy officer of Accare looks up, about Testjongere Een:",
        )?;
        let request = ListEntriesRequest {
            client_bsn: people::FIRST.bsn.to_owned(),
            page_size: 200,
            ..ListEntriesRequest::default()
        };
        let listed = self.people.officer.list_entries(request).await?.entries;
        let readable = self.by_name(&listed);
        client::entries(&mut self.narrator.output, &readable)?;
        let asked: Vec<&LedgerEntry> = listed.iter().filter(|entry| entry.event == "disclosure").collect();
        let seen: Vec<&&LedgerEntry> = asked.iter().filter(|e| !e.released_fields.is_empty()).collect();
        let (assen, hoogeveen) = (self.id("gemeente-assen")?, self.id("gemeente-hoogeveen")?);
        let once = seen.len() == 1
            && seen
                .iter()
                .all(|e| e.recipient == assen && e.role == "wonen" && same(&e.released_fields, &AGREED));
        self.narrator.claim(
            once,
            "Eén keer ging er iets uit: vijf gegevens, naar Wonen van Gemeente Assen.",
            "Once something went out: five fields, to Housing at Gemeente Assen.",
        )?;
        let by = |party: &str| asked.iter().filter(|entry| entry.recipient == party).count();
        let whole = asked.iter().all(|e| e.released_fields.len() + e.withheld_fields.len() == ASKED.len());
        self.narrator.claim(
            by(&assen) == 3 && by(&hoogeveen) == 1 && asked.len() == 4 && whole,
            "Er is vier keer gevraagd. Ook elke weigering staat erin, en ook de vreemde.",
            "It was asked four times. Every refusal is in it as well, and so is the stranger.",
        )?;
        self.since(earlier).await
    }

    /// The entries, with recipients as people call them.
    fn by_name(&self, entries: &[LedgerEntry]) -> Vec<LedgerEntry> {
        let parties = &self.setting.covenant.parties;
        let name = |id: &str| parties.iter().find(|p| p.id.as_str() == id).map(|p| p.name.clone());
        let named = |entry: &LedgerEntry| {
            let recipient = name(&entry.recipient).unwrap_or_else(|| entry.recipient.clone());
            LedgerEntry { recipient, ..entry.clone() }
        };
        entries.iter().map(named).collect()
    }

    /// Nothing of an earlier ledger was altered since.
    async fn since(&mut self, earlier: &str) -> Result<(), StoryProblem> {
        let key = &self.setting.verifier;
        let old = Checkpoint::parse_and_verify(earlier, key.name(), key)?;
        let request = GetConsistencyRequest { old_size: old.size };
        let answer = self.people.officer.get_consistency(request).await?;
        let new = Checkpoint::parse_and_verify(&answer.checkpoint, key.name(), key)?;
        let hashes = answer.proof.iter().map(|hash| hash.as_slice().try_into().map(Hash));
        let proof: Vec<Hash> = hashes
            .collect::<Result<_, _>>()
            .map_err(|_| StoryProblem::Claim("A proof is made of hashes."))?;
        verify_consistency(old.size, new.size, &old.root, &new.root, &Proof(proof))?;
        self.narrator.claim(
            new.size > old.size,
            "En de lijst is volledig: sinds het ontvangstbewijs kwam er bij, en veranderde er niets.",
            "And the list is complete: since the receipt entries were added, and none was altered.",
        )
    }

    pub(super) async fn ledger(&mut self) -> Result<(), StoryProblem> {
        self.narrator.chapter("Het hele register", "The whole ledger")?;
        for person in people::ALL.iter().skip(people::TOLD) {
            for custodian in person.held_by {
                let registration = Some(person.registration(custodian, self.today));
                let request = RegisterClientRequest { client: people::named(person.bsn), registration };
                self.people.recorder(custodian).register_client(request).await?;
            }
        }
        let head = self.people.officer.get_checkpoint(GetCheckpointRequest {}).await?.checkpoint;
        let key = &self.setting.verifier;
        let head = Checkpoint::parse_and_verify(&head, key.name(), key)?;
        let store = Store::open(&self.setting.path("gateway/sluis.db"), 1).await?;
        let audited = store.audit(key, &|_, _| {}).await;
        store.close().await;
        let audited = audited?;
        self.narrator.claim(
            audited.size == head.size && audited.root == head.root,
            "Van regel 0 af nagerekend: elke regel, elke hash en de handtekening kloppen.",
            "Recomputed from entry 0: every entry, every hash and the signature are right.",
        )?;
        let claims = self.narrator.claims();
        writeln!(
            self.narrator.output,
            "\n   {claims} beweringen gecontroleerd, {size} regels in het register.\n   \
             {claims} claims checked, {size} entries in the ledger.",
            size = audited.size
        )?;
        Ok(())
    }
}

fn verify(text: &str, leaf: &Hash, key: &VerifierKey) -> Result<Checkpoint, ReceiptError> {
    Receipt::parse(text)?.verify_leaf(leaf, key.name(), key)
}

/// The receipt with one character changed, for every character of it.
fn changed(receipt: &str) -> impl Iterator<Item = String> {
    receipt.char_indices().map(move |(at, original)| {
        let other = if original == 'A' { 'B' } else { 'A' };
        let (before, after) = receipt.split_at(at);
        let after: String = after.chars().skip(1).collect();
        format!("{before}{other}{after}")
    })
}

fn same(fields: &[String], expected: &[&str]) -> bool {
    fields.len() == expected.len() && expected.iter().all(|e| fields.iter().any(|f| f == e))
}

fn failed(problem: KeysProblem) -> StoryProblem {
    StoryProblem::Client(problem.into())
}
