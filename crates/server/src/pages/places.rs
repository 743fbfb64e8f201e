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
            offered.insert(0, Place { code: region.code(), name: full_name(region, lang) });
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

/// The name of a region within all that it lies in, the places in the numbering left out: `河南省 郑州市 金水区`.
pub(crate) fn full_name(region: Region, lang: Lang) -> String {
    let around = region.ancestors().filter(|r| r.standing() != Standing::Virtual && r.parent().is_some());
    let mut names: Vec<&str> = around.map(|r| r.name(lang)).collect();
    if names.is_empty() {
        return region.name(lang).to_owned();
    }
    names.reverse();
    names.join(match lang {
        Lang::En => ", ",
        Lang::ZhHans | Lang::ZhHant => " ",
    })
}

fn offers(query: &str, within: &str, lang: Lang) -> Vec<Place> {
    let province: Option<Region> = within.parse().ok();
    let query = query.to_lowercase();
    if query.is_empty() && province.is_none() {
        return Vec::new();
    }
    let inside = Region::all().filter(|region| {
        region.standing() == Standing::Current && province.is_none_or(|province| region.is_in(province))
    });
    let mut found: Vec<(u8, Region)> =
        inside.filter_map(|region| Some((nearness(region, &query)?, region))).collect();
    // Stable: of equally near ones the order of the codes stays.
    found.sort_by_key(|(nearness, _)| *nearness);
    let limit = if query.is_empty() { Region::COUNT } else { MAX_OFFERED };
    let place = |(_, region): (u8, Region)| Place { code: region.code(), name: full_name(region, lang) };
    found.into_iter().take(limit).map(place).collect()
}

/// How near a region is to what was typed, 0 the nearest; none if it is not meant. Nothing typed means every region.
fn nearness(region: Region, query: &str) -> Option<u8> {
    let names = Lang::ALL.iter().map(|lang| region.name(*lang)).chain(region.name_local());
    let of_name = |name: &str| {
        let name = name.to_lowercase();
        if name == query || name.strip_suffix(['省', '市', '区', '县', '旗']) == Some(query) {
            Some(0)
        } else if name.starts_with(query) {
            Some(1)
        } else {
            name.contains(query).then_some(2)
        }
    };
    let by_code = (region.code().to_lowercase() == query).then_some(0);
    by_code.or_else(|| names.filter_map(of_name).min())
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

    #[test]
    fn a_place_is_called_within_what_it_lies_in() {
        let jinshui: Region = "410105".parse().unwrap();
        assert_eq!(full_name(jinshui, Lang::ZhHans), "河南省 郑州市 金水区");
        assert_eq!(full_name("110105".parse().unwrap(), Lang::ZhHans), "北京市 朝阳区");
        assert_eq!(full_name("JP".parse().unwrap(), Lang::En), "Japan");
    }
}
