//! The configuration of `mingma serve` and `mingma doctor` (`--config FILE`, TOML): where things are and their limits (by
//! the options' names), the ways to people, and the proxies in front.
//!
//! ```toml
//! data = "/var/lib/mingma/data"
//! origin = "https://code.example.cn"
//! trusted_proxies = ["10.0.0.1"]
//!
//! [journal]
//! name = "journal.example.cn"                      # by default `mingma-` and the region
//! witnesses = "/etc/mingma/witnesses"              # `witness NAME KEY URL`, `group …`, `quorum NAME` of C2SP tlog-policy
//!
//! [brake]
//! share = "0.50 %"                                 # of a region's persons: what makes more of them worse waits for a second office
//!
//! [sms]
//! url = "https://sms.example.cn/v1/messages"
//! authorization_file = "/etc/mingma/sms-token"     # the whole header, such as `Bearer …`
//! [sms.body]                                       # sent as JSON; {to}, {text} and {id} are filled in
//! to = "{to}"
//! content = "{text}"
//! request_id = "{id}"
//!
//! [mail]
//! server = "smtp.example.cn"
//! from = "Mingma <no-reply@example.cn>"
//! user = "mingma"
//! password_file = "/etc/mingma/smtp-password"
//! ```

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use lettre::message::Mailbox;
use mingma_registry::brake::Share;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::failure::Failure;
use crate::log::Level;

/// How long the other side may take, in seconds: gateways that are slower are down.
const TIMEOUT_SECONDS: u64 = 10;

/// Everything that is configured.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The proxies whose word on where a request comes from is believed.
    #[serde(default)]
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// The gateway for short messages.
    pub(crate) sms: Option<SmsConfig>,
    /// The mail server.
    pub(crate) mail: Option<MailConfig>,
    /// The journal's log.
    #[serde(default)]
    pub(crate) journal: JournalConfig,
    /// The brake.
    #[serde(default)]
    pub(crate) brake: BrakeConfig,
    /// As the options of these names.
    pub(crate) data: Option<PathBuf>,
    pub(crate) keys: Option<PathBuf>,
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) origin: Option<String>,
    pub(crate) metrics: Option<SocketAddr>,
    pub(crate) log: Option<Level>,
    pub(crate) backups: Option<PathBuf>,
    pub(crate) connections: Option<NonZeroU32>,
    pub(crate) requests: Option<NonZeroU32>,
    pub(crate) head_seconds: Option<NonZeroU32>,
    pub(crate) request_seconds: Option<NonZeroU32>,
    pub(crate) end_seconds: Option<NonZeroU32>,
}

/// The journal's log.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JournalConfig {
    /// What the log is called: a name without a scheme that stays for good.
    pub(crate) name: Option<String>,
    /// A file with lines of C2SP `tlog-policy`: who must have cosigned before a checkpoint is published.
    pub(crate) witnesses: Option<PathBuf>,
}

/// The brake.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BrakeConfig {
    /// Above which share of a region's persons a second office has to agree.
    #[serde(default, deserialize_with = "share")]
    pub(crate) share: Share,
}

fn share<'de, D: Deserializer<'de>>(of: D) -> Result<Share, D::Error> {
    String::deserialize(of)?.parse().map_err(D::Error::custom)
}

/// A gateway for short messages.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SmsConfig {
    /// Where messages are posted.
    pub(crate) url: String,
    /// A file with the value of the header `authorization`.
    authorization_file: Option<PathBuf>,
    /// What is posted, with the places `{to}`, `{text}` and `{id}`.
    pub(crate) body: toml::Table,
    /// The statuses by which the gateway says that it will never reach this receiver. After any other the message is tried again.
    #[serde(default)]
    pub(crate) no_such_receiver: Vec<u16>,
    /// How long the gateway may take.
    #[serde(default = "timeout")]
    pub(crate) timeout_seconds: u64,
    /// What the file holds.
    #[serde(skip)]
    pub(crate) authorization: Option<String>,
}

