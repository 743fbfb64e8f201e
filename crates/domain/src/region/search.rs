//! Which region somebody means who types a name as they know it: in either Chinese script, in pinyin with or without
//! tones and spaces, in the letters of its own country, or as a code or the beginning of one.
//!
//! Names and what is typed are written alike first (`folded`) and then compared; nothing is guessed past that. What
//! comes first is what is called exactly so.

use std::sync::LazyLock;

use super::simplified::SIMPLIFIED;
use super::{Region, Standing};
use crate::text::Lang;

/// The longest text that is looked for, in bytes. The longest name within all that it lies in, in both scripts, has 150.
const LONGEST_QUERY: usize = 200;

/// The words for a level that a Chinese name is known without.
const LEVELS: [char; 5] = ['省', '市', '区', '县', '旗'];

/// The names of every region, in their order: 0.6 MB, made when somebody first searches.
static NAMES: LazyLock<Vec<Names>> = LazyLock::new(|| Region::all().map(Names::of).collect());

/// How near a region's name is to what was typed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    Called,
    Begins,
    Holds,
    /// Of several words some name the region, and the others what it lies in.
    Within,
}

impl Region {
    /// The regions of today that `query` may mean, the nearest first and equally near ones in the order of their
    /// codes. With `within`, only that region and those that lie in it. Nothing typed means all of them.
    ///
    /// ```
    /// use mingma_domain::Region;
    ///
    /// for query in ["中原区", "中原區", "Zhōngyuán", "zhong yuan qu", "Zhongyuan, Zhengzhou", "410102"] {
    ///     assert_eq!(Region::search(query, None).first().map(|region| region.code()), Some("410102"), "{query}");
    /// }
    /// ```
    #[must_use]
    pub fn search(query: &str, within: Option<Self>) -> Vec<Self> {
        if query.len() > LONGEST_QUERY {
            return Vec::new();
        }
        let whole = folded(query);
        if whole.is_empty() && !query.trim().is_empty() {
            return Vec::new();
        }
        let words = query.split([' ', '\u{3000}', ',', '，', '、', '(', ')', '（', '）']).map(folded);
        let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
        let of_today = Self::all().filter(|region| {
            region.standing() == Standing::Current && within.is_none_or(|outer| region.is_in(outer))
        });
        let mut found: Vec<(Nearness, Self)> =
            of_today.filter_map(|region| Some((nearness(region, &whole, &words)?, region))).collect();
        // Stable: of equally near ones the order of the codes stays.
        found.sort_by_key(|(nearness, _)| *nearness);
        found.into_iter().map(|(_, region)| region).collect()
    }

    /// The one region of today that is called so; of several the largest, if it is one.
    pub(super) fn called(word: &str) -> Option<Self> {
        let word = folded(word);
        let called = Self::all().filter(|region| {
            region.standing() == Standing::Current && nearness_of(*region, &word) == Some(Nearness::Called)
        });
        let mut called: Vec<Self> = called.collect();
        called.sort_by_key(|region| region.level());
        match *called.as_slice() {
            [only] => Some(only),
            [largest, next, ..] if largest.level() < next.level() => Some(largest),
            _ => None,
        }
    }
}

fn nearness(region: Region, whole: &str, words: &[String]) -> Option<Nearness> {
    if let Some(nearness) = nearness_of(region, whole) {
        return Some(nearness);
    }
    let own = words.iter().any(|word| nearness_of(region, word).is_some());
    let known = |word: &String| region.ancestors().any(|around| nearness_of(around, word).is_some());
    (own && words.iter().all(known)).then_some(Nearness::Within)
}

/// How near the names of this region alone are to one word.
fn nearness_of(region: Region, word: &str) -> Option<Nearness> {
    NAMES.get(usize::from(region.index()))?.nearness(word)
}

/// The names of one region, written alike.
struct Names {
    code: String,
    /// The names that may be met in their middle too.
    known: Vec<String>,
    /// The name in pinyin with its level: `zhongyuanqu`. Its end is no name, so it is only met from its beginning.
    pinyin: String,
}

