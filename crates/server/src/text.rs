//! What is said to people, in three languages, each written by hand (`locales/<language>/*.ftl`, Project Fluent).
//!
//! A page asks for a text by its name. Every name is there in every language: a test holds it, so that no page falls back
//! to another one.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use mingma_domain::text::Lang;

type Bundle = FluentBundle<FluentResource>;

/// The texts of one language's files, by language.
macro_rules! locales {
    ($($file:literal),+ $(,)?) => {
        [
            (Lang::ZhHans, &[$(include_str!(concat!("../locales/zh-Hans/", $file))),+] as &[&str]),
            (Lang::ZhHant, &[$(include_str!(concat!("../locales/zh-Hant/", $file))),+]),
            (Lang::En, &[$(include_str!(concat!("../locales/en/", $file))),+]),
        ]
    };
}

/// The files of each language.
const LOCALES: [(Lang, &[&str]); 3] = locales!(
    "about.ftl",
    "affairs.ftl",
    "ahead.ftl",
    "checkpoint.ftl",
    "code.ftl",
    "common.ftl",
    "desk.ftl",
    "journal.ftl",
    "notices.ftl",
    "office.ftl",
    "own-journal.ftl",
    "problems.ftl",
    "register.ftl",
    "sign-in.ftl",
    "words.ftl"
);

/// Every text in every language.
#[derive(Clone)]
pub struct Texts(Arc<[Bundle; 3]>);

/// The texts of one language, as a page asks for them.
#[derive(Clone)]
pub struct Speaker {
    texts: Texts,
    lang: Lang,
}

impl Texts {
    /// The texts that the program ships.
    #[must_use]
    pub fn shipped() -> Self {
        Self(Arc::new(LOCALES.map(|(lang, files)| bundle(lang, files))))
    }

    /// The texts of one language.
    #[must_use]
    pub fn speaker(&self, lang: Lang) -> Speaker {
        Speaker { texts: self.clone(), lang }
    }

    fn bundle(&self, lang: Lang) -> &Bundle {
        let [hans, hant, en] = &*self.0;
        match lang {
            Lang::ZhHans => hans,
            Lang::ZhHant => hant,
            Lang::En => en,
        }
    }
}

impl Speaker {
    /// The language.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// The text of this name; the name itself if there is none, which a test rules out.
    #[must_use]
    pub fn say(&self, name: &str) -> String {
        self.with::<&str>(name, &[])
    }

    /// The text of this name with what stands in its places.
    #[must_use]
    pub fn with<T: Display>(&self, name: &str, places: &[(&str, T)]) -> String {
        let bundle = self.texts.bundle(self.lang);
        let Some(pattern) = bundle.get_message(name).and_then(|message| message.value()) else {
            return name.to_owned();
        };
        let args: FluentArgs<'_> =
            places.iter().map(|(place, text)| (Cow::from(*place), value(text.to_string()))).collect();
        bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }
}

/// What stands in a place: a number, so that a text can tell one from many, if it is printed as it was given; else the text.
fn value(text: String) -> FluentValue<'static> {
    match text.parse::<u32>() {
        Ok(number) if number.to_string() == text => FluentValue::from(number),
        Ok(_) | Err(_) => FluentValue::from(text),
    }
}

fn bundle(lang: Lang, files: &[&str]) -> Bundle {
    // INVARIANT: the three words are language identifiers.
    let id = lang.word().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![id]);
    // The marks that keep a Latin name apart in Arabic text are noise between Chinese and Latin, and break copying.
    bundle.set_use_isolating(false);
    for file in files {
        // What cannot be read is left out; a test finds it.
        let resource = match FluentResource::try_new((*file).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        let _twice = bundle.add_resource(resource);
    }
    bundle
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Texts")
    }
}

