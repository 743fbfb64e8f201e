//! Texts that people read: always in the three languages of the rules.

use serde::Serialize;

use crate::words::words;

words! {
    /// A language in which every text of a ruleset must be given.
    Lang, "a language" {
        /// Chinese in simplified characters.
        ZhHans = "zh-Hans",
        /// Chinese in traditional characters, written by hand and never by table.
        ZhHant = "zh-Hant",
        /// English.
        En = "en",
    }
}

/// One text in every language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Text {
    /// In simplified characters.
    #[serde(rename = "zh-Hans")]
    pub zh_hans: String,
    /// In traditional characters.
    #[serde(rename = "zh-Hant")]
    pub zh_hant: String,
    /// In English.
    pub en: String,
}

impl Text {
    /// The text in one language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhHans => &self.zh_hans,
            Lang::ZhHant => &self.zh_hant,
            Lang::En => &self.en,
        }
    }
}
