//! Mingma over HTTP: the API with its description, and the pages.
//!
//! [`router`] is the table of contents. Everything that anybody can do is one file: `api/<resource>/<verb>.rs` for
//! programs, `pages/<page>.rs` for people. A handler reads what was sent, asks the policy, calls one act of the
//! registry and writes the answer; it decides nothing. Past this crate no text is an id, a date or a code.
//!
//! What is absent: SQL and files (the [`App`] is given everything), a clock (the registry's counts), and any way to set a
//! colour.

mod address;
mod alike;
pub mod api;
mod app;
mod arrival;
mod body;
mod caller;
mod challenge;
mod cookie;
mod cosigner;
mod csrf;
mod describe;
mod door;
mod ended;
mod gate;
mod guard;
mod headers;
mod known;
mod limited;
mod limiter;
mod limits;
mod list;
mod meters;
pub mod notices;
pub mod pages;
mod problem;
mod public;
mod rest;
mod router;
mod serve;
mod session;
mod still;
mod task;
mod text;
mod words;

pub use app::{App, Assets, Kept, LogDamaged, LogFiles, Settings, Trust, TrustKeeper};
pub use caller::{Caller, Whom};
pub use cosigner::{Cosigned, Cosigner, cosigner};
pub use guard::{Stopwatch, guarded};
pub use meters::{Meters, metrics};
pub use problem::Problem;
pub use router::{openapi, router};
pub use serve::{Limits, ServeError, serve};
pub use session::{Session, SessionId, SessionKey, Who};
pub use text::Texts;