impl fmt::Debug for Speaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Speaker").field(&self.lang).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The places (`$name`) of every text, by its name.
    fn places(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
        let mut found = BTreeMap::new();
        let files = LOCALES.iter().find(|(of, _)| *of == lang).unwrap().1;
        for file in files {
            let resource = FluentResource::try_new((*file).to_owned())
                .unwrap_or_else(|(_, errors)| panic!("{lang}: {errors:?}"));
            assert!(resource.entries().next().is_some(), "{lang}: an empty file");
            let mut name = String::new();
            for line in file.lines().filter(|line| !line.starts_with('#')) {
                if let Some((start, _)) = line.split_once(" = ").filter(|_| !line.starts_with([' ', '}'])) {
                    start.clone_into(&mut name);
                    assert!(
                        found.insert(name.clone(), BTreeSet::new()).is_none(),
                        "{lang}: `{name}` stands twice"
                    );
                }
                for place in line.split('$').skip(1) {
                    let end =
                        place.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(place.len());
                    found.get_mut(&name).unwrap().insert(place.split_at(end).0.to_owned());
                }
            }
        }
        found
    }

    #[test]
    fn every_text_is_there_in_every_language_with_the_same_places() {
        let english = places(Lang::En);
        assert!(english.len() > 10, "only {} texts", english.len());
        for lang in [Lang::ZhHans, Lang::ZhHant] {
            let other = places(lang);
            for (name, places) in &english {
                assert_eq!(other.get(name), Some(places), "{lang}: `{name}`");
            }
            assert_eq!(other.len(), english.len(), "{lang} has texts that English lacks");
        }
    }

    #[test]
    fn chinese_texts_have_the_marks_of_chinese() {
        let chinese = |given: char| ('\u{3400}'..='\u{9fff}').contains(&given) || "”」）".contains(given);
        for (lang, files) in LOCALES.iter().filter(|(lang, _)| *lang != Lang::En) {
            for line in files.iter().flat_map(|file| file.lines()) {
                let pairs = line.chars().zip(line.chars().skip(1));
                let wrong = pairs.filter(|(before, mark)| chinese(*before) && ",;?!()".contains(*mark));
                assert_eq!(wrong.count(), 0, "{lang}: {line}");
            }
        }
    }

    #[test]
    fn every_text_that_code_or_page_asks_for_is_there() {
        let english = places(Lang::En);
        let mut asked = 0;
        let mut open = vec![
            std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
            concat!(env!("CARGO_MANIFEST_DIR"), "/templates").into(),
        ];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap();
            for call in [".say(\"", ".with(\""] {
                for rest in text.split(call).skip(1) {
                    let name = rest.split('"').next().unwrap();
                    assert!(english.contains_key(name), "{}: `{name}`", path.display());
                    asked += 1;
                }
            }
        }
        assert!(asked > 10, "only {asked} texts are asked for");
    }

    #[test]
    fn one_is_told_from_many_and_what_only_looks_like_a_number_stays_as_it_is() {
        let english = Texts::shipped().speaker(Lang::En);
        for (rows, said) in [("0", "0 rows"), ("1", "1 row"), ("2", "2 rows"), ("4096", "4096 rows")] {
            let told = english.with("desk-rows", &[("rows", rows), ("refused", "1")]);
            assert_eq!(told, format!("{said}, 1 refused"));
        }
        for code in ["012345", "000001", "123456", "4294967296", "+1", "1.0"] {
            assert!(
                english.with("notice-sign-in-code", &[("code", code)]).contains(&format!(" {code} is your"))
            );
        }
    }

    #[test]
    fn a_text_takes_what_stands_in_its_places() {
        let texts = Texts::shipped();
        assert_eq!(texts.speaker(Lang::ZhHans).say("app-name"), "明码");
        assert_eq!(texts.speaker(Lang::En).with("rules-number", &[("number", "7")]), "No. 7 in the journal");
        assert_eq!(texts.speaker(Lang::En).say("no-such-text"), "no-such-text");
    }
}
