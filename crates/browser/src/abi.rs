//! The exported functions of the module: each is one call at the one [`Desk`] of the page.
//!
//! Nothing in this file follows an address: the page is told where a buffer lies and reads and writes there
//! itself, within its own module's memory. The exception to the workspace's lint is for the attribute that
//! gives a function its name in the module.

#![expect(
    unsafe_code,
    reason = "an exported name is an unsafe attribute; no unsafe operation is in this file"
)]

use std::cell::RefCell;

use crate::desk::{Answer, BufferId, CheckpointId, Desk};

thread_local! {
    static DESK: RefCell<Desk> = const { RefCell::new(Desk::new()) };
}

/// No call of the desk comes back here, so the desk is always free.
fn desk<T>(call: impl FnOnce(&mut Desk) -> T) -> T {
    DESK.with_borrow_mut(call)
}

/// See [`Desk::buffer`].
#[unsafe(no_mangle)]
pub extern "C" fn mingma_buffer(length: u32) -> BufferId {
    desk(|desk| desk.buffer(length))
}

/// Where a buffer lies in the module's memory, until the next call; for a number that is none, nowhere useful.
#[unsafe(no_mangle)]
pub extern "C" fn mingma_buffer_at(buffer: BufferId) -> *mut u8 {
    desk(|desk| desk.bytes(buffer).as_mut_ptr())
}

/// How long a buffer is; 0 for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn mingma_buffer_length(buffer: BufferId) -> u32 {
    // INVARIANT: no text or list that is answered comes near 2³² bytes.
    desk(|desk| u32::try_from(desk.bytes(buffer).len()).unwrap_or(0))
}

/// See [`Desk::free`].
#[unsafe(no_mangle)]
pub extern "C" fn mingma_buffer_free(buffer: BufferId) {
    desk(|desk| desk.free(buffer));
}

/// See [`Desk::checkpoint`].
#[unsafe(no_mangle)]
pub extern "C" fn mingma_checkpoint() -> CheckpointId {
    desk(Desk::checkpoint)
}

/// See [`Desk::close`].
#[unsafe(no_mangle)]
pub extern "C" fn mingma_checkpoint_free(checkpoint: CheckpointId) {
    desk(|desk| desk.close(checkpoint));
}

/// See [`Desk::set_trust`].
#[unsafe(no_mangle)]
pub extern "C" fn mingma_set_trust(
    checkpoint: CheckpointId,
    file: BufferId,
    anchor: BufferId,
    now: f64,
) -> Answer {
    desk(|desk| desk.set_trust(checkpoint, file, anchor, now))
}

/// See [`Desk::add_status_list`].
#[unsafe(no_mangle)]
pub extern "C" fn mingma_add_status_list(checkpoint: CheckpointId, token: BufferId, now: f64) -> Answer {
    desk(|desk| desk.add_status_list(checkpoint, token, now))
}

/// See [`Desk::holdings`].
#[unsafe(no_mangle)]
pub extern "C" fn mingma_holdings(checkpoint: CheckpointId, now: f64) -> Answer {
    desk(|desk| desk.holdings(checkpoint, now))
}

/// See [`Desk::verify`].
#[unsafe(no_mangle)]
pub extern "C" fn mingma_verify(checkpoint: CheckpointId, code: BufferId, now: f64) -> Answer {
    desk(|desk| desk.verify(checkpoint, code, now))
}

/// See [`Desk::proof_to_sign`].
#[unsafe(no_mangle)]
pub extern "C" fn mingma_proof_to_sign(code: BufferId, now: f64) -> Answer {
    desk(|desk| desk.proof_to_sign(code, now))
}

/// See [`Desk::with_proof`].
#[unsafe(no_mangle)]
pub extern "C" fn mingma_with_proof(code: BufferId, now: f64, signature: BufferId) -> Answer {
    desk(|desk| desk.with_proof(code, now, signature))
}

/// See [`Desk::qr`].
#[unsafe(no_mangle)]
pub extern "C" fn mingma_qr(text: BufferId, redundancy: u32) -> Answer {
    desk(|desk| desk.qr(text, redundancy))
}

/// See [`Desk::qr_svg`].
#[unsafe(no_mangle)]
pub extern "C" fn mingma_qr_svg(text: BufferId, redundancy: u32, label: BufferId) -> Answer {
    desk(|desk| desk.qr_svg(text, redundancy, label))
}

/// See [`Desk::read_qr`].
#[unsafe(no_mangle)]
pub extern "C" fn mingma_read_qr(pixels: BufferId, width: u32, height: u32) -> Answer {
    desk(|desk| desk.read_qr(pixels, width, height))
}
