//! Choosing one of the 3,589 regions without script: type a part of its name and look, or look through a province.

use mingma_domain::Region;
use mingma_domain::region::{Level, Standing};
use mingma_domain::text::Lang;

use super::Page;
use super::form::Fields;

/// The most places that are offered for a name: more than fill a phone's screen are not read.
const MAX_OFFERED: usize = 40;

/// The field of a form that takes a region, as far as it has been filled in.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlaceField {
    /// What the names of its fields end in: nothing, but where a form has several.
    ending: String,
    /// What was typed.
    pub(crate) query: String,
    /// The province that was chosen to look through.
    pub(crate) within: String,
    /// The code that was chosen.
    pub(crate) chosen: String,
    /// What is offered.
    pub(crate) offered: Vec<Place>,
    /// Whether something was looked for.
    pub(crate) looked: bool,
}

/// A region as it is offered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// Its code.
    pub(crate) code: &'static str,
    /// Its name within all that it lies in.
    pub(crate) name: String,
}

impl PlaceField {
    /// The field as a form sent it: `place`, `place-name`, `place-within`, each with this ending.
    pub(crate) fn read(fields: &Fields, lang: Lang, ending: String) -> Self {
        let sent = |name: &str| fields.get(&format!("{name}{ending}"));
        let (chosen, query, within) = (sent("place"), sent("place-name"), sent("place-within"));
        let mut offered = offers(query, within, lang);
        if let Ok(region) = chosen.parse::<Region>()
            && !offered.iter().any(|place| place.code == region.code())
        {
            offered.insert(0, Place { code: region.code(), name: region.full_name(lang) });
        }
        let looked = !query.is_empty() || !within.is_empty();
        let (query, within, chosen) = (query.to_owned(), within.to_owned(), chosen.to_owned());
        Self { ending, query, within, chosen, offered, looked }
    }

    /// What the field of this name is called in its form.
    pub(crate) fn id(&self, name: &str) -> String {
        format!("{name}{}", self.ending)
    }

    /// The region that was chosen. One that was typed so that only one is meant needs no second look.
    ///
    /// # Errors
    /// What to do, in the reader's language.
    pub(crate) fn region(&self, page: &Page) -> Result<Region, String> {
        if let Ok(region) = self.chosen.parse() {
            return Ok(region);
        }
        match self.offered.as_slice() {
            [only] => only.code.parse().map_err(|_| page.say("place-choose")),
            [] if self.looked => Err(page.say("place-none")),
            [] => Err(page.say("place-missing")),
            [_, ..] => Err(page.say("place-choose")),
        }
    }

    /// The provinces and countries to look through.
    pub(crate) fn provinces(lang: Lang) -> Vec<Place> {
        let provinces = Region::all()
            .filter(|region| region.level() == Level::Province && region.standing() == Standing::Current);
        provinces.map(|region| Place { code: region.code(), name: region.name(lang).to_owned() }).collect()
    }
}

fn offers(query: &str, within: &str, lang: Lang) -> Vec<Place> {
    let province: Option<Region> = within.parse().ok();
    let typed = !query.trim().is_empty();
    if !typed && province.is_none() {
        return Vec::new();
    }
    let limit = if typed { MAX_OFFERED } else { Region::COUNT };
    let found = Region::search(query, province).into_iter().take(limit);
    found.map(|region| Place { code: region.code(), name: region.full_name(lang) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(query: &str, within: &str) -> Vec<&'static str> {
        offers(query, within, Lang::ZhHans).into_iter().map(|place| place.code).collect()
    }

    #[test]
    fn a_place_is_found_by_its_name_in_any_language_or_by_its_code() {
        for (query, first) in [
            ("郑州", "410100"),
            ("金水区", "410105"),
            ("zhengzhou", "410100"),
            ("Zhongyuan", "410102"),
            ("zhongyuan qu", "410102"),
            ("中原區", "410102"),
            ("4101", "410100"),
            ("410105", "410105"),
            ("內蒙古", "150000"),
            ("서울특별시", "KR-11"),
            ("jp", "JP"),
        ] {
            assert_eq!(codes(query, "").first(), Some(&first), "{query}");
        }
        assert!(codes("没有这个地方", "").is_empty());
        assert!(codes("", "").is_empty());
    }

    #[test]
    fn what_is_offered_in_english_finds_the_same_place_again() {
        for region in Region::all().filter(|region| region.standing() == Standing::Current).step_by(37) {
            let offered = offers(&region.full_name(Lang::En), "", Lang::En);
            assert!(offered.iter().any(|place| place.code == region.code()), "{region:?}");
        }
    }

    #[test]
    fn a_name_that_many_places_have_is_narrowed_by_a_province() {
        let everywhere = codes("朝阳", "");
        assert!(everywhere.len() > 1, "{everywhere:?}");
        assert_eq!(codes("朝阳", "110000"), ["110105"]);
        assert!(codes("区", "").len() <= MAX_OFFERED);
    }

    #[test]
    fn a_whole_province_can_be_looked_through_and_no_former_or_virtual_place_is_offered() {
        let henan = codes("", "410000");
        assert!(henan.len() > 150, "{}", henan.len());
        for code in &henan {
            let region: Region = code.parse().unwrap();
            assert!(region.is_in("410000".parse().unwrap()) && region.standing() == Standing::Current);
        }
    }
}
