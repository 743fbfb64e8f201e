//! Where a running Mingma has its things: by options, or by a file that options overrule.
//!
//! In the file a name has `_` where the option has `-`. One that is not known is refused, so that a misspelt name is no
//! silent default.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use mingma_server::Limits;

use crate::config::Config;
use crate::failure::Failure;
use crate::log::Level;

/// The options that say where things are; each may stand in the file instead.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Options {
    /// A file with these options, and with how people are reached and the proxies in front.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The folder of signing keys that `mingma keygen` made; by default `keys` in the data folder.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// Where to listen; by default 127.0.0.1:8080.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// How people reach the pages, such as `https://code.example.cn`.
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
    /// Where to tell what is counted, as `/metrics`; nowhere if it is not given.
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// How much to log: off, error, warn, info or debug; by default info.
    #[arg(long, value_name = "LEVEL")]
    log: Option<Level>,
    /// The folder in which backups lie, each a folder that `mingma backup` made.
    #[arg(long, value_name = "DIR")]
    backups: Option<PathBuf>,
    /// How many connections are open at most; by default 12288.
    #[arg(long, value_name = "NUMBER")]
    connections: Option<NonZeroU32>,
    /// How many requests are under way at most; by default 1024.
    #[arg(long, value_name = "NUMBER")]
    requests: Option<NonZeroU32>,
    /// How long a client may take for the head of a request, and leave a connection idle, in seconds; by default 20.
    #[arg(long, value_name = "SECONDS")]
    head_seconds: Option<NonZeroU32>,
    /// How long a request may take, in seconds; by default 30.
    #[arg(long, value_name = "SECONDS")]
    request_seconds: Option<NonZeroU32>,
    /// How long what is under way may take once the program is told to end, in seconds; by default 20.
    #[arg(long, value_name = "SECONDS")]
    end_seconds: Option<NonZeroU32>,
}

/// Where things are.
pub(crate) struct Place {
    pub(crate) data: PathBuf,
    pub(crate) keys: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) origin: Option<String>,
    pub(crate) metrics: Option<SocketAddr>,
    pub(crate) log: Level,
    pub(crate) backups: Option<PathBuf>,
    pub(crate) limits: Limits,
}

impl Options {
    /// Where things are, by the options, and by the file where they are silent; and the file.
    ///
    /// # Errors
    /// A [`Failure`] if the file cannot be read, or nothing names the data folder.
    pub(crate) fn read(self) -> Result<(Place, Config), Failure> {
        let file = self.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
        let data = self.data.or_else(|| file.data.clone()).ok_or_else(|| {
            Failure::new("nothing names the data folder")
                .help("give `--data DIR`, or `data = \"DIR\"` in the file")
        })?;
        let usual = Limits::default();
        let number = |given: Option<NonZeroU32>, usual: usize| {
            given.map_or(usual, |given| usize::try_from(given.get()).unwrap_or(usize::MAX))
        };
        let time = |given: Option<NonZeroU32>, usual: Duration| {
            given.map_or(usual, |seconds| Duration::from_secs(seconds.get().into()))
        };
        let limits = Limits {
            connections: number(self.connections.or(file.connections), usual.connections),
            requests: number(self.requests.or(file.requests), usual.requests),
            head: time(self.head_seconds.or(file.head_seconds), usual.head),
            time: time(self.request_seconds.or(file.request_seconds), usual.time),
            end: time(self.end_seconds.or(file.end_seconds), usual.end),
            ..usual
        };
        let place = Place {
            limits,
            keys: self.keys.or_else(|| file.keys.clone()).unwrap_or_else(|| data.join("keys")),
            data,
            listen: self.listen.or(file.listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            origin: self.origin.or_else(|| file.origin.clone()),
            metrics: self.metrics.or(file.metrics),
            log: self.log.or(file.log).unwrap_or(Level::Info),
            backups: self.backups.or_else(|| file.backups.clone()),
        };
        Ok((place, file))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn with(text: &str, options: Options) -> Result<Place, Failure> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mingma.toml");
        fs::write(&path, text).unwrap();
        Options { config: Some(path), ..options }.read().map(|(place, _)| place)
    }

    #[test]
    fn an_option_overrules_the_file_and_a_name_that_is_not_known_is_refused() {
        let file = "data = \"/a\"\nlisten = \"127.0.0.1:1\"\nlog = \"warn\"\nrequest_seconds = 7\n";
        let place = with(file, Options { data: Some("/b".into()), ..Options::default() }).unwrap();
        assert_eq!((place.data, place.keys), ("/b".into(), "/b/keys".into()));
        assert_eq!((place.listen.port(), place.log), (1, Level::Warn));
        assert_eq!((place.limits.time.as_secs(), place.limits.requests), (7, 1_024));
        for wrong in [
            "data = \"/a\"\nrequests = 0",
            "data = \"/a\"\nlistn = \"x\"",
            "data = 7",
            "listen = \"nowhere\"",
            "",
            "log = \"loud\"",
        ] {
            assert!(with(wrong, Options::default()).is_err(), "{wrong}");
        }
    }
}
