//! The ways to people: a gateway for short messages and a mail server, as the configuration names them.
//!
//! Where a notice goes the registry says. Its id is the key by which a gateway or a mailbox tells a second copy from a
//! first. What a channel refuses for good is told apart from what it cannot take now; neither is logged with more than the
//! notice's id.

mod agent;
#[cfg(test)]
mod catcher;
mod mail;
mod sms;
#[cfg(test)]
mod tests;

pub(crate) use agent::agent;

use std::sync::Arc;

use async_trait::async_trait;
use mingma_registry::access::OneTimeCode;
use mingma_registry::ports::{NotDelivered, Outgoing};
use mingma_registry::{Contact, Notifier, Ways};
use mingma_server::App;
use mingma_server::notices::message;

use crate::config::Config;
use crate::failure::Failure;
use mail::Mail;
use sms::Sms;

/// By which ways a configuration reaches people.
pub(crate) const fn ways(config: &Config) -> Ways {
    Ways { phone: config.sms.is_some(), email: config.mail.is_some() }
}

/// What follows where ways are missing, a line for each; the doctor and the program say the same.
pub(crate) fn missing(ways: Ways) -> Vec<&'static str> {
    match (ways.phone, ways.email) {
        (true, true) => Vec::new(),
        (true, false) => vec![NO_MAIL],
        (false, true) => vec![NO_SMS],
        (false, false) => vec![NOBODY, NO_SMS, NO_MAIL],
    }
}

const NO_SMS: &str = "`[sms]` is not configured: telephone numbers are refused, and whoever gave one before gets no code and no notice";
const NO_MAIL: &str = "`[mail]` is not configured: e-mail addresses are refused, and whoever gave one before gets no code and no notice";
const NOBODY: &str = "no way to reach people is configured: nobody can sign in with a code";

/// The channels, each if it is configured.
pub(crate) struct Channels {
    app: App,
    sms: Option<Arc<Sms>>,
    mail: Option<Arc<Mail>>,
}

impl Channels {
    /// The channels of a configuration. Also where it names none, notices to whoever is reached nowhere are seen to.
    ///
    /// # Errors
    /// A [`Failure`] that names the setting.
    pub(crate) fn open(app: &App, config: &Config) -> Result<Self, Failure> {
        let sms = config.sms.as_ref().map(Sms::open).transpose()?.map(Arc::new);
        let mail = config.mail.as_ref().map(Mail::open).transpose()?.map(Arc::new);
        Ok(Self { app: app.clone(), sms, mail })
    }
}

#[async_trait]
impl Notifier for Channels {
    async fn deliver(
        &self,
        &Outgoing { notice, contact, lang, code }: &Outgoing<'_>,
    ) -> Result<(), NotDelivered> {
        let origin = self.app.settings().origin.as_deref().unwrap_or_default();
        let message = message(self.app.texts(), lang, notice.kind, code.map(OneTimeCode::digits), origin);
        let (id, contact) = (notice.id.to_string(), contact.clone());
        // Both clients block: each has a thread for as long as the other side takes.
        let sent = match contact {
            Contact::Phone(_) => {
                let sms = self.sms.clone().ok_or(NotDelivered::Later)?;
                tokio::task::spawn_blocking(move || sms.send(&id, contact.wire(), &message.text)).await
            }
            Contact::Email(_) => {
                let mail = self.mail.clone().ok_or(NotDelivered::Later)?;
                tokio::task::spawn_blocking(move || mail.send(&id, contact.wire(), &message)).await
            }
        };
        let result = sent.unwrap_or(Err(NotDelivered::Later));
        if let Err(error) = result {
            tracing::warn!(notice = %notice.id, %error, "a notice was not delivered");
        }
        result
    }
}
