//! The manual is true: its commands are run, in their order, and those that need another machine name what exists.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it skips"
)]

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const MINGMA: &str = env!("CARGO_BIN_EXE_mingma");

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The fenced blocks of a page that are marked with this word.
fn blocks(page: &str, mark: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(word)) => open = Some(format!("{word}\n")),
            (Some(block), None) => block.extend([line, "\n"]),
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    let own = |block: String| block.strip_prefix(&format!("{mark}\n")).map(str::to_owned);
    found.into_iter().filter_map(own).collect()
}

fn has(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
    found.is_ok_and(|output| output.status.success())
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Every `mingma` command line of a text, without what a shell adds.
fn command_lines(text: &str) -> Vec<String> {
    let lines = text.lines().flat_map(|line| line.split(['`', ';', '|', '&', '\'', '"']));
    let own = lines.filter_map(|part| {
        part.trim().trim_start_matches("exec ").trim_start_matches("/usr/bin/").strip_prefix("mingma ")
    });
    own.map(str::to_owned).collect()
}

/// Whether a command with these options exists, by what the program says of itself.
fn exists(line: &str) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let path: Vec<&str> =
        words.iter().take_while(|word| word.chars().all(|c| c.is_ascii_lowercase())).copied().collect();
    let options = words.iter().filter(|word| word.starts_with("--"));
    let help = Command::new(MINGMA).args(&path).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    if !path.is_empty() {
        assert!(help.contains(&format!("Usage: mingma {}", path.join(" "))), "`mingma {line}`: {help}");
    }
    for option in options {
        let known = help.split(|c: char| c.is_whitespace() || c == ',' || c == '[' || c == '=');
        assert!(known.into_iter().any(|word| word == *option), "`mingma {line}`: no `{option}`");
    }
}

#[test]
fn every_command_of_the_manual_exists_with_its_options() {
    let mut seen = 0;
    for page in ["docs/OPERATING.md", "docs/OPERATING.zh-CN.md"] {
        for line in command_lines(&read(page)) {
            exists(&line);
            seen += 1;
        }
    }
    for file in ["mingma.service", "mingma-backup.service", "mingma-trust.service"] {
        let lines = command_lines(&read(&format!("packaging/{file}")).replace("ExecStart=", ""));
        assert!(!lines.is_empty(), "{file} runs nothing of ours");
        for line in lines {
            exists(&line);
        }
    }
    assert!(seen > 30, "only {seen} commands were seen");
}

