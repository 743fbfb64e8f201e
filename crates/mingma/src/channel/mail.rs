//! Letters, over SMTP.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message as Letter};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{SmtpTransport, Transport as _};
use mingma_registry::ports::NotDelivered;
use mingma_server::notices::Message;

use crate::config::{MailConfig, Security};
use crate::failure::Failure;

/// A mail server.
pub(crate) struct Mail {
    server: SmtpTransport,
    from: Mailbox,
}

impl Mail {
    /// The server of a configuration.
    pub(crate) fn open(config: &MailConfig) -> Result<Self, Failure> {
        let wrong = |error| Failure::new(format_args!("`mail.server`: {error}"));
        let parameters = || TlsParameters::new(config.server.clone()).map_err(wrong);
        let tls = match config.security {
            Security::Tls => Tls::Wrapper(parameters()?),
            Security::Starttls => Tls::Required(parameters()?),
            Security::None => Tls::None,
        };
        let mut server = SmtpTransport::builder_dangerous(&config.server)
            .port(config.port)
            .tls(tls)
            .timeout(Some(Duration::from_secs(config.timeout_seconds)));
        if let (Some(user), Some(password)) = (&config.user, &config.password) {
            server = server.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self { server: server.build(), from: config.from.clone() })
    }

    /// Hands a letter to the server; its id is the message's, by which a mailbox tells a second copy from a first.
    pub(crate) fn send(&self, id: &str, to: &str, message: &Message) -> Result<(), NotDelivered> {
        let host = self.from.email.domain();
        let letter = Letter::builder()
            .message_id(Some(format!("<{id}@{host}>")))
            .from(self.from.clone())
            .to(to.parse().map_err(|_| NotDelivered::Never)?)
            .subject(&message.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(message.text.clone())
            .map_err(|_| NotDelivered::Never)?;
        match self.server.send(&letter) {
            Ok(_) => Ok(()),
            // 5xx: the server will not take this letter, to this address, ever.
            Err(error) if error.is_permanent() => Err(NotDelivered::Never),
            Err(_) => Err(NotDelivered::Later),
        }
    }
}
