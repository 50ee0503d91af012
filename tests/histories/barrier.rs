//! The barrier alone, as a model small enough to try everything: every order of all steps of several replicas, with a death at any step.
//!
//! What is real goes by the clock of the machine, and a run of it tries some orders of very many. Here time is a list of steps, so the same
//! question is answered for all of them; and each part of the barrier is taken away once, to see that it is missed. One client, one consent;
//! each replica carries out a script of calls, one after the other.

use std::collections::{HashMap, VecDeque};

/// A client's revision, and whether the consent is in force.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct File {
    revision: u8,
    in_force: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Call {
    Disclose,
    Withdraw,
    Record,
}
use Call::{Disclose, Record, Withdraw};

/// How far a call is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum At {
    /// Not asked yet.
    Before,
    Asked,
    Decided {
        on: File,
    },
    /// Waits for the lock; what the revision was when it began to.
    Queued {
        on: File,
        then: u8,
    },
    Locked {
        on: File,
        then: u8,
    },
    Checked {
        on: File,
    },
    Committed {
        on: File,
    },
}

/// What is taken away of the barrier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Without {
    Nothing,
    /// The revision is not checked.
    Check,
    /// It is checked as it was before the wait for the lock (seal.md, trap 4).
    CheckUnderLock,
    /// Nobody waits for anybody.
    Lock,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Replica {
    remembers: Option<File>,
    /// Which call of its script.
    call: usize,
    at: At,
    /// Whether the consent was out of force, or in force, at some moment since the call was asked.
    was: [bool; 2],
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct World {
    stored: File,
    lock: Option<usize>,
    replicas: Vec<Replica>,
    deaths_left: u8,
}

struct Model<'a> {
    scripts: &'a [&'a [Call]],
    without: Without,
}

/// The next world, or what was wrong on the way to it.
type Next = Result<World, &'static str>;

impl Model<'_> {
    fn first(&self, deaths: u8) -> World {
        let replica = Replica { remembers: None, call: 0, at: At::Before, was: [false; 2] };
        World {
            stored: File { revision: 1, in_force: true },
            lock: None,
            replicas: vec![replica; self.scripts.len()],
            deaths_left: deaths,
        }
    }

    /// All that can happen next.
    fn steps(&self, world: &World) -> Vec<(String, Next)> {
        let mut steps = Vec::new();
        for (number, replica) in world.replicas.iter().enumerate() {
            let Some(call) = self.scripts[number].get(replica.call) else { continue };
            if let Some(next) = self.step(world, number, *call) {
                steps.push((format!("replica {number}, {call:?} {:?}", replica.at), next));
            }
            if world.deaths_left > 0 && replica.at != At::Before {
                let mut next = world.clone();
                next.deaths_left -= 1;
                // The server ends its transaction. Nobody hears what became of the call.
                next.lock = next.lock.filter(|holder| *holder != number);
                let call = replica.call + 1;
                next.replicas[number] = Replica { remembers: None, call, at: At::Before, was: [false; 2] };
                steps.push((format!("replica {number} dies, {call:?} {:?}", replica.at), Ok(next)));
            }
        }
        steps
    }

    fn step(&self, world: &World, number: usize, call: Call) -> Option<Next> {
        let mut next = world.clone();
        let stored = world.stored;
        let own = &mut next.replicas[number];
        match own.at {
            At::Before => {
                own.was = [!stored.in_force, stored.in_force];
                own.at = At::Asked;
            }
            At::Asked => {
                let on = *own.remembers.get_or_insert(stored);
                own.at = At::Decided { on };
            }
            At::Decided { on } => own.at = At::Queued { on, then: stored.revision },
            At::Queued { on, then } => {
                if self.without != Without::Lock && world.lock.is_some() {
                    return None;
                }
                own.at = At::Locked { on, then };
                next.lock = Some(number);
            }
            At::Locked { on, then } => {
                let holds = match self.without {
                    Without::Check => true,
                    Without::CheckUnderLock => then == on.revision,
                    _ => stored.revision == on.revision,
                };
                if holds {
                    own.at = At::Checked { on };
                } else {
                    own.remembers = None;
                    own.at = At::Asked;
                    next.lock = None;
                }
            }
            At::Checked { on } => {
                own.at = At::Committed { on };
                next.lock = next.lock.filter(|holder| *holder != number);
                if call == Disclose {
                    // In the order of the ledger nothing rests on what had changed.
                    return Some(if on == stored { Ok(next) } else { Err("sealed on what had changed") });
                }
                own.remembers = None;
                next.stored = File { revision: on.revision + 1, in_force: call == Record };
                for replica in &mut next.replicas {
                    replica.was[usize::from(call == Record)] = true;
                }
                return Some(if on == stored { Ok(next) } else { Err("a change was lost") });
            }
            At::Committed { on } => {
                let explained = call != Disclose || own.was[usize::from(on.in_force)];
                *own = Replica { call: own.call + 1, at: At::Before, was: [false; 2], ..*own };
                if !explained {
                    return Some(Err("answered what never held while it was asked"));
                }
            }
        }
        Some(Ok(next))
    }

    /// Tries everything. The number of worlds, or the way to the first that is wrong.
    fn explore(&self, deaths: u8) -> Result<usize, String> {
        let first = self.first(deaths);
        let mut came_from: HashMap<World, Option<(World, String)>> = HashMap::from([(first.clone(), None)]);
        let mut open = VecDeque::from([first]);
        while let Some(world) = open.pop_front() {
            let steps = self.steps(&world);
            let finished = world.replicas.iter().zip(self.scripts).all(|(r, script)| r.call >= script.len());
            if steps.is_empty() && !finished {
                return Err(format!("nothing can happen any more: {world:?}"));
            }
            for (what, next) in steps {
                match next {
                    Ok(next) if !came_from.contains_key(&next) => {
                        came_from.insert(next.clone(), Some((world.clone(), what)));
                        open.push_back(next);
                    }
                    Ok(_) => {}
                    Err(wrong) => {
                        let mut way = vec![what, wrong.to_owned()];
                        let mut at = &world;
                        while let Some(Some((before, what))) = came_from.get(at) {
                            way.insert(0, what.clone());
                            at = before;
                        }
                        return Err(way.join("\n  "));
                    }
                }
            }
        }
        Ok(came_from.len())
    }
}

const SCRIPTS: [&[&[Call]]; 4] = [
    &[&[Withdraw], &[Disclose, Disclose], &[Disclose, Disclose]],
    &[&[Withdraw, Record], &[Disclose, Disclose], &[Disclose]],
    &[&[Disclose, Withdraw], &[Disclose, Record], &[Disclose]],
    &[&[Withdraw, Disclose], &[Record, Disclose], &[Withdraw]],
];

#[test]
fn in_every_order_of_all_steps_of_three_replicas_that_may_die_the_barrier_holds() {
    for scripts in SCRIPTS {
        let worlds =
            Model { scripts, without: Without::Nothing }.explore(2).unwrap_or_else(|way| panic!("{way}"));
        println!("{scripts:?}: {worlds} worlds, the barrier holds in each");
        assert!(worlds > 10_000);
    }
}

#[test]
fn without_any_one_of_its_parts_the_barrier_does_not_hold() {
    for without in [Without::Check, Without::CheckUnderLock, Without::Lock] {
        let broken = |scripts: &&[&[Call]]| Model { scripts, without }.explore(0).err();
        let way = SCRIPTS.iter().find_map(broken).unwrap_or_else(|| panic!("{without:?} is not missed"));
        println!("without {without:?}:\n  {way}");
    }
}
