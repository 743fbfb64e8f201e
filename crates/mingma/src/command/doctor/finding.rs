//! What the doctor says of one thing.

/// How a thing is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Mark {
    /// As it should be.
    Ok,
    /// It works, and will not for long, or not for everybody.
    Warn,
    /// It does not work, or somebody's data is in danger.
    Fail,
}

impl Mark {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One thing, how it is, and where the manual tells what to do.
#[derive(Debug)]
pub(super) struct Finding {
    /// Its name, the same in every run.
    pub(super) check: &'static str,
    pub(super) mark: Mark,
    /// What was found, in a line.
    pub(super) said: String,
    pub(super) page: Page,
}

impl Finding {
    pub(super) fn new(check: &'static str, mark: Mark, said: impl Into<String>, page: Page) -> Self {
        Self { check, mark, said: said.into(), page }
    }
}

/// Makes the list of the manual's pages, each by its anchor.
macro_rules! pages {
    ($($page:ident $anchor:literal)+) => {
        /// A part of `docs/OPERATING.md`.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Page { $($page),+ }

        impl Page {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$page),+];

            const fn anchor(self) -> &'static str {
                match self { $(Self::$page => $anchor),+ }
            }
        }
    };
}

pages! {
    Backups "backups"
    Census "the-census"
    Clock "clock"
    Damage "damage"
    Disk "disk"
    Edited "edited"
    End "end"
    FirstStart "first-start"
    KeyFile "key-file"
    Log "the-log"
    Notices "notices"
    OpenFiles "open-files"
    Permissions "permissions"
    SigningKeys "signing-keys"
    Tls "tls"
    TrustList "trust-list"
    Authority "authority"
    Upgrade "upgrade"
}

impl Page {
    /// Where it stands.
    pub(super) fn address(self) -> String {
        format!("docs/OPERATING.md#{}", self.anchor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_that_the_doctor_names_is_in_the_manual_of_each_language() {
        for manual in ["OPERATING.md", "OPERATING.zh-CN.md"] {
            let path = format!("{}/../../docs/{manual}", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).unwrap();
            for page in Page::ALL {
                let anchor = format!("<a id=\"{}\"></a>", page.anchor());
                assert_eq!(text.matches(&anchor).count(), 1, "{manual}: {anchor}");
            }
        }
    }

    #[test]
    fn a_failure_outweighs_a_warning() {
        assert!(Mark::Ok < Mark::Warn && Mark::Warn < Mark::Fail);
    }
}
