//! What a page needs of the signed code: a checkpoint that judges, a phone that proves and shows, a camera
//! that reads. The verifier is `mingma-credential`'s own, so that the command line and the browser cannot
//! come to differ.
//!
//! `mingma-wasm` builds this crate for `wasm32-unknown-unknown` as a module that imports nothing: it cannot
//! reach a network, a clock, a store or chance, and knows only what a call hands it. `js/mingma.js` is the
//! page's side of the [`abi`].
//!
//! # How a call goes
//!
//! The page asks for a buffer, writes its bytes into it, and calls with the buffer's number. A call lets go
//! of the buffers it was given and answers with the number of a new one, positive if it holds the answer,
//! negative if it holds a [`Refusal`] as JSON, 0 if there is no room. No call takes an address or a length
//! that it would have to believe: a wrong number is a refusal.

pub mod abi;
mod camera;
mod checkpoint;
mod desk;
pub mod limits;
mod phone;
mod refusal;

pub use camera::{Frame, read_qr};
pub use checkpoint::{Checkpoint, Holdings};
pub use desk::{Answer, BufferId, CheckpointId, Desk};
pub use phone::{Redundancy, proof_to_sign, qr, qr_svg, with_proof};
pub use refusal::{Code, Refusal, instant};
