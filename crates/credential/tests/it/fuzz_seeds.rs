//! The fuzz targets' entries over some thousands of mutations of good inputs, in the ordinary test run.

use mingma_credential::envelope;
use mingma_credential::status::Color;
use mingma_credential::status_list::{StatusList, Width, token};
use mingma_credential::trust::file::{Edition, sign};

use crate::fuzz_entries;
use crate::support::{House, NOON, Seeded, full_order};

const SEED: u64 = 20_220_613;
const MUTATIONS: usize = 3_000;

type Entry = fn(&[u8]);

#[test]
fn the_fuzz_entries_hold_over_seeded_mutations() {
    let house = House::new(81);
    let shown = house.shown(&full_order(Color::Green), NOON);
    let paper = house.paper(&full_order(Color::Red));
    let list = StatusList::new(Width::Two, 500).unwrap();
    let list = token::sign(&list, 7, &house.issuer(), NOON, 60).unwrap();
    let edition = Edition { number: 1, issued_at: NOON, next_update: NOON.plus(9) };
    let trust = mingma_credential::TrustList::of_entries(vec![]);
    let trust = sign(&trust, edition, &house.key, &house.certificate).unwrap();
    let token = envelope::open(&shown).unwrap();
    let der = house.certificate.as_der().to_vec();

    eprintln!("seed {SEED}, {MUTATIONS} mutations of each input");
    let mut chance = Seeded(SEED);
    let entries: [(Entry, Vec<Vec<u8>>); 5] = [
        (fuzz_entries::text, vec![shown.into_bytes(), paper.into_bytes()]),
        (fuzz_entries::token, vec![token.clone()]),
        (fuzz_entries::status_list, vec![list, token.clone()]),
        (fuzz_entries::trust_list, vec![trust, token]),
        (fuzz_entries::certificate, vec![der]),
    ];
    for (entry, seeds) in entries {
        entry(&[]);
        for seed in seeds {
            entry(&seed);
            for _ in 0..MUTATIONS {
                entry(&mutate(&seed, &mut chance));
            }
        }
    }
}

/// One to four changes: a bit, a byte, a cut, a doubled piece, an inserted byte.
fn mutate(seed: &[u8], chance: &mut Seeded) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len().max(1));
        let byte = chance.next().to_le_bytes()[0];
        match (chance.below(5), bytes.get_mut(at)) {
            (0, Some(old)) => *old ^= 1 << (byte % 8),
            (1, Some(old)) => *old = byte,
            (2, _) => bytes.truncate(at),
            (3, _) => {
                let end = (at + chance.below(40)).min(bytes.len());
                let piece = bytes[at.min(end)..end].to_vec();
                bytes.extend_from_slice(&piece);
            }
            _ => bytes.insert(at.min(bytes.len()), byte),
        }
    }
    bytes
}
