//! Properties over many random worlds, from a seed that is printed when one fails.
//!
//! The seed is fixed, so that two runs of the tests see the same worlds; `PROPTEST_RNG_SEED` names another one, and
//! `PROPTEST_CASES` scales the number of worlds (256 is one time). No file of regressions is written: a world that
//! failed once is written down as a test of its own.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

/// The seed of a run that names no other: the day on which the depositors of Zhengzhou were turned red.
pub const SEED: u64 = 20_220_613;

/// What a property answers for one world.
pub type Answer = Result<(), TestCaseError>;

/// Holds `test` over `cases` values of `strategy`, and tells how many there were.
///
/// # Panics
/// If it fails for one of them, with the seed and the smallest such value that was found.
pub fn property<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> Answer) -> u32 {
    let given = Config::default();
    let seed = match given.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => SEED,
    };
    let cases = cases.saturating_mul(given.cases) / DEFAULT_CASES;
    let config = Config { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..given };
    let found = TestRunner::new(config).run(strategy, test);
    assert!(found.is_ok(), "with PROPTEST_RNG_SEED={seed}: {}", found.unwrap_err());
    cases
}

/// What the library takes for «one time».
const DEFAULT_CASES: u32 = 256;
