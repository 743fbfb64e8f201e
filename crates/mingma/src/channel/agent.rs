//! How the program asks others over HTTP: directly, by the certificates that the machine trusts, and not for ever.

use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

use crate::failure::Failure;

/// An agent for an address, that gives an answer up after so long.
///
/// # Errors
/// A [`Failure`] if the address needs TLS and the machine trusts nobody.
pub(crate) fn agent(address: &str, patience: Duration) -> Result<Agent, Failure> {
    let roots = if address.starts_with("https://") { trusted()? } else { RootCerts::WebPki };
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
        .root_certs(roots)
        .build();
    Ok(Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(patience))
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .new_agent())
}

/// The certificates that the machine trusts.
pub(super) fn trusted() -> Result<RootCerts, Failure> {
    let found = rustls_native_certs::load_native_certs();
    let certs: Vec<Certificate<'static>> =
        found.certs.iter().map(|cert| Certificate::from_der(cert.as_ref()).to_owned()).collect();
    if certs.is_empty() {
        return Err(Failure::new(
            "this machine trusts no certificate, so that no gateway can be reached by TLS",
        )
        .help("install the package `ca-certificates`"));
    }
    Ok(RootCerts::new_with_certs(&certs))
}
