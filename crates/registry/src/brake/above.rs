//! Which office stands above another: by the regions, and nothing else.

use mingma_domain::Region;

/// Whether an office of a region stands above those of another: its region lies around the other. The deployment's own region, which is the
/// authority's, has none above it: what its offices do they do beside one another.
#[must_use]
pub fn is_above(office: Region, other: Region, top: Option<Region>) -> bool {
    (office != other && other.is_in(office)) || is_top(office, top)
}

/// Whether a region has none above it in a deployment.
pub(crate) fn is_top(office: Region, top: Option<Region>) -> bool {
    top.is_some_and(|top| top.is_in(office))
}

/// Whether an office of a region is one that may do something about another.
///
/// # Errors
/// For whoever is told who may: the least region around the other whose office is one; the deployment's own, if none of them is.
pub(crate) fn or_least(
    office: Region,
    (other, top): (Region, Option<Region>),
    may: impl Fn(Region) -> bool,
) -> Result<(), Region> {
    if may(office) { Ok(()) } else { Err(least_around(other, top, may)) }
}

fn least_around(other: Region, top: Option<Region>, may: impl Fn(Region) -> bool) -> Region {
    other.ancestors().find(|office| may(*office)).or(top).unwrap_or(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(code: &str) -> Region {
        code.parse().unwrap()
    }

    #[test]
    fn an_office_stands_above_what_lies_within_its_region_and_the_topmost_beside_itself() {
        let top = Some(region("410000"));
        for (office, other, above) in [
            ("410100", "410100", false),
            ("410105", "410100", false),
            ("410200", "410100", false),
            ("410100", "410105", true),
            ("410000", "410100", true),
            ("410000", "410000", true),
            ("410000", "CN", true),
            ("CN", "410000", true),
            ("410100", "410000", false),
            ("110000", "410100", false),
        ] {
            assert_eq!(is_above(region(office), region(other), top), above, "{office} above {other}");
        }
        let alone = is_above(region("410000"), region("410000"), None);
        assert!(!alone, "where nothing says what the topmost region is, nobody is it");
        let least =
            |other, top| least_around(region(other), top, |office| is_above(office, region(other), top));
        assert_eq!(least("410105", top), region("410100"));
        assert_eq!(least("410100", top), region("410000"));
        assert_eq!(least("410000", top), region("410000"));
        assert_eq!(least("CN", top), region("CN"));
    }
}
