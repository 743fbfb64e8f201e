//! What is long and can wait, on a thread of its own to which the machine prefers every other: acts come first.

use tokio::sync::oneshot;

use super::news::{Trouble, census};

/// By how much it is put behind, of nineteen: beside threads that are busy it gets about a tenth of a core, and a core that
/// nobody wants it gets whole.
const BEHIND: i32 = 10;

/// Does a job aside, and gives what it gives.
///
/// # Errors
/// [`Trouble::Census`] if the system gives no thread, or the job broke off.
pub(super) async fn aside<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> Result<T, Trouble> {
    let (done, doing) = oneshot::channel();
    // A thread that once stepped back may not come forward again, so it is not one of those that others use.
    std::thread::Builder::new()
        .name("census".to_owned())
        .spawn(move || {
            // Where the system does not let it, it is a thread like the others.
            let _stepped_back = rustix::process::nice(BEHIND);
            let _nobody_waits = done.send(job());
        })
        .map_err(census)?;
    doing.await.map_err(census)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How far this thread is put behind: the nineteenth field, counted behind the name in brackets.
    fn nice() -> i32 {
        let told = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        told.rsplit(')').next().unwrap().split_whitespace().nth(16).unwrap().parse().unwrap()
    }

    #[tokio::test]
    async fn what_is_long_is_done_by_a_thread_that_yields_to_the_acts() {
        let here = nice();
        assert_eq!(aside(nice).await.unwrap(), (here + BEHIND).min(19));
        assert_eq!(nice(), here, "whoever asked for it is not put behind");
    }
}
