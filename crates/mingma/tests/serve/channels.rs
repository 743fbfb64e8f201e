//! The configured ways to people, end to end: the code that signs a person in goes out through them, and a wrong setting
//! is refused before anything is opened.

use std::fs;
use std::path::PathBuf;

use super::catcher::Catcher;
use super::support::{Answer, City, Served, mingma, until};

const PHONE: &str = "+8613800138000";
const LETTERS: &str = "akiko@example.jp";

fn post(served: &Served, path: &str, body: &str) -> Answer {
    let head = "host: code\r\ncontent-type: application/json";
    let length = body.len();
    served.send(&format!("POST {path} HTTP/1.1\r\n{head}\r\ncontent-length: {length}\r\n\r\n{body}"))
}

/// The six digits that stand alone in what was caught.
fn code(message: &str) -> String {
    let words = message.split(|c: char| !c.is_ascii_alphanumeric());
    let code = words.into_iter().find(|word| word.len() == 6 && word.bytes().all(|c| c.is_ascii_digit()));
    code.unwrap_or_else(|| panic!("no code: {message}")).to_owned()
}

fn configuration(city: &City, text: &str) -> PathBuf {
    let file = city.dir.path().join("mingma.toml");
    fs::write(&file, text).unwrap();
    file
}

#[test]
fn a_code_goes_out_by_short_message_and_by_letter_and_signs_in() {
    let city = City::new(0);
    let (sms, mail) = (Catcher::http(&[]), Catcher::smtp(&[]));
    let token = city.dir.path().join("token");
    fs::write(&token, "Bearer 7d1f\n").unwrap();
    let (sms_at, mail_at) = (sms.address, mail.address);
    let file = configuration(
        &city,
        &format!(
            "[sms]\nurl = \"http://{sms_at}/send\"\nauthorization_file = \"{}\"\n\
             [sms.body]\nto = \"{{to}}\"\ncontent = \"{{text}}\"\n\
             [mail]\nserver = \"{}\"\nport = {}\nsecurity = \"none\"\nfrom = \"Mingma <no-reply@example.cn>\"\n",
            token.display(),
            mail_at.ip(),
            mail_at.port(),
        ),
    );
    let served = city.serve(&["--config", file.to_str().unwrap()]);
    for (n, contact, catcher) in [(1, PHONE, &sms), (2, LETTERS, &mail)] {
        let document = format!("passport:JP:TR{n:07}");
        let registration = format!(
            "{{\"document\":\"{document}\",\"home\":\"410105\",\"contact\":\"{contact}\",\"language\":\"en\"}}"
        );
        assert_eq!(post(&served, "/api/v1/registrations", &registration).status, 202);
        let before = catcher.caught().len();
        let asked = post(&served, "/api/v1/sign-in/codes", &format!("{{\"document\":\"{document}\"}}"));
        assert_eq!(asked.status, 202, "{asked:?}");
        until("a message", || catcher.caught().len() > before);
        let message = catcher.caught().pop().unwrap();
        assert!(message.contains(contact), "{message}");
        let code = code(message.split_once("\n\n").or(message.split_once("\r\n\r\n")).unwrap().1);
        let credentials = format!("{{\"document\":\"{document}\",\"code\":\"{code}\"}}");
        let session = post(&served, "/api/v1/sign-in/sessions", &credentials);
        assert_eq!(session.status, 200, "{session:?}");
        let again = post(&served, "/api/v1/sign-in/sessions", &credentials);
        assert_eq!(again.problem(), "code-refused", "a code is good once");
    }
    assert!(sms.caught().iter().all(|message| message.contains("authorization: Bearer 7d1f")));
    let log = served.log();
    assert!(!log.contains(PHONE) && !log.contains(LETTERS) && !log.contains("7d1f"), "{log}");
}

#[test]
fn a_wrong_setting_is_refused_with_its_file_and_what_to_write() {
    let city = City::new(0);
    let data = city.dir.path().join("new");
    let body = "[sms.body]\nto = \"{to}\"\ncontent = \"{text}\"\n";
    let cases = [
        ("origins = \"https://code.example.cn\"\n".to_owned(), "line 1: unknown field `origins`"),
        ("listen = \"here\"\n".to_owned(), "line 1: "),
        ("log = \"info\"\nlog = \"warn\"\n".to_owned(), "line 2: duplicate key"),
        (format!("[sms]\nurl = \"http://sms.example.cn/send\"\n{body}"), "`sms.url` is neither `https://…`"),
        (format!("[sms]\nurl = \"https://sms.example.cn\"\nauthorization_file = \"none\"\n{body}"), "none"),
        (
            "[sms]\nurl = \"https://sms.example.cn\"\n[sms.body]\nto = \"{to}\"\n".to_owned(),
            "has no `{text}`",
        ),
        (
            "[mail]\nserver = \"smtp.example.cn\"\nfrom = \"a@example.cn\"\nuser = \"a\"\n".to_owned(),
            "`mail.user` and `mail.password_file` go together",
        ),
        ("[mail]\nserver = \"smtp.example.cn\"\nfrom = \"nobody\"\n".to_owned(), "line 3: not a mailbox"),
    ];
    for (text, told) in cases {
        let file = configuration(&city, &text);
        let run = mingma(&["serve", "--config", file.to_str().unwrap(), "--data", data.to_str().unwrap()]);
        let said = String::from_utf8(run.stderr).unwrap();
        assert!(!run.status.success() && said.contains(told), "{text}\n{said}");
    }
    assert!(!data.exists(), "nothing was made");
}
