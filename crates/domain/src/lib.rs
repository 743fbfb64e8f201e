//! Facts, published rules and the assessment of one person.
//!
//! Everything that Mingma means is here, and only here: the closed vocabulary of facts ([`fact`]), regions and
//! their risk levels ([`region`], [`risk`]), rulesets ([`ruleset`]) and the one function that turns them into a
//! status ([`assess()`]).
//!
//! What is absent matters most: there is no I/O, no clock, no chance and no configuration in this crate, and no
//! type in it that would let anybody *set* a colour. [`assess::Status`] has no public constructor; the only way to
//! get one is to assess facts under a ruleset.

pub mod assess;
pub mod document;
pub mod fact;
pub mod region;
pub mod retention;
pub mod risk;
pub mod ruleset;
pub mod text;
pub mod time;
pub mod words;

pub use assess::{Status, assess};
pub use fact::Fact;
pub use region::Region;
pub use risk::RiskMap;
pub use ruleset::Ruleset;
pub use time::{Day, Moment};