impl Names {
    fn of(region: Region) -> Self {
        let traditional = region.name(Lang::ZhHant);
        let known = [Some(region.name_zh()), Some(traditional), region.name_en(), region.name_local()];
        let mut known: Vec<String> = known.into_iter().flatten().map(folded).collect();
        // Two scripts of one name are one; only countries have another name in the other.
        known.dedup();
        Self {
            code: folded(region.code()),
            known,
            pinyin: region.name_pinyin().map(folded).unwrap_or_default(),
        }
    }

    /// How near one of the names is to a word that is written as they are.
    fn nearness(&self, word: &str) -> Option<Nearness> {
        let whole = |name: &String| name == word || name.strip_suffix(LEVELS) == Some(word);
        if self.code == word || self.pinyin == word || self.known.iter().any(whole) {
            Some(Nearness::Called)
        } else if self.known.iter().chain([&self.code, &self.pinyin]).any(|name| name.starts_with(word)) {
            Some(Nearness::Begins)
        } else {
            self.known.iter().any(|name| name.contains(word)).then_some(Nearness::Holds)
        }
    }
}

/// A name as it is compared: small letters without tones and accents, simplified characters, and nothing between them.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for given in text.chars().flat_map(char::to_lowercase).map(plain).filter(|given| given.is_alphanumeric())
    {
        // `lv` and `nv` are how a keyboard without dots writes `lü` and `nü`.
        let after_l_or_n = out.ends_with(['l', 'n']);
        out.push(if given == 'v' && after_l_or_n { 'u' } else { given });
    }
    out
}

/// A character without its tone or accent, of the usual width, simplified. Marks that stand apart are no letters, and
/// [`folded`] leaves them out.
fn plain(given: char) -> char {
    match given {
        'a'..='z' | '0'..='9' => given,
        'ａ'..='ｚ' | '０'..='９' => {
            char::from_u32(u32::from(given) - u32::from('０') + u32::from('0')).unwrap_or(given)
        }
        'ā' | 'á' | 'ǎ' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'ē' | 'é' | 'ě' | 'è' | 'ê' | 'ë' => 'e',
        'ī' | 'í' | 'ǐ' | 'ì' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ō' | 'ó' | 'ǒ' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ū' | 'ú' | 'ǔ' | 'ù' | 'û' | 'ü' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => 'u',
        _ => match SIMPLIFIED.binary_search_by_key(&given, |(traditional, _)| *traditional) {
            Ok(at) => SIMPLIFIED.get(at).map_or(given, |(_, simplified)| *simplified),
            Err(_) => given,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::Country;

    #[test]
    fn the_traditional_characters_are_in_order_and_each_leads_to_one_that_a_name_has() {
        assert!(SIMPLIFIED.is_sorted_by(|(a, _), (b, _)| a < b));
        let used: String =
            Region::all().map(Region::name_zh).chain(Country::all().map(Country::name_zh)).collect();
        for (traditional, simplified) in SIMPLIFIED {
            assert!(used.contains(simplified), "{traditional} {simplified}");
        }
    }

    #[test]
    fn a_name_in_either_script_is_compared_as_the_same() {
        for region in Region::all().filter(|region| region.parent().is_some()) {
            assert_eq!(folded(region.name(Lang::ZhHant)), folded(region.name_zh()), "{region:?}");
        }
    }

    #[test]
    fn every_latin_name_is_compared_in_plain_letters() {
        for region in Region::all() {
            for name in [region.name_en(), region.name_pinyin()].into_iter().flatten() {
                let folded = folded(name);
                assert!(folded.bytes().all(|byte| byte.is_ascii_lowercase()), "{name}: {folded}");
            }
        }
    }

    #[test]
    fn tones_widths_marks_and_what_stands_between_are_left_out() {
        for (typed, compared) in [
            ("Xī'ān", "xian"),
            ("Zhe\u{304}ngzho\u{304}u Shi\u{300}", "zhengzhoushi"),
            ("Lǚliáng", "luliang"),
            ("lvliang", "luliang"),
            ("Ｚｈｅｎｇ４１", "zheng41"),
            ("鄭州 市", "郑州市"),
            ("Côte d’Ivoire", "cotedivoire"),
            ("El Salvador", "elsaluador"),
        ] {
            assert_eq!(folded(typed), compared, "{typed}");
        }
    }
}
