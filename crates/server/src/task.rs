//! An act runs in a task of its own, so that a client that hangs up cannot cut it between two of its steps.

use crate::problem::Problem;

/// Runs an act to its end, whether or not anybody still waits for the answer.
///
/// # Errors
/// A [`Problem`] if the act broke off: what it had kept by then is kept whole, and the same request may be sent again.
pub(crate) async fn to_the_end<T: Send + 'static>(
    act: impl Future<Output = T> + Send + 'static,
) -> Result<T, Problem> {
    tokio::spawn(act).await.map_err(|_| Problem::broken())
}
