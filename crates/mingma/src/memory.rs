//! Memory: large work begins only where it will do, and what it has let go of is given back to the machine.
//!
//! The allocator of glibc keeps what was freed below something that is still held: after a census was built, 80 of 136 MB with 400,000
//! residents. It gives it back when it is asked to; that takes some milliseconds, so it is asked after large work alone.

use mingma_census::{Need, Refusal};

/// Refuses work before it begins, if it needs more than so many free bytes; where the system does not tell, nothing is refused.
///
/// # Errors
/// [`Refusal::NotEnoughMemory`], which says what it needs.
pub(crate) fn enough(need: Need, free: Option<u64>) -> Result<(), Refusal> {
    free.map_or(Ok(()), |free| need.within(free).map(|_| ()))
}

/// Gives back what nothing holds any more.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the allocator is asked by a function of C")]
pub(crate) fn give_back() {
    // SAFETY: it takes no pointer, touches nothing that is held, and any thread may call it at any time.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Other allocators give back by themselves, or cannot be asked.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) const fn give_back() {}
