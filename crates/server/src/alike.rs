//! Answers that must not tell who is here by how long they take.

use std::time::Duration;

/// How long such an answer takes at least. A request that finds nobody reads one row; one that finds somebody waits for the
/// disk once or twice, which takes a few milliseconds and under load some tens. A quarter of a second hides both, and
/// nobody who types a code feels it.
pub(crate) const AT_LEAST: Duration = Duration::from_millis(250);

/// Gives an answer no sooner than after [`AT_LEAST`].
pub(crate) async fn alike<T>(answer: impl Future<Output = T>) -> T {
    let (answer, ()) = tokio::join!(answer, tokio::time::sleep(AT_LEAST));
    answer
}
