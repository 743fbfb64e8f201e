//! What the authority is asked to sign, as people write and read it: a file of TOML with a region and one act.
//!
//! ```toml
//! region = "410000"
//! set-risk = "410105 high 2026-11-01 2026-11-14"
//! ```
//!
//! `set-risk`, `appoint` and `withdraw` hold the line that is signed; `publish` names a ruleset's folder, beside the file;
//! `trust-list` names keys, and is written by the program.

use std::fmt;
use std::fs;
use std::path::Path;

use mingma_domain::Region;
use mingma_registry::authority::Directive;
use mingma_registry::words::AuthorityAct;
use serde::Deserialize;

use crate::failure::Failure;
use crate::ruleset_dir;

/// One act, to be signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Sheet {
    /// Whose authority is asked.
    pub(crate) region: String,
    /// What it is asked to say.
    pub(crate) said: Said,
}

/// What an authority is asked to say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Said {
    /// The line of an act that has one.
    Line(AuthorityAct, String),
    /// The rules of this folder.
    Publish(Publish),
    /// These keys are trusted.
    TrustList(Listing),
}

/// Rules to be published.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Publish {
    /// For which region.
    pub(crate) region: String,
    /// The ruleset's folder, beside the file that names it.
    pub(crate) folder: String,
}

/// Keys to be trusted.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listing {
    /// The number of the edition before it.
    pub(crate) after: u64,
    /// The keys.
    pub(crate) keys: Vec<ListedKey>,
}

/// A key to be trusted.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListedKey {
    /// Its name.
    pub(crate) kid: String,
    /// For which region it was made.
    pub(crate) region: String,
    /// Its certificate, DER in hexadecimal.
    pub(crate) certificate: String,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    region: String,
    set_risk: Option<String>,
    appoint: Option<String>,
    withdraw: Option<String>,
    publish: Option<Publish>,
    trust_list: Option<Listing>,
}

impl Sheet {
    /// Reads a file.
    ///
    /// # Errors
    /// A [`Failure`] if it is none, or asks for nothing or for more than one act.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| Failure::about(path, error))?;
        Self::parse(&text).map_err(|error| {
            Failure::about(path, error)
                .help("give `region` and one of `set-risk`, `appoint`, `withdraw`, `publish`, `trust-list`")
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        let Written { region, set_risk, appoint, withdraw, publish, trust_list } = written;
        let line = |act, line: Option<String>| line.map(|line| Said::Line(act, line));
        let said = [
            line(AuthorityAct::SetRisk, set_risk),
            line(AuthorityAct::Appoint, appoint),
            line(AuthorityAct::Withdraw, withdraw),
            publish.map(Said::Publish),
            trust_list.map(Said::TrustList),
        ];
        let mut said = said.into_iter().flatten();
        match (said.next(), said.next()) {
            (Some(said), None) => Ok(Self { region, said }),
            (None, _) => Err("it asks for nothing".to_owned()),
            (Some(_), Some(_)) => Err("it asks for more than one act: give each a file".to_owned()),
        }
    }

    /// What it asks to be said; none of a trust list, which is signed by itself first.
    ///
    /// # Errors
    /// A [`Failure`] if the line is none of the act's, or the ruleset's folder cannot be read.
    pub(crate) fn directive(&self, path: &Path) -> Result<Option<Directive>, Failure> {
        let wrong =
            |what: &str| Failure::about(path, format_args!("`{what}` is not written as it is signed"));
        match &self.said {
            Said::Line(act, line) => {
                let said = Directive::of_line(*act, line).ok_or_else(|| wrong(act.word()));
                said.map(Some).map_err(|failure| failure.help(shape(*act)))
            }
            Said::Publish(Publish { region, folder }) => {
                let region: Region = region.parse().map_err(Failure::new)?;
                let dir = path.parent().unwrap_or(Path::new(".")).join(folder);
                let (rules, examples) = (
                    ruleset_dir::read(&dir.join(ruleset_dir::RULES))?,
                    ruleset_dir::read(&dir.join(ruleset_dir::EXAMPLES))?,
                );
                Ok(Some(Directive::Publish { region, rules, examples }))
            }
            Said::TrustList(_) => Ok(None),
        }
    }
}

/// How the line of an act is written.
const fn shape(act: AuthorityAct) -> &'static str {
    match act {
        AuthorityAct::SetRisk => "write `REGION LEVEL FROM UNTIL`, with `-` where it has no end",
        AuthorityAct::Appoint => {
            "write `issuer NAME ORGANISATION REGION`, `key NAME POINT FROM UNTIL`, \
             `entitlement CAPACITY NAME KIND REGION FROM UNTIL` or `limit NAME KIND ROWS`"
        }
        AuthorityAct::Withdraw => "write `key POINT`, `entitlement NUMBER` or `limit NAME KIND ROWS`",
        AuthorityAct::Publish | AuthorityAct::TrustList => "it has no line",
    }
}

impl fmt::Display for Listing {
    /// The part of a file that names keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "[trust-list]\nafter = {}", self.after)?;
        self.keys.iter().try_for_each(|ListedKey { kid, region, certificate }| {
            write!(
                f,
                "\n[[trust-list.keys]]\nkid = \"{kid}\"\nregion = \"{region}\"\ncertificate = \"{certificate}\"\n"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_asks_for_one_act() {
        let key = |kid: &str| ListedKey { kid: kid.into(), region: "41".into(), certificate: "30".into() };
        let listing = Listing { after: 7, keys: vec![key("k"), key("l")] };
        let line = |act, line: &str| Said::Line(act, line.to_owned());
        for (text, said) in [
            (
                "set-risk = \"410105 high 2026-11-01 -\"",
                line(AuthorityAct::SetRisk, "410105 high 2026-11-01 -"),
            ),
            ("appoint = \"limit a:1 entry 5\"", line(AuthorityAct::Appoint, "limit a:1 entry 5")),
            ("withdraw = \"entitlement 17\"", line(AuthorityAct::Withdraw, "entitlement 17")),
            (
                "publish = { region = \"410100\", folder = \"2022-06\" }",
                Said::Publish(Publish { region: "410100".into(), folder: "2022-06".into() }),
            ),
            (&listing.to_string(), Said::TrustList(listing.clone())),
        ] {
            let read = Sheet::parse(&format!("region = \"410000\"\n{text}"));
            assert_eq!(read, Ok(Sheet { region: "410000".to_owned(), said }));
        }
        for wrong in [
            "region = \"410000\"",
            "set-risk = \"410105 high 2026-11-01 -\"",
            "region = \"410000\"\nset-risk = \"a\"\nappoint = \"b\"",
            "region = \"410000\"\nset-colour = \"red\"",
            "region = 41",
        ] {
            assert!(Sheet::parse(wrong).is_err(), "{wrong}");
        }
    }
}
