//! The one place where a panic is caught: the Parquet library asserts on some files where it ought to refuse them.
//!
//! One flipped byte of the metadata is enough (a negative offset, for one). A damaged file is bad input, and bad input
//! gets an error; so a panic of the library becomes one, and is not printed. What panicked is never used again: the
//! fault ends the reading.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

use parquet::errors::Result;

use crate::table::fault::FileFault;

/// What the library answers, its panics included.
///
/// # Errors
/// [`FileFault::Parquet`].
pub(super) fn guarded<T>(ask: impl FnOnce() -> Result<T>) -> std::result::Result<T, FileFault> {
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let answer = catch_unwind(AssertUnwindSafe(ask));
    set_hook(hook);
    match answer {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => {
            let message = error.to_string();
            Err(FileFault::Parquet(message.strip_prefix("Parquet error: ").unwrap_or(&message).to_owned()))
        }
        Err(_) => Err(FileFault::Parquet("it is damaged".to_owned())),
    }
}
