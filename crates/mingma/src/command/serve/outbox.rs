//! The outbox's loop: what is due is handed to the channels, several at once, until the program ends.
//!
//! Nothing is held here: what waits stands in the store, so a restart goes on where it was. A notice that is under way when the
//! program is killed is handed over again under its id.

use std::sync::Arc;
use std::time::Duration;

use mingma_registry::Notifier;
use mingma_registry::acts::hand_over;
use mingma_server::App;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How many notices are handed over at once: a gateway that takes 200 ms then takes 80 a second.
const AT_ONCE: u32 = 16;
/// How long the loop rests when nothing is due: a code is on its way within the second.
const REST: Duration = Duration::from_secs(1);
/// How long it rests when the store cannot say.
const REST_AFTER_TROUBLE: Duration = Duration::from_secs(10);

/// Delivers until `ends` says so, and finishes what is under way.
pub(crate) async fn run(app: App, channel: Arc<dyn Notifier>, mut ends: watch::Receiver<bool>) {
    while !*ends.borrow() {
        let rest = match round(&app, &channel).await {
            Ok(0) => REST,
            // More may be due.
            Ok(_) => continue,
            Err(()) => REST_AFTER_TROUBLE,
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            changed = ends.changed() => if changed.is_err() { return },
        }
    }
}

/// Hands over what is due, at most so many; says how many there were.
async fn round(app: &App, channel: &Arc<dyn Notifier>) -> Result<usize, ()> {
    let registry = app.registry();
    let due = registry.store().due(registry.now(), AT_ONCE).await;
    let due = due.map_err(|error| tracing::error!(%error, "the outbox cannot be read"))?;
    let count = due.len();
    let mut under_way = JoinSet::new();
    for (notice, attempts) in due {
        let (app, channel) = (app.clone(), Arc::clone(channel));
        under_way.spawn(async move { hand_over(app.registry(), &*channel, &notice, attempts).await });
    }
    let mut trouble = false;
    while let Some(done) = under_way.join_next().await {
        if !matches!(done, Ok(Ok(_))) {
            tracing::error!("what became of a notice could not be noted; it is handed over again");
            trouble = true;
        }
    }
    if trouble { Err(()) } else { Ok(count) }
}
