//! What the callers of one client ask: drawn from the seed, so that much happens at once and everything changes.

use crate::client::{Call, FIELDS, Id, Person};
use crate::random::Random;

/// How one history begins: so that, most often, there is something to withdraw.
pub fn beginning(random: &mut Random, young: bool, next: &mut Id) -> Vec<Call> {
    if random.chance(10) {
        return vec![];
    }
    let second_parent = random.chance(70);
    let mut calls = vec![Call::Register { second_parent }];
    if random.chance(90) {
        let id = take(next);
        calls.push(Call::Permit { id, single_use: random.chance(15) });
        if young {
            calls.push(Call::Grant { id, by: Person::FirstParent });
            calls.extend(second_parent.then_some(Call::Grant { id, by: Person::SecondParent }));
        }
    }
    calls
}

/// What a caller asks next; `next` is the number of the next consent, and `asked` that of the next request.
pub fn next(random: &mut Random, young: bool, next: &mut Id, asked: &mut u8) -> Call {
    // Of a consent that there may be; now and then one that there is not.
    let any = |random: &mut Random, next: Id| random.below(usize::from(next) + 1) as Id;
    let somebody = |random: &mut Random| match (young, random.below(3)) {
        (true, 1) => Person::FirstParent,
        (true, 2) => Person::SecondParent,
        _ => Person::Client,
    };
    match random.below(100) {
        42..50 => Call::Preview,
        50..56 => Call::List,
        56..72 => Call::Withdraw {
            id: any(random, *next),
            by: somebody(random),
            only: random.maybe(35, |random| random.one(&FIELDS)),
        },
        72..84 => Call::Permit { id: take(next), single_use: random.chance(20) },
        84..88 => Call::Object { id: take(next) },
        88..96 if young => Call::Grant { id: any(random, *next), by: somebody(random) },
        96.. => Call::Register { second_parent: random.chance(50) },
        _ => Call::Disclose { request: take(asked) },
    }
}

fn take(next: &mut u8) -> u8 {
    *next += 1;
    *next - 1
}
