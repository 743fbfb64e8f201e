//! The outbox's loop: what is due is handed to the channels, several at once, until the program ends.
//!
//! Nothing is held here: what waits stands in the store, so a restart goes on where it was. A notice that is under way when the
//! program is killed is handed over again under its id. Each that is done makes place for the next, and some places are kept for
//! codes: when many are told of a change, whoever signs in because of it does not wait behind them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use mingma_registry::acts::hand_over;
use mingma_registry::row::Notice;
use mingma_registry::{NoticeId, Notifier};
use mingma_server::App;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How many notices are handed over at once: a gateway that takes 200 ms then takes 80 a second.
const AT_ONCE: usize = 16;
/// How many of these places are for codes alone.
const FOR_CODES: usize = 4;
/// How long the loop rests when nothing else is due: a code is on its way within the second.
const REST: Duration = Duration::from_secs(1);
/// How long it rests when the store cannot say.
const REST_AFTER_TROUBLE: Duration = Duration::from_secs(10);

/// What is handed over now, and whether each is a code.
#[derive(Default)]
struct UnderWay {
    tasks: JoinSet<(NoticeId, bool)>,
    codes: BTreeMap<NoticeId, bool>,
}

impl UnderWay {
    /// Whether there is a place for a notice; none twice.
    fn has_place_for(&self, notice: &Notice) -> bool {
        let others = self.codes.values().filter(|is_code| !**is_code).count();
        let has_place = self.codes.len() < AT_ONCE && (notice.kind.is_code() || others < AT_ONCE - FOR_CODES);
        has_place && !self.codes.contains_key(&notice.id)
    }

    /// Begins with whatever is due and has a place.
    async fn fill(&mut self, app: &App, channel: &Arc<dyn Notifier>) -> Result<(), ()> {
        let registry = app.registry();
        // What is under way is still due: as many again are asked for.
        let most = u32::try_from(2 * AT_ONCE).unwrap_or(u32::MAX);
        let due = registry.store().due(registry.now(), most).await;
        for (notice, attempts) in due.map_err(|error| tracing::error!(%error, "the outbox cannot be read"))? {
            if !self.has_place_for(&notice) {
                continue;
            }
            self.codes.insert(notice.id, notice.kind.is_code());
            let (app, channel) = (app.clone(), Arc::clone(channel));
            self.tasks.spawn(async move {
                let done = hand_over(app.registry(), &*channel, &notice, attempts).await;
                (notice.id, done.is_ok())
            });
        }
        Ok(())
    }

    /// One is done; never while none is under way. An error if nobody noted what became of it.
    async fn done(&mut self) -> Result<(), ()> {
        let Some(done) = self.tasks.join_next().await else { return std::future::pending().await };
        if let Ok((notice, _)) = &done {
            self.codes.remove(notice);
        } else {
            // A task that broke off does not say whose it was: those that are left are looked up anew when all have ended.
            while self.tasks.join_next().await.is_some() {}
            self.codes.clear();
        }
        if matches!(done, Ok((_, true))) {
            return Ok(());
        }
        tracing::error!("what became of a notice could not be noted; it is handed over again");
        Err(())
    }
}

/// Delivers until `ends` says so, and finishes what is under way.
pub(crate) async fn run(app: App, channel: Arc<dyn Notifier>, mut ends: watch::Receiver<bool>) {
    let mut under_way = UnderWay::default();
    let mut rest = Duration::ZERO;
    while !*ends.borrow() {
        let trouble = tokio::select! {
            changed = ends.changed() => if changed.is_err() { break } else { continue },
            done = under_way.done(), if !under_way.tasks.is_empty() => done.is_err(),
            () = tokio::time::sleep(rest) => false,
        };
        rest =
            if trouble || under_way.fill(&app, &channel).await.is_err() { REST_AFTER_TROUBLE } else { REST };
    }
    while under_way.tasks.join_next().await.is_some() {}
}

#[cfg(test)]
mod tests {
    use mingma_registry::PersonId;
    use mingma_registry::words::NoticeKind;

    use super::*;

    fn notice(n: u8, kind: NoticeKind) -> Notice {
        let created = jiff::Timestamp::UNIX_EPOCH;
        let id = NoticeId::new(created, [n; 10]);
        Notice { person: PersonId::new([n; 16]), id, kind, about: [n; 16], created }
    }

    #[tokio::test]
    async fn a_code_finds_a_place_where_others_do_not_and_none_is_under_way_twice() {
        let mut under_way = UnderWay::default();
        let mut taken = |kind: NoticeKind| {
            (0..=u8::MAX)
                .map(|n| notice(n, kind))
                .filter(|notice| {
                    let has_place = under_way.has_place_for(notice);
                    if has_place {
                        under_way.codes.insert(notice.id, kind.is_code());
                    }
                    has_place
                })
                .count()
        };
        assert_eq!(taken(NoticeKind::StatusChanged), AT_ONCE - FOR_CODES);
        assert_eq!(taken(NoticeKind::StatusChanged), 0);
        assert_eq!(taken(NoticeKind::SignInCode), FOR_CODES);
        assert_eq!(taken(NoticeKind::AssistanceCode), 0);
    }
}
