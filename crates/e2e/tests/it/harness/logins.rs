//! The demonstration's ways in, as it prints them: its officials, and its institutions by their key files.

use std::path::PathBuf;

use totp_rs::{Builder, Secret};

use super::{Server, now};

/// An official's password, and what the authenticator on their phone shows.
pub(crate) struct Official {
    pub(crate) password: String,
    secret: Secret,
}

impl Server {
    /// The official of this name.
    pub(crate) fn official(&self, name: &str) -> Official {
        let mut lines = self.said().iter().skip_while(|line| !line.starts_with(&format!("  {name}  ")));
        let password = lines.next().unwrap().split_whitespace().last().unwrap().to_owned();
        let uri = lines.next().unwrap();
        let secret = uri.split("secret=").nth(1).unwrap().split('&').next().unwrap();
        Official { password, secret: Secret::try_from_base32(secret).unwrap() }
    }

    /// The key file of an institution.
    pub(crate) fn key_file(&self, issuer: &str) -> PathBuf {
        self.data().join("institutions").join(format!("{}.key.pem", issuer.replace(':', "-")))
    }
}

impl Official {
    /// The six digits of this moment.
    pub(crate) fn code(&self) -> String {
        let totp = Builder::new().with_secret(self.secret.clone()).build_noncompliant();
        totp.generate(u64::try_from(now().get()).unwrap()).to_string()
    }
}
