//! The configured ways to people, end to end: the code that signs a person in goes out through them, and a wrong setting
//! is refused before anything is opened.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::catcher::Catcher;
use super::living::{publish, rules, settled, tested_positive};
use super::support::{Answer, City, Served, mingma, until};
use super::watching::{counted, value};

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

/// Sends JSON as somebody.
fn post_as(served: &Served, token: &str, (path, key): (&str, &str), body: &Value) -> Answer {
    let body = body.to_string();
    let head = format!("host: code\r\nauthorization: Bearer {token}\r\nidempotency-key: {key}");
    let head = format!("{head}\r\ncontent-type: application/json\r\ncontent-length: {}", body.len());
    served.send(&format!("POST {path} HTTP/1.1\r\n{head}\r\n\r\n{body}"))
}

fn registered(served: &Served, document: &str, contact: Option<&str>) {
    let sent = json!({ "document": document, "home": "410105", "contact": contact, "language": "en" });
    assert_eq!(post(served, "/api/v1/registrations", &sent.to_string()).status, 202);
}

fn to_sms(city: &City, sms: &Catcher) -> String {
    let at = sms.address;
    let body = "[sms.body]\nto = \"{to}\"\ncontent = \"{text}\"\n";
    let file = configuration(city, &format!("[sms]\nurl = \"http://{at}/send\"\n{body}"));
    file.to_str().unwrap().to_owned()
}

/// The notices to somebody: what each is about, of which sort it is, and what became of it.
fn notices(served: &Served, token: &str, whose: &str) -> Vec<[String; 3]> {
    let (status, body, _) = served.raw_as(&format!("/api/v1/persons/{whose}/notices"), token);
    assert_eq!(status, 200);
    let told: Value = serde_json::from_slice(&body).unwrap();
    let of = |notice: &Value, name: &str| notice[name].as_str().unwrap().to_owned();
    let each = told["items"].as_array().unwrap().iter();
    each.map(|notice| [of(notice, "about"), of(notice, "kind"), of(notice, "delivery")]).collect()
}

#[test]
fn when_a_childs_code_turns_red_its_guardian_is_told_once_that_there_is_news() {
    let city = City::new(0);
    publish(&city.store(), rules());
    let sms = Catcher::http(&[]);
    let config = to_sms(&city, &sms);
    let options = ["--config", &config, "--metrics", "127.0.0.1:0"];
    let mut served = city.serve(&options);
    let guardian = "passport:JP:TR0000001";
    let child = format!("child:{guardian}:2020-05-01:1");
    registered(&served, guardian, Some(PHONE));
    registered(&served, &child, None);
    post(&served, "/api/v1/sign-in/codes", &json!({ "document": guardian }).to_string());
    until("a code", || !sms.caught().is_empty());
    let digits = code(sms.caught()[0].split_once("\r\n\r\n").unwrap().1);
    let credentials = json!({ "document": guardian, "code": digits }).to_string();
    let session: Value =
        serde_json::from_str(&post(&served, "/api/v1/sign-in/sessions", &credentials).body).unwrap();
    let token = session["token"].as_str().unwrap();
    let wish = json!({ "child": child, "days": 30 });
    let bound = post_as(&served, token, ("/api/v1/persons/me/children", "k-1"), &wish);
    assert_eq!(bound.status, 200, "{bound:?}");
    let bound: Value = serde_json::from_str(&bound.body).unwrap();
    let ward = bound["ward"].as_str().unwrap();
    settled(&served);
    served.terminate();
    assert!(served.wait().success());
    tested_positive(&city.store(), ward.parse().unwrap());

    fs::write(city.dir.path().join("log"), "").unwrap();
    let served = city.serve(&options);
    until("a message", || sms.caught().len() > 1);
    settled(&served);
    until("what became of everything", || value(&counted(&served.log()), "mingma_outbox_waiting") < 0.5);
    let [_, told] = &sms.caught()[..] else { panic!("{:?}", sms.caught()) };
    let said: Value = serde_json::from_str(told.split_once("\r\n\r\n").unwrap().1).unwrap();
    let text = "[Mingma] There is news of somebody for whom you act.";
    assert_eq!(said, json!({ "to": PHONE, "content": text }));
    let of_ward = [["status-changed", "passed-on"]];
    let kinds: Vec<[String; 2]> =
        notices(&served, token, ward).into_iter().map(|[_, kind, became]| [kind, became]).collect();
    assert_eq!(kinds, of_ward);
    let own = notices(&served, token, "me");
    assert!(own.contains(&[ward, "about-ward", "delivered"].map(str::to_owned)), "{own:?}");
    assert!(value(&counted(&served.log()), "mingma_outbox_undeliverable") < 0.5, "no gateway has failed");
}

