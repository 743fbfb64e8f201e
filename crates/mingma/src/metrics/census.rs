//! What is told of the census: how far it is behind, and how many were told what. Numbers of persons, and nobody.

use std::fmt::{self, Debug};
use std::sync::Arc;

use mingma_registry::Clock;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;

use super::{counter, gauge, signed};
use crate::living::Living;

pub(super) struct Census {
    pub(super) living: Arc<Living>,
    pub(super) clock: Arc<dyn Clock>,
}

impl Debug for Census {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Census")
    }
}

impl Collector for Census {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let state = self.living.state();
        let help = "Whether there is a census: 1, or 0 while it is built and when it cannot be kept current";
        gauge(&mut encoder, "mingma_census_up", help, i64::from(state.is_up))?;
        if let Some(persons) = state.persons {
            gauge(&mut encoder, "mingma_census_persons", "Persons in the census", signed(persons))?;
            let help = "Persons whom the census's columns do not speak for yet";
            gauge(&mut encoder, "mingma_census_later", help, signed(state.later))?;
        }
        let help = "The place of the feed up to which everything is in the census";
        gauge(&mut encoder, "mingma_census_place", help, signed(state.place))?;
        if let Some(at) = state.current {
            let help = "Since when something may be known that the census has not taken in";
            let lag = self.clock.now().duration_since(at).as_secs().max(0);
            gauge(&mut encoder, "mingma_census_lag_seconds", help, lag)?;
        }
        let help =
            "Changes of status that people are to be told of, and persons whose codes are to be looked at";
        gauge(&mut encoder, "mingma_transitions_waiting", help, signed(state.waiting))?;
        let help =
            "Entries that make somebody worse and wait for the log's witnesses, who have not signed them";
        gauge(&mut encoder, "mingma_unwitnessed_waiting", help, signed(state.unwitnessed))?;
        counter(&mut encoder, "mingma_census_folds", "How often the census was folded", state.folded)?;
        counter(&mut encoder, "mingma_census_builds", "How often the census was built", state.begun)?;
        let help = "Changes of status that people were told of since the start, by what made them and whether the person may do less or more";
        let mut told = encoder.encode_descriptor("mingma_transitions", help, None, MetricType::Counter)?;
        for (moved, count) in state.told {
            let direction = if moved.is_worse { "worse" } else { "better" };
            let labels = [("cause", moved.by.word()), ("direction", direction)];
            ConstCounter::new(count).encode(told.encode_family(&labels)?)?;
        }
        Ok(())
    }
}
