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
            Err(error) if error.is_permanent() && is_no_address(&error.to_string()) => {
                Err(NotDelivered::Never)
            }
            Err(_) => Err(NotDelivered::Later),
        }
    }
}

/// Whether a server's words say that there is no such address: an enhanced status of RFC 3463 about addresses. By other permanent errors it
/// refuses whoever asks, or what is sent, and after somebody has seen to that the letter can go.
fn is_no_address(said: &str) -> bool {
    said.split(|c: char| c.is_whitespace() || c == '-')
        .any(|word| word.starts_with("5.1.") || word == "5.2.1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_not_there_is_told_from_a_server_that_refuses() {
        for said in
            ["permanent error (550): 5.1.1 no such user", "(550): 5.1.10 <z@example.cn>", "(550): 5.2.1 off"]
        {
            assert!(is_no_address(said), "{said}");
        }
        for said in
            ["(550): relaying denied", "(550): 5.7.1 not signed in", "(552): 5.2.2 full", "(554): 15.1.1"]
        {
            assert!(!is_no_address(said), "{said}");
        }
    }
}