#[test]
fn where_a_way_to_people_is_missing_it_is_said_and_its_contacts_are_refused() {
    let city = City::new(0);
    let sms = Catcher::http(&[]);
    let config = to_sms(&city, &sms);
    let contacts = [PHONE, LETTERS];
    for (options, taken, warned) in [
        (vec!["--config", &config], [true, false], ["[mail]"].as_slice()),
        (vec![], [false, false], ["[sms]", "[mail]", "nobody can sign in"].as_slice()),
    ] {
        let log = city.dir.path().join("log");
        fs::write(&log, "").unwrap();
        let served = city.serve(&options);
        for (n, (contact, taken)) in contacts.into_iter().zip(taken).enumerate() {
            let document = format!("passport:JP:TR000000{n}");
            let sent = json!({ "document": document, "home": "410105", "contact": contact });
            let answer = post(&served, "/api/v1/registrations", &sent.to_string());
            assert_eq!(answer.status, if taken { 202 } else { 422 }, "{contact}: {answer:?}");
            assert!(taken || answer.problem() == "no-way", "{answer:?}");
        }
        let log = served.log();
        let warnings = log.lines().filter(|line| line.contains("WARN")).collect::<Vec<_>>().join("\n");
        for way in ["[sms]", "[mail]", "nobody can sign in"] {
            assert_eq!(warnings.contains(way), warned.contains(&way), "{way}: {warnings}");
        }
        let data = city.data();
        let asked = [&["doctor", "--json", "--data", data.to_str().unwrap()], &options[..]].concat();
        let told: Value = serde_json::from_slice(&mingma(&asked).stdout).unwrap();
        let finding = told["findings"].as_array().unwrap().iter().find(|one| one["check"] == "channels");
        let finding = finding.unwrap_or_else(|| panic!("{told}"));
        assert_eq!(
            (&finding["mark"], &finding["page"]),
            (&json!("warn"), &json!("docs/OPERATING.md#notices"))
        );
        let said = finding["said"].as_str().unwrap();
        assert!(warned.iter().all(|way| said.contains(way)), "{said}");
    }
}

#[test]
fn the_doctor_fails_where_somebody_waits_for_a_message_and_no_way_is_configured() {
    let city = City::new(0);
    let sms = Catcher::http(&["503 Service Unavailable"; 64]);
    let config = to_sms(&city, &sms);
    let served = city.serve(&["--config", &config]);
    registered(&served, "passport:JP:TR0000001", Some(PHONE));
    post(&served, "/api/v1/sign-in/codes", &json!({ "document": "passport:JP:TR0000001" }).to_string());
    until("a try", || !sms.caught().is_empty());
    let data = city.data();
    let asked = mingma(&["doctor", "--json", "--data", data.to_str().unwrap()]);
    let told: Value = serde_json::from_slice(&asked.stdout).unwrap();
    let finding = told["findings"].as_array().unwrap().iter().find(|one| one["check"] == "channels").unwrap();
    assert_eq!((asked.status.code(), &finding["mark"]), (Some(1), &json!("fail")), "{told:#}");
}
