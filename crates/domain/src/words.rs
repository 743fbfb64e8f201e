//! Closed lists of words: how every enumeration of the vocabulary is named, parsed and suggested.
//!
//! One macro, so that no list can parse a word that it does not print, or the other way round.

/// The legal word nearest to a wrong one, if one is near enough to be what was meant.
///
/// Near enough is an edit distance of at most a third of the longer word, and never more than three.
#[must_use]
pub fn nearest<'a>(word: &str, legal: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    legal
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            *distance <= 3.min(candidate.chars().count().max(word.chars().count()).div_ceil(3))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A word that a closed list does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not {what}: {}", told(.word, *.nearest), help(*.nearest, .legal))]
pub struct UnknownWord {
    /// What was to be named, with its article: `a kind of fact`.
    pub what: &'static str,
    /// What stood there, shortened.
    pub word: String,
    /// The legal word nearest to it.
    pub nearest: Option<&'static str>,
    /// The legal words.
    pub legal: &'static [&'static str],
}

impl UnknownWord {
    /// The error for `word`, with the nearest of `legal`.
    #[must_use]
    pub fn new(what: &'static str, word: &str, legal: &'static [&'static str]) -> Self {
        Self { what, word: crate::time::shorten(word), nearest: nearest(word, legal.iter().copied()), legal }
    }
}

/// The longest word, in bytes, that is repeated though it is near no legal one: all of the vocabulary's are shorter.
const SHORT_WORD_BYTES: usize = 16;
/// The most digits of a word that is repeated: longer numbers are a telephone's or a document's.
const REPEATED_DIGITS: usize = 9;

/// The word if it is near a legal one, or written as the vocabulary writes: small letters, a few digits and hyphens. Another
/// may be anything, a name from a shifted cell, so it is not repeated: the place is enough to find it.
pub(crate) fn told(word: &str, near: Option<&'static str>) -> String {
    let like_ours = word.len() <= SHORT_WORD_BYTES
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let digits = word.chars().filter(char::is_ascii_digit).count();
    if (near.is_some() || like_ours) && digits <= REPEATED_DIGITS {
        format!("`{word}`")
    } else {
        "what stands here".to_owned()
    }
}

fn help(near: Option<&'static str>, legal: &[&'static str]) -> String {
    match near {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("write one of `{}`", legal.join("`, `")),
    }
}

/// Declares an enumeration of words: each variant with the one word that names it everywhere.
///
/// The caller's crate must depend on `serde`.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $what:literal { $($(#[$vmeta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// Every one, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The word of every one, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word,)+];

            /// The word that names it in files, JSON, SQL and pages.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::words::UnknownWord::new($what, text, Self::WORDS)),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }
    };
}
pub use words;

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_suggested_and_a_far_one_is_not() {
        let legal = ["close", "secondary", "same-vehicle"];
        assert_eq!(nearest("closed", legal), Some("close"));
        assert_eq!(nearest("SECONDARY", legal), Some("secondary"));
        assert_eq!(nearest("same_vehicle", legal), Some("same-vehicle"));
        assert_eq!(nearest("depositor", legal), None);
    }
}
