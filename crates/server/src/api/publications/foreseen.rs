//! What a draft would do, as everybody may read it: in whole tens, and what is small is withheld.

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
    /// How many live there, in whole tens; null if they are few.
    #[schema(required)]
    persons: Option<u64>,
    /// How many would be worse off, by a stricter status or for longer, at once or on a day to come, in whole tens; null if they are few.
    #[schema(required)]
    worse: Option<u64>,
    /// How many would be better off, in whole tens; null if they are few.
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

/// In whole tens, of the very numbers that stand in the act and in its entry: to them two offices agree, and by them the share is judged.
fn withheld(of: &RegionPreview) -> Foreseen {
    // Of how many of the worse it is only for longer, or only later, is not told: with two such numbers a small one would follow.
    let RegionPreview { region, persons, worse, longer: _, later: _, better, alone } = *of;
    let [persons, worse, better, alone] = [persons, worse, better, alone].map(digest::told);
    Foreseen { region, persons, worse, better, alone }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_reads_no_small_number_of_a_draft_and_none_from_which_one_follows() {
        let of = |persons, worse, better| {
            let region = "410105".parse().unwrap();
            let Foreseen { persons, worse, better, alone, .. } = withheld(&RegionPreview {
                region,
                persons,
                worse,
                longer: 0,
                later: 0,
                better,
                alone: worse,
            });
            assert_eq!(alone, worse);
            [persons, worse, better]
        };
        assert_eq!(of(1_009, 9, 0), [Some(1_000), None, Some(0)]);
        assert_eq!(of(1_000, 10, 9), [Some(1_000), Some(10), None]);
        assert_eq!(of(9, 9, 0), [None, None, Some(0)]);
        // How many would stay as they are is one of ten numbers at least.
        for unchanged in 0..10 {
            let [Some(persons), Some(worse), Some(0)] = of(91 + unchanged, 91, 0) else { panic!("withheld") };
            let (least, most) = (persons.saturating_sub(worse + 9), persons + 9 - worse);
            assert!((least..=most).contains(&unchanged) && most - least >= 9, "{least} to {most}");
        }
        // Nor is one person had by foreseeing the same before and after something was recorded about somebody.
        assert_eq!(of(1_000, 25, 0), of(1_000, 26, 0));
    }
}