/// How a connection to a mail server is secured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Security {
    /// TLS from the first byte.
    #[default]
    Tls,
    /// TLS after a greeting in clear, and nothing without it.
    Starttls,
    /// None: for a server on this machine alone.
    None,
}

/// A mail server.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailConfig {
    /// Its name.
    pub(crate) server: String,
    /// Its port: 465 unless it is another.
    #[serde(default = "port")]
    pub(crate) port: u16,
    /// How the connection is secured.
    #[serde(default)]
    pub(crate) security: Security,
    /// Whom letters are from.
    #[serde(deserialize_with = "mailbox")]
    pub(crate) from: Mailbox,
    /// Who signs in.
    pub(crate) user: Option<String>,
    /// A file with the password.
    password_file: Option<PathBuf>,
    /// How long the server may take.
    #[serde(default = "timeout")]
    pub(crate) timeout_seconds: u64,
    /// What the file holds.
    #[serde(skip)]
    pub(crate) password: Option<String>,
}

fn mailbox<'de, D: Deserializer<'de>>(of: D) -> Result<Mailbox, D::Error> {
    let wrong = |_| D::Error::custom("not a mailbox: write it as `Mingma <no-reply@example.cn>`");
    String::deserialize(of)?.parse().map_err(wrong)
}

const fn timeout() -> u64 {
    TIMEOUT_SECONDS
}

const fn port() -> u16 {
    465
}

impl Config {
    /// Reads a configuration, and the files that it names.
    ///
    /// # Errors
    /// A [`Failure`] with the file and the line.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::about(path, error))?;
        let mut config: Self = toml::from_str(&text).map_err(|error| misread(path, &text, &error))?;
        if let Some(sms) = &mut config.sms {
            sms.authorization = sms.authorization_file.as_deref().map(secret).transpose()?;
            check_sms(path, sms)?;
        }
        if let Some(mail) = &mut config.mail {
            mail.password = mail.password_file.as_deref().map(secret).transpose()?;
            if mail.user.is_some() != mail.password.is_some() {
                return Err(Failure::about(path, "`mail.user` and `mail.password_file` go together"));
            }
            if mail.user.is_some() && mail.security == Security::None {
                return Err(Failure::about(path, "a password is not sent in clear")
                    .help("set `mail.security` to `tls` or `starttls`"));
            }
        }
        Ok(config)
    }
}

impl Config {
    /// The brake's share by a file, or the usual one.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub(crate) fn share_of(path: Option<&Path>) -> Result<Share, Failure> {
        Ok(path.map(Self::read).transpose()?.unwrap_or_default().brake.share)
    }
}

fn check_sms(path: &Path, sms: &SmsConfig) -> Result<(), Failure> {
    let secure = sms.url.starts_with("https://");
    let local =
        ["http://127.0.0.1", "http://[::1]", "http://localhost"].iter().any(|own| sms.url.starts_with(own));
    if !secure && !local {
        return Err(Failure::about(path, "`sms.url` is neither `https://…` nor on this machine")
            .help("codes and numbers are not sent in clear: name the gateway's address with `https://`"));
    }
    let body = serde_json::to_string(&sms.body).map_err(Failure::new)?;
    match ["{to}", "{text}"].iter().find(|place| !body.contains(**place)) {
        Some(place) => Err(Failure::about(path, format_args!("`sms.body` has no `{place}`")).help(
            "write where the gateway expects the number (`{to}`), the text (`{text}`) and a key (`{id}`)",
        )),
        None => Ok(()),
    }
}

/// The first line of a file that holds a secret.
fn secret(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::about(path, error))?;
    let line = text.lines().next().unwrap_or_default().trim().to_owned();
    if line.is_empty() { Err(Failure::about(path, "the file is empty")) } else { Ok(line) }
}

/// What is wrong, with the file and the line; only the parser's own words, no value of a line that may hold a secret.
fn misread(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    Failure::new(format_args!("{}, line {line}: {}", path.display(), error.message()))
        .help("`docs/OPERATING.md` shows whole configurations, under Install and Notices")
}
