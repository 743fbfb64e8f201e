//! What an act of the authority would do, in words for whoever is to sign it or to bring it in.

use std::fmt::Write as _;

use base16ct::lower::encode_string as hex;
use mingma_credential::UnixSeconds;
use mingma_credential::authority::Act;
use mingma_credential::trust::file::{Anchor, TrustFile};
use mingma_credential::trust::{Scope, TrustEntry};
use mingma_domain::Ruleset;
use mingma_domain::fact::Entitlement;
use mingma_domain::risk::RegionRisk;
use mingma_registry::Appointment;
use mingma_registry::acts::Less;
use mingma_registry::authority::Directive;
use mingma_registry::canonical::sha256;
use mingma_registry::row::{EntitlementEntry, IssuerEntry, KeyEntry, Limit};

use crate::keys::Draft;
use crate::plural::counted;

/// Everything that an act says.
pub(super) fn act(act: &Act, now: UnixSeconds) -> String {
    let said = match Directive::of(act) {
        Some(said) => what(&said, now),
        // Whoever made the file chose the word: what a terminal would obey is shown, not done.
        None => format!("  an act that is not known here: {:?}\n", act.name),
    };
    let (region, until, id, content) = (&act.region, act.until, hex(&act.id), hash(&act.content));
    let over = if until < now { ", which is over" } else { "" };
    format!(
        "the authority of {region} says\n{said}  it may be brought in until {until}{over}; it counts once, by its id {id}\n{content}"
    )
}

/// What is to be signed, by the hash by which it is known again when it is signed.
pub(super) fn directive(said: &Directive, now: UnixSeconds) -> String {
    what(said, now) + &hash(&said.content())
}

fn hash(content: &[u8]) -> String {
    format!("  SHA-256 of what it says: {}\n", hex(&sha256(content)))
}

/// What would be done, and what it would wait for.
fn what(said: &Directive, now: UnixSeconds) -> String {
    match said {
        Directive::Publish { region, rules, examples } => {
            let held = "it counts at once, or, if it would make anybody worse, when an appeals office agrees";
            match Ruleset::parse(rules) {
                Ok(parsed) => format!(
                    "  the rules `{}` are to be in force in {region} from {} to {}: {}, {} bytes of examples\n  {held}\n",
                    parsed.id,
                    parsed.effect,
                    parsed.sunset,
                    counted(parsed.rules.len(), "rule", "rules"),
                    examples.len()
                ),
                Err(errors) => {
                    format!(
                        "  rules for {region} that cannot be read: {}\n",
                        counted(errors.len(), "mistake", "mistakes")
                    )
                }
            }
        }
        Directive::SetRisk(RegionRisk { region, level, from, until }) => {
            let until =
                until.map_or_else(|| "until it is set anew".to_owned(), |until| format!("to {until}"));
            format!(
                "  the risk of {region} is `{level}` from {from} {until}\n  it counts at once, or, if it would make anybody worse, \
                 when an appeals office agrees\n"
            )
        }
        Directive::Appoint(appointment) => {
            format!("  {}\n  it is proposed, and counts when an appeals office agrees\n", more(appointment))
        }
        Directive::Withdraw(less) => format!("  {}\n  it counts at once\n", taken(less)),
        Directive::TrustList(bytes) => list(bytes, now),
    }
}

fn more(appointment: &Appointment) -> String {
    match appointment {
        Appointment::Issuer(IssuerEntry { issuer, organisation, region }) => {
            format!("`{issuer}` of the organisation `{organisation}` is to be an issuer in {region}")
        }
        Appointment::Key(KeyEntry { issuer, point, from, until }) => {
            format!("`{issuer}` is to sign with the key {} from {from} to {until}", hex(point.as_bytes()))
        }
        Appointment::Entitlement(EntitlementEntry { capacity, entitlement }) => {
            let Entitlement { issuer, kind, region, from, until } = entitlement;
            format!(
                "`{issuer}` is to `{capacity}` facts of the kind `{kind}` in {region} from {from} to {until}"
            )
        }
        Appointment::Limit(Limit { issuer, kind, per_hour }) => {
            format!(
                "`{issuer}` is to record {per_hour} facts of the kind `{kind}` an hour without a second office"
            )
        }
    }
}

