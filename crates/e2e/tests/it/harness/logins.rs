//! The demonstration's ways in, as it prints them: its officials, and its institutions by their key files.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use totp_rs::{Builder, Secret};

use super::{Server, now};

/// How long a code is the present one, in seconds.
const STEP: u64 = 30;

/// An official's password, and what the authenticator on their phone shows.
pub(crate) struct Official {
    pub(crate) password: String,
    secret: String,
}

impl Server {
    /// The official of this name.
    pub(crate) fn official(&self, name: &str) -> Official {
        let mut lines = self.said().iter().skip_while(|line| !line.starts_with(&format!("  {name}  ")));
        let password = lines.next().unwrap().split_whitespace().last().unwrap().to_owned();
        let uri = lines.next().unwrap();
        let secret = uri.split("secret=").nth(1).unwrap().split('&').next().unwrap();
        Official { password, secret: secret.to_owned() }
    }

    /// The key file of an institution.
    pub(crate) fn key_file(&self, issuer: &str) -> PathBuf {
        self.data().join("institutions").join(format!("{}.key.pem", issuer.replace(':', "-")))
    }
}

impl Official {
    /// The six digits of this moment, or of the one before or after, which count as well: each counts once, and several journeys sign the
    /// same official in.
    pub(crate) async fn code(&self) -> String {
        static TAKEN: Mutex<BTreeSet<(String, u64)>> = Mutex::new(BTreeSet::new());
        loop {
            let step = u64::try_from(now().get()).unwrap() / STEP;
            let take = |step: &u64| TAKEN.lock().unwrap().insert((self.secret.clone(), *step));
            if let Some(step) = [step, step + 1, step - 1].into_iter().find(take) {
                let secret = Secret::try_from_base32(&self.secret).unwrap();
                return Builder::new()
                    .with_secret(secret)
                    .build_noncompliant()
                    .generate(step * STEP)
                    .to_string();
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}
