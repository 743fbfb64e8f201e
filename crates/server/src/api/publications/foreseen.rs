//! What a draft would do, as everybody may read it: what is small is withheld.

use mingma_domain::Region;
use mingma_registry::brake::{Preview, RegionPreview};
use mingma_registry::digest;
use serde::Serialize;
use utoipa::ToSchema;

/// What a draft would do in a region.
#[derive(Debug, Serialize, ToSchema)]
pub struct Foreseen {
    /// Where they live.
    #[schema(value_type = String)]
    region: Region,
    /// How many live there; null if they are few, or if few would stay as they are.
    #[schema(required)]
    persons: Option<u64>,
    /// How many would be worse off, by a stricter status or for longer; null if they are few.
    #[schema(required)]
    worse: Option<u64>,
    /// How many would be better off; null if they are few.
    #[schema(required)]
    better: Option<u64>,
    /// How many were foreseen to be worse off by what was published alone before, since a second office last agreed, in whole tens; null if they are few.
    #[schema(required)]
    alone: Option<u64>,
}

/// By region.
pub(super) fn foreseen(preview: &Preview) -> Vec<Foreseen> {
    preview.regions.iter().map(withheld).collect()
}

/// What is small is withheld; and how many live there, where the few for whom nothing changes would follow from it.
fn withheld(of: &RegionPreview) -> Foreseen {
    // Of how many of the worse it is only for longer is not told: with two such numbers a small one would follow.
    let RegionPreview { region, persons, worse, longer: _, better, alone } = *of;
    let unchanged = persons.saturating_sub(worse).saturating_sub(better);
    let persons = digest::told(persons).filter(|_| digest::told(unchanged).is_some());
    Foreseen {
        region,
        persons,
        worse: digest::told(worse),
        better: digest::told(better),
        // A sum of numbers of which some were withheld.
        alone: digest::told(alone).map(|alone| alone - alone % digest::SMALL_CELL),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_reads_no_small_number_of_a_draft_and_none_from_which_one_follows() {
        let of = |persons, worse, better| {
            let region = "410105".parse().unwrap();
            let Foreseen { persons, worse, better, .. } =
                withheld(&RegionPreview { region, persons, worse, longer: 0, better, alone: 0 });
            (persons, worse, better)
        };
        assert_eq!(of(1_000, 9, 0), (Some(1_000), None, Some(0)));
        assert_eq!(of(1_000, 10, 9), (Some(1_000), Some(10), None));
        assert_eq!(of(100, 91, 0), (None, Some(91), Some(0)), "nine would stay as they are");
        assert_eq!(of(100, 90, 0), (Some(100), Some(90), Some(0)));
        assert_eq!(
            of(100, 60, 40),
            (Some(100), Some(60), Some(40)),
            "and where nobody would, nobody is shown"
        );
        assert_eq!(of(9, 9, 0), (None, None, Some(0)));
    }
}