fn taken(less: &Less) -> String {
    match less {
        Less::Key(point) => format!("the key {} counts for no issuer any more", hex(point.as_bytes())),
        Less::Entitlement(number) => format!("the entitlement that the act {number} gave counts no more"),
        Less::Limit(Limit { issuer, kind, per_hour }) => {
            format!("`{issuer}` records no more than {per_hour} facts of the kind `{kind}` an hour")
        }
    }
}

/// A trust list, by what it says of itself: whose it is, is checked where it is brought in.
fn list(bytes: &[u8], now: UnixSeconds) -> String {
    let list = match TrustFile::open_even_if_stale(bytes, Anchor::InFile, now) {
        Ok(list) => list,
        Err(error) => return format!("  a trust list that cannot be read: {error}\n"),
    };
    let (edition, signer) = (list.edition(), list.signer());
    let mut said = format!(
        "  checkpoints are to trust these keys until {} (edition {}, signed with the key {signer}):\n",
        edition.next_update, edition.number
    );
    for entry in list.list().entries() {
        said.push_str(&listed(entry));
    }
    said.push_str("  it counts at once; a key that it does not name is withdrawn\n");
    said
}

fn listed(entry: &TrustEntry) -> String {
    let kid = entry.key_id();
    match entry.scope() {
        Scope::Everything => format!("    {kid}, for everything\n"),
        Scope::Limited { regions, from, until, .. } => {
            let regions: Vec<_> = regions.iter().map(ToString::to_string).collect();
            format!("    {kid} for {}, from {from} to {until}\n", regions.join(", "))
        }
    }
}

/// A trust list that is to be signed.
pub(super) fn draft(draft: &Draft) -> String {
    let mut said = format!(
        "  checkpoints are to trust these keys for another 30 days (after edition {}):\n",
        draft.after
    );
    for (certificate, region) in &draft.keys {
        let (kid, until) = (certificate.key_id(), certificate.valid_until());
        // Writing to a string cannot fail.
        let _written = writeln!(said, "    {kid} for {region}, to {until}");
    }
    said.push_str("  it counts at once; a key that it does not name is withdrawn\n");
    said
}

#[cfg(test)]
mod tests {
    use mingma_credential::status::RegionCode;
    use mingma_registry::words::AuthorityAct;

    use super::*;

    fn signed(name: &str, content: Vec<u8>) -> String {
        let region = RegionCode::parse("410000").unwrap();
        let until = UnixSeconds::new(2);
        act(&Act { region, name: name.to_owned(), content, until, id: [7; 16] }, UnixSeconds::new(1))
    }

    #[test]
    fn an_unknown_act_of_an_unproved_file_commands_no_terminal() {
        let said = signed("\u{1b}[2J\u{202e}\nthe authority of 410000 says", Vec::new());
        assert!(said.contains("an act that is not known here: "), "{said}");
        assert_eq!(said.lines().count(), 4, "{said}");
        assert!(
            !said.chars().any(|sign| sign != '\n' && (sign.is_control() || sign == '\u{202e}')),
            "{said:?}"
        );
    }

    #[test]
    fn what_is_to_be_signed_has_the_hash_of_what_was_signed() {
        let rules = |examples: &str| Directive::Publish {
            region: "410000".parse().unwrap(),
            rules: "rules".to_owned(),
            examples: examples.to_owned(),
        };
        let last = |said: &str| said.lines().last().unwrap().to_owned();
        let said = rules("examples");
        let shown = last(&directive(&said, UnixSeconds::new(1)));
        assert!(shown.starts_with("  SHA-256 of what it says: "), "{shown}");
        assert_eq!(shown, last(&signed(AuthorityAct::Publish.word(), said.content())));
        assert_ne!(shown, last(&directive(&rules("other examples"), UnixSeconds::new(1))));
    }
}
