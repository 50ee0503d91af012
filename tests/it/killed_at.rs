//! The gateway is killed at every step of the life of a disclosure and of a withdrawal: what was answered is recorded, a retry is
//! answered, and what was withdrawn stays so.

use std::process::Command;

use sluis::contract::v1::*;
use sluis::store::Store;

use crate::harness::disk::{At, Disk, Fault, Of};
use crate::harness::gateway::{audit, replay};
use crate::harness::*;
use crate::records;

/// The most steps at which each is killed; a commit in a file has some forty.
const STEPS: u32 = 8;

fn start(setting: &Setting, disk: &Disk) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sluis"));
    command.args(["serve", "--config"]).arg(setting.configuration()).envs(disk.environment());
    Process::start_command(command, setting).expect("it starts again after every kill")
}

/// What is done, and again after it was interrupted.
enum Step {
    Disclosed(Box<DiscloseRequest>),
    Withdrawn(WithdrawConsentRequest),
}

struct Parties {
    care: Caller,
    municipality: Caller,
}

impl Parties {
    async fn of(setting: &Setting, process: &Process) -> Self {
        let care = Caller::connect(setting, process.address, ACCARE, "fact-behandelaar").await;
        let municipality = Caller::connect(setting, process.address, ASSEN, "wijkteam").await;
        Self { care, municipality }
    }

    /// The index of the answer and whether something was released; `None` if there was no answer.
    async fn take(&self, step: &Step) -> Option<(u64, bool)> {
        match step {
            Step::Disclosed(request) => {
                let answer =
                    self.municipality.disclosures().disclose((**request).clone()).await.ok()?.into_inner();
                Some((answer.entry_index, !answer.released.is_empty()))
            }
            Step::Withdrawn(request) => {
                self.care.consents().withdraw_consent(request.clone()).await.ok()?;
                Some((0, false))
            }
        }
    }

    async fn released(&self, client: &str) -> bool {
        let asked = ask(client, ACCARE, "housing", &["person.name"]);
        let answer = self.municipality.disclosures().disclose(asked).await.unwrap().into_inner();
        !answer.released.is_empty()
    }

    async fn consent(&self, client: &str) -> String {
        let permit = permit(client, ASSEN, "wijkteam", "housing", &["person.name"]);
        let recorded = self.care.consents().record_consent(permit).await.unwrap();
        recorded.into_inner().consent.unwrap().consent_id
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_and_after_every_write_and_flush_nothing_is_released_unrecorded_and_every_retry_is_answered()
 {
    let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "negen")])))]);
    // What it writes to its file, or what it says to the server.
    let files = if setting::on_postgresql() { "/.s.PGSQL." } else { "/sluis.db" };
    let disk = Disk::new(setting.path(), files);
    let client = bsn(123);
    let mut process = start(&setting, &disk);
    let mut parties = Parties::of(&setting, &process).await;
    let mut consent = consented(&parties.care, &client, "acc-1", &["person.name"]).await;
    let (mut acknowledged, mut kills, mut answered_and_killed) = (Vec::new(), 0, 0);
    for disclosing in [true, false] {
        let step = |consent: &str| {
            if disclosing {
                Step::Disclosed(Box::new(ask(&client, ACCARE, "housing", &["person.name"])))
            } else {
                Step::Withdrawn(withdraw(&client, consent, "client"))
            }
        };
        disk.fails(At { of: Of::Both, nth: 1, stays: true, fault: Fault::Counted });
        let (index, released) = parties.take(&step(&consent)).await.unwrap();
        let (steps, _) = disk.mend();
        assert!(steps > 2, "{steps}");
        if disclosing {
            assert!(released);
            acknowledged.push(index);
        }
        let stride = steps.div_ceil(STEPS).max(1);
        // The last steps are the ones between the commit and its answer.
        let mut at: Vec<u32> = (1..=steps).step_by(stride as usize).collect();
        at.extend([steps - 1, steps]);
        at.sort_unstable();
        at.dedup();
        for nth in at {
            let fault = if (nth + kills) % 2 == 0 { Fault::Killed } else { Fault::DoneThenKilled };
            consent = if disclosing { consent } else { parties.consent(&client).await };
            let step = step(&consent);
            disk.fails(At { of: Of::Both, nth, stays: false, fault });
            let answer = parties.take(&step).await;
            let (_, hits) = disk.mend();
            if let (Some((index, true)), Step::Disclosed(_)) = (answer, &step) {
                acknowledged.push(index);
            }
            kills += hits;
            answered_and_killed += u32::from(answer.is_some()) * hits;
            process.kill();
            process = start(&setting, &disk);
            parties = Parties::of(&setting, &process).await;
            // A withdrawal that was answered holds; one that was not is taken back now, or was.
            if let (Step::Withdrawn(_), Some(_)) = (&step, answer) {
                assert!(!parties.released(&client).await, "{fault:?} at {nth}: answered, and forgotten");
            }
            match (&step, parties.take(&step).await) {
                (Step::Disclosed(_), again) => acknowledged.push(again.expect("a retry is answered").0),
                // Whoever withdraws what is withdrawn already is refused, or it is done now.
                (Step::Withdrawn(_), _) => assert!(!parties.released(&client).await, "{fault:?} at {nth}"),
            }
        }
    }
    process.kill();
    println!(
        "{kills} kills, of which {answered_and_killed} after the answer; {} releases",
        acknowledged.len()
    );
    assert!(kills >= STEPS, "{kills}");
    let size = audit(&setting).await.unwrap().size;
    assert!(size >= acknowledged.len() as u64);
    let store = Store::open_to_verify(&setting.store).await.unwrap();
    for index in acknowledged {
        let entry = store.entry(index).await.unwrap().unwrap().entry;
        assert_eq!(entry.outcome().as_str(), "released", "entry {index}");
    }
    store.close().await;
    replay(&setting).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_the_custodian_is_asked_or_right_after_it_answered_nothing_is_recorded_or_all_of_it() {
    let (custodian, listener) = HeldUp::listen().await;
    let setting = Setting::new(vec![(ACCARE, Custody::Service(custodian.port))]);
    custodian.serve(listener, &setting);
    setting.configure("deadline_ms = 700", "deadline_ms = 7000");
    let client = bsn(124);
    let mut process = Process::start(&setting).unwrap();
    let mut parties = Parties::of(&setting, &process).await;
    consented(&parties.care, &client, "acc-1", &["housing.wish"]).await;
    let mut size = 3;
    for answers in [0, 1, 1, 1] {
        let request = ask(&client, ACCARE, "housing", &["housing.wish"]);
        let asking = {
            let (municipality, request) = (parties.municipality.clone(), request.clone());
            tokio::spawn(async move { municipality.disclosures().disclose(request).await })
        };
        custodian.is_asked(1).await;
        custodian.answers(answers);
        process.kill();
        let answer = asking.await.unwrap().map(tonic::Response::into_inner);
        custodian.answers(1 - answers);
        let audited = audit(&setting).await.unwrap().size;
        assert!((size..=size + 1).contains(&audited));
        assert!(answer.is_err() || audited == size + 1, "released, and not recorded");
        assert!(answers == 1 || audited == size, "recorded, though there was no answer to record");
        process = Process::start(&setting).unwrap();
        parties = Parties::of(&setting, &process).await;
        custodian.answers(1);
        let again = parties.municipality.disclosures().disclose(request).await.unwrap().into_inner();
        custodian.is_asked(1).await;
        assert_eq!((released(&again), again.entry_index), (vec!["housing.wish"], audited));
        size = audited + 1;
    }
    process.kill();
    audit(&setting).await.unwrap();
    replay(&setting).await;
}
