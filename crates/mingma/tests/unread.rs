//! Nobody reads on (`mingma … | head`): the command ends without a word, as other tools do.

use std::process::{Command, Stdio};

const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rulesets/shaanxi/2020");

#[test]
fn a_command_whose_reader_has_left_ends_quietly() {
    let dir = tempfile::tempdir().unwrap();
    let facts = dir.path().join("facts.csv");
    let row = "p,contact,close,2020-03-01,,,cdc,INV-1";
    std::fs::write(&facts, format!("person,kind,value,at,until,region,issuer,evidence\n{row}\n")).unwrap();
    let [facts, nowhere] = [facts, dir.path().join("none")].map(|path| path.to_str().unwrap().to_owned());
    for (arguments, status) in [
        (vec!["doctor", "--data", &nowhere], 141),
        (vec!["assess", "--rules", RULES, "--on", "2020-03-02", "--facts", &facts], 141),
        // It stops there, and the judgement stands.
        (vec!["rules", "show", RULES], 0),
        (vec!["rules", "check", RULES], 0),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_mingma"));
        let run = command.args(&arguments).stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped());
        let run = run.spawn().unwrap().wait_with_output().unwrap();
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!((run.status.code(), said.as_str()), (Some(status), ""), "{arguments:?}");
    }
}
