//! The ways to people: a gateway for short messages and a mail server, as the configuration names them.
//!
//! A notice goes to where its person is reached. Its id is the key by which a gateway or a mailbox tells a second copy from a
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
use mingma_registry::access::AccessRecord;
use mingma_registry::acts::{access_since, receiver};
use mingma_registry::ports::NotDelivered;
use mingma_registry::row::Notice;
use mingma_registry::{Contact, Notifier};
use mingma_server::App;
use mingma_server::notices::message;

use crate::config::Config;
use crate::failure::Failure;
use mail::Mail;
use sms::Sms;

/// The channels, each if it is configured.
pub(crate) struct Channels {
    app: App,
    sms: Option<Arc<Sms>>,
    mail: Option<Arc<Mail>>,
}

impl Channels {
    /// The channels of a configuration; none if it names none.
    ///
    /// # Errors
    /// A [`Failure`] that names the setting.
    pub(crate) fn open(app: &App, config: &Config) -> Result<Option<Self>, Failure> {
        if config.sms.is_none() && config.mail.is_none() {
            return Ok(None);
        }
        let sms = config.sms.as_ref().map(Sms::open).transpose()?.map(Arc::new);
        let mail = config.mail.as_ref().map(Mail::open).transpose()?.map(Arc::new);
        Ok(Some(Self { app: app.clone(), sms, mail }))
    }

    /// The code that a notice brings; an error if it is over.
    fn code(&self, notice: &Notice, access: &AccessRecord) -> Result<Option<String>, NotDelivered> {
        if !notice.kind.is_code() {
            return Ok(None);
        }
        let now = self.app.registry().now();
        let challenge = access.challenges.iter().find(|c| *c.id.as_bytes() == notice.about && now < c.until);
        // A code that came too late would only confuse; the person asks for a new one.
        challenge.map(|c| Some(c.code.digits().to_owned())).ok_or(NotDelivered::Never)
    }
}

#[async_trait]
impl Notifier for Channels {
    async fn deliver(&self, notice: &Notice) -> Result<(), NotDelivered> {
        let registry = self.app.registry();
        let access = registry.store().access(notice.person, access_since(registry.now())).await;
        let access = access.map_err(|_| NotDelivered::Later)?;
        let contact = receiver(&access, notice).ok_or(NotDelivered::Never)?.clone();
        let code = self.code(notice, &access)?;
        let origin = self.app.settings().origin.as_deref().unwrap_or_default();
        let message = message(self.app.texts(), access.lang(), notice.kind, code.as_deref(), origin);
        let id = notice.id.to_string();
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
