//! What a notice says when it leaves the house: what kind of thing happened, and where to read it.
//!
//! A message is read over shoulders and kept by others: it never names a colour, a fact or a person. Only a code stands in it,
//! because it must.

use mingma_domain::text::Lang;
use mingma_registry::words::NoticeKind;

use crate::text::Texts;

/// A message in one language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// The subject of a letter; short messages have none.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// The message of a notice, with the code if it is about one and where the pages are.
#[must_use]
pub fn message(texts: &Texts, lang: Lang, kind: NoticeKind, code: Option<&str>, origin: &str) -> Message {
    let speaker = texts.speaker(lang);
    let code = code.unwrap_or_default();
    let said = match kind {
        NoticeKind::FactRecorded => speaker.say("notice-fact-recorded"),
        NoticeKind::FactPending => speaker.say("notice-fact-pending"),
        NoticeKind::FactRetracted => speaker.say("notice-fact-retracted"),
        NoticeKind::FactConfirmed => speaker.say("notice-fact-confirmed"),
        NoticeKind::AppealAnswered => speaker.say("notice-appeal-answered"),
        NoticeKind::Disclosed => speaker.say("notice-disclosed"),
        NoticeKind::SignInCode => speaker.with("notice-sign-in-code", &[("code", code)]),
        NoticeKind::AssistanceCode => speaker.with("notice-assistance-code", &[("code", code)]),
        NoticeKind::ContactCode => speaker.with("notice-contact-code", &[("code", code)]),
        NoticeKind::SignedIn => speaker.say("notice-signed-in"),
        NoticeKind::ContactChanged => speaker.say("notice-contact-changed"),
        NoticeKind::Amended => speaker.say("notice-amended"),
        NoticeKind::StatusChanged => speaker.say("notice-status-changed"),
        NoticeKind::AboutWard => speaker.say("notice-about-ward"),
    };
    let text = match kind {
        // Whoever waits for a code is on the page already; a link in such a message trains people to follow others' links.
        NoticeKind::SignInCode | NoticeKind::AssistanceCode | NoticeKind::ContactCode => said,
        NoticeKind::FactRecorded
        | NoticeKind::FactPending
        | NoticeKind::FactRetracted
        | NoticeKind::FactConfirmed
        | NoticeKind::AppealAnswered
        | NoticeKind::Disclosed
        | NoticeKind::SignedIn
        | NoticeKind::ContactChanged
        | NoticeKind::Amended
        | NoticeKind::StatusChanged
        | NoticeKind::AboutWard => {
            // Where nobody has said where the pages are, no place is named.
            if origin.is_empty() {
                said
            } else {
                speaker.with("notice-read-it", &[("said", said.as_str()), ("origin", origin)])
            }
        }
    };
    Message { subject: speaker.say("notice-subject"), text }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The characters of a short message of one part in Chinese.
    const ONE_PART: usize = 70;

    #[test]
    fn every_notice_says_what_kind_of_thing_happened_and_no_colour() {
        let texts = Texts::shipped();
        for lang in [Lang::ZhHans, Lang::ZhHant, Lang::En] {
            for kind in NoticeKind::ALL {
                let code = kind.is_code().then_some("271828");
                let message = message(&texts, lang, *kind, code, "https://code.example.cn");
                assert!(message.text.starts_with("【明码】") || lang != Lang::ZhHans, "{}", message.text);
                assert_eq!(message.text.contains("271828"), code.is_some());
                assert_eq!(message.text.contains("https://code.example.cn"), code.is_none());
                for colour in ["green", "yellow", "red ", "绿", "黄码", "红", "綠", "黃碼", "紅"] {
                    assert!(!message.text.contains(colour), "{}", message.text);
                }
                if lang == Lang::ZhHans {
                    assert!(
                        message.text.chars().count() <= ONE_PART,
                        "{} characters",
                        message.text.chars().count()
                    );
                }
            }
        }
    }
}
