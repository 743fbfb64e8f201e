//! What one decision of the policy costs, with what it is decided by: permitted, and refused for each reason; asked of the
//! policies anew with its entities, and remembered, as every decision but the first of its case is.
//!
//! `cargo bench -p mingma-registry` prints a table in CPU time.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints and may fail by panicking")]

use std::hint::black_box;

use cpu_time::ProcessTime;
use mingma_domain::Region;
use mingma_domain::fact::Issuer;
use mingma_registry::acts::{Allow, Assess, ExamineAppeal, OwnDisputes, Publish};
use mingma_registry::policy::{Actor, Office, Purpose, Wish, ask_anew, authorize};
use mingma_registry::{AppealId, Denied, PersonId};

const ROUNDS: u32 = 500_000;
/// A decision that is asked anew costs a thousand remembered ones.
const ROUNDS_ANEW: u32 = 5_000;

fn measure<W: Wish + Clone>(what: &str, actor: &Actor, purpose: Purpose, wish: &W, expected: Option<Denied>) {
    assert_eq!(authorize(actor.clone(), purpose, wish.clone()).err(), expected, "{what}");
    let start = ProcessTime::now();
    for _ in 0..ROUNDS {
        // The actor and the wish are made anew, as a request makes them.
        let _decided = black_box(authorize(black_box(actor.clone()), purpose, black_box(wish.clone())));
    }
    let remembered = start.elapsed().as_nanos() / u128::from(ROUNDS);
    let start = ProcessTime::now();
    for _ in 0..ROUNDS_ANEW {
        let _decided = black_box(ask_anew(black_box(actor), purpose, black_box(wish)));
    }
    let anew = start.elapsed().as_nanos() / u128::from(ROUNDS_ANEW);
    println!("{what:<48} {remembered:>6} ns remembered {anew:>8} ns asked anew");
}

fn main() {
    let person = PersonId::new([7; 16]);
    let region: Region = "410105".parse().unwrap();
    let official = |office, region: &str| Actor::Official {
        staff: "staff-7".parse().unwrap(),
        office,
        region: region.parse().unwrap(),
    };
    let issuer: Issuer = "cdc:410100".parse().unwrap();
    let (resident, look) = (Actor::Resident(person), Assess { person });
    measure("a resident looks at the own status", &resident, Purpose::SelfService, &look, None);
    let arbiter = official(Office::Appeals, "410100");
    let case = ExamineAppeal { person, appeal: AppealId::from_bytes([7; 16]) };
    measure("an appeals office looks at a person", &arbiter, Purpose::Redress, &case, None);
    let own = OwnDisputes { issuer: issuer.clone(), after: None, limit: 9 };
    measure("an institution reads its disputes", &Actor::Institution(issuer), Purpose::Redress, &own, None);
    let publish = Publish { region, rules: String::new(), examples: String::new() };
    let commission = official(Office::HealthCommission, "410000");
    measure("a province publishes for a district", &commission, Purpose::Publication, &publish, None);
    let elsewhere = official(Office::HealthCommission, "110000");
    measure(
        "refused: of another province",
        &elsewhere,
        Purpose::Publication,
        &publish,
        Some(Denied::Elsewhere),
    );
    let allow = Allow { region, alarm: 1 };
    let community = official(Office::Community, "410105");
    let refused = authorize(community.clone(), Purpose::OutbreakControl, allow).err();
    measure("refused: the role may not", &community, Purpose::OutbreakControl, &allow, refused);
}