#[test]
fn both_languages_give_the_same_commands_and_settings() {
    let (english, chinese) = (read("docs/OPERATING.md"), read("docs/OPERATING.zh-CN.md"));
    for mark in ["sh", "sh machine", "toml", "toml channels", "nginx", "caddy"] {
        let (in_english, in_chinese) = (blocks(&english, mark), blocks(&chinese, mark));
        assert!(!in_english.is_empty(), "no `{mark}`");
        assert_eq!(in_english, in_chinese, "`{mark}`");
    }
    let anchors = |page: &str| -> Vec<String> {
        page.split("<a id=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    assert_eq!(anchors(&english), anchors(&chinese));
    for page in [english, chinese] {
        for link in page.split("](#").skip(1).map(|rest| rest.split(')').next().unwrap().to_owned()) {
            assert!(anchors(&page).contains(&link), "nothing is at #{link}");
        }
    }
}

/// The manual's text with its folders and addresses moved into a folder of the test's.
fn moved(text: &str, dir: &Path, addresses: &[(&str, String)]) -> String {
    let mut text = text.to_owned();
    for place in ["/var/lib/mingma", "/var/backups/mingma", "/etc/mingma", "/etc/ssl", "/media/authority"] {
        text = text.replace(place, &format!("{}{place}", dir.display()));
    }
    for (written, free) in addresses {
        text = text.replace(written, free);
    }
    text
}

#[test]
fn the_manuals_commands_work_in_their_order() {
    if !has("curl") {
        println!("skipped: the manual's commands: `curl` is not here");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let place = |path: &str| -> PathBuf { dir.path().join(path) };
    for folder in ["var/lib/mingma", "var/backups/mingma", "etc/mingma", "media/authority", "bin"] {
        fs::create_dir_all(place(folder)).unwrap();
    }
    std::os::unix::fs::symlink(MINGMA, place("bin/mingma")).unwrap();
    let addresses =
        ["127.0.0.1:8080", "127.0.0.1:9090", "127.0.0.1:9091"].map(|written| (written, free_address()));
    let manual = read("docs/OPERATING.md");
    let settings = moved(&blocks(&manual, "toml").concat(), dir.path(), &addresses);
    let channels = moved(&blocks(&manual, "toml channels").concat(), dir.path(), &addresses);
    fs::write(place("etc/mingma/mingma.toml"), format!("{settings}{channels}")).unwrap();
    for secret in ["sms-token", "smtp-password"] {
        fs::write(place("etc/mingma").join(secret), "a secret of the test's\n").unwrap();
    }
    assert_eq!(
        blocks(&manual, "toml").concat(),
        read("packaging/mingma.toml")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .fold(String::new(), |text, line| format!("{text}{line}\n")),
        "the package's settings are the manual's"
    );
    let mut script = "begun=; trap 'kill $begun' EXIT\n".to_owned();
    for block in blocks(&manual, "sh") {
        // What runs on is ended with the script.
        let block = block.replace(" &\n", " & begun=\"$begun $!\"\n");
        script.push_str(&moved(&block, dir.path(), &addresses));
    }
    let path = format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", place("bin").display());
    let run = Command::new("timeout")
        .args(["60", "sh", "-eux", "-c", &script])
        .env("PATH", path)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (out, told) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{told}");
    assert!(out.contains("{\"live\":true}") && out.contains("mingma_build_info{"), "{out}");
    assert!(!out.contains("fail "), "{out}");
}

#[test]
fn nginx_passes_on_as_the_manual_tells_it() {
    if !(has("nginx") && has("openssl") && has("curl")) {
        println!("skipped: the manual's nginx: it needs `nginx`, `openssl` and `curl`");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let ssl = dir.path().join("etc/ssl");
    fs::create_dir_all(&ssl).unwrap();
    let certificate = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "1",
        ])
        .args([
            "-subj",
            "/CN=code.example.cn",
            "-out",
            "code.example.cn.pem",
            "-keyout",
            "code.example.cn.key",
        ])
        .current_dir(&ssl)
        .output()
        .unwrap();
    assert!(certificate.status.success(), "{}", String::from_utf8_lossy(&certificate.stderr));
    let (inner, outer) = (free_address(), free_address());
    let addresses = [("listen 443", format!("listen {outer}")), ("127.0.0.1:8080", inner.clone())];
    let http = moved(&blocks(&read("docs/OPERATING.md"), "nginx").concat(), dir.path(), &addresses);
    let at = dir.path().display();
    let conf = format!(
        "daemon off; master_process off; pid {at}/pid; error_log stderr;\nevents {{}}\nhttp {{\n\
         client_body_temp_path {at}/1; proxy_temp_path {at}/2; fastcgi_temp_path {at}/3; uwsgi_temp_path {at}/4; scgi_temp_path {at}/5;\n\
         {http}}}\n"
    );
    let file = dir.path().join("nginx.conf");
    fs::write(&file, conf).unwrap();
    let keys = dir.path().join("keys");
    let mut made = Command::new(MINGMA);
    made.args(["keygen", "--region", "410000", "--out"]).arg(&keys).arg("--authority");
    let made = made.arg(dir.path().join("authority")).output().unwrap();
    assert!(made.status.success());
    let mut serve = Command::new(MINGMA)
        .args(["serve", "--listen", &inner, "--log", "off", "--origin", "https://code.example.cn", "--data"])
        .arg(dir.path().join("data"))
        .arg("--keys")
        .arg(&keys)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut nginx = Command::new("nginx").arg("-c").arg(&file).stderr(Stdio::piped()).spawn().unwrap();
    let port = outer.rsplit(':').next().unwrap();
    let get = |arguments: &[&str]| {
        let output = Command::new("curl")
            .args([
                "--silent",
                "--insecure",
                "--include",
                "--retry",
                "20",
                "--retry-delay",
                "1",
                "--retry-all-errors",
            ])
            .args(["--resolve", &format!("code.example.cn:{port}:127.0.0.1")])
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let base = format!("https://code.example.cn:{port}");
    let live = get(&["--fail", &format!("{base}/health/live")]);
    // A browser's form without `Sec-Fetch-Site`: its origin is compared with the host that the proxy passes on.
    let own = get(&["-X", "POST", "-H", "origin: https://code.example.cn", &format!("{base}/nothing")]);
    let others = get(&["-X", "POST", "-H", "origin: https://other.example", &format!("{base}/nothing")]);
    let _gone = (nginx.kill(), serve.kill());
    let told = nginx.wait_with_output().unwrap();
    serve.wait().unwrap();
    assert!(live.contains("{\"live\":true}"), "{live}{}", String::from_utf8_lossy(&told.stderr));
    assert!(live.to_lowercase().contains("strict-transport-security: max-age="), "{live}");
    assert!(own.contains("/problems/not-found"), "{own}");
    assert!(others.contains("/problems/cross-site"), "{others}");
}
