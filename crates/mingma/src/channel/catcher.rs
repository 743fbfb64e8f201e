//! A gateway and a mail server that keep what they are given: what the tests send to. Each runs in a thread of its own on
//! this machine, and answers as it is told, first things first.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What was caught, in its order.
#[derive(Clone)]
pub(crate) struct Catcher {
    pub(crate) address: SocketAddr,
    caught: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
}

impl Catcher {
    /// A gateway. Each answer is an HTTP status; when they are used up, `200 OK`.
    pub(crate) fn http(answers: &[&'static str]) -> Self {
        Self::start(answers, http)
    }

    /// A mail server. Each answer is what it says to `MAIL FROM`; when they are used up, it takes letters.
    pub(crate) fn smtp(answers: &[&'static str]) -> Self {
        Self::start(answers, smtp)
    }

    fn start(answers: &[&'static str], serve: fn(TcpStream, &Self) -> std::io::Result<()>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answers = Arc::new(Mutex::new(answers.iter().copied().collect()));
        let catcher = Self { address, caught: Arc::default(), answers };
        let given = catcher.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that breaks off is the test's own doing.
                let _left = serve(stream.unwrap(), &given);
            }
        });
        catcher
    }

    /// Everything that was given so far, also what was refused.
    pub(crate) fn caught(&self) -> Vec<String> {
        self.caught.lock().unwrap().clone()
    }

    fn keep(&self, text: String) {
        self.caught.lock().unwrap().push(text);
    }

    fn answer(&self, otherwise: &'static str) -> &'static str {
        self.answers.lock().unwrap().pop_front().unwrap_or(otherwise)
    }
}

/// One request for each connection: its head and its body are kept as one text.
fn http(mut stream: TcpStream, catcher: &Catcher) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while reader.read_line(&mut head)? > 2 {}
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.trim().parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    catcher.keep(head + &String::from_utf8(body).unwrap());
    let status = catcher.answer("200 OK");
    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

/// One session: what it is told is kept as one text if it took the letter.
fn smtp(mut stream: TcpStream, catcher: &Catcher) -> std::io::Result<()> {
    let reader = BufReader::new(stream.try_clone()?);
    let (mut session, mut in_letter) = (String::new(), false);
    stream.write_all(b"220 catcher\r\n")?;
    for line in reader.lines() {
        let line = line?;
        session.push_str(&line);
        session.push('\n');
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match word.as_str() {
            _ if in_letter && line == "." => {
                in_letter = false;
                catcher.keep(std::mem::take(&mut session));
                "250 kept"
            }
            _ if in_letter => continue,
            "EHLO" => "250 catcher",
            "MAIL" => catcher.answer("250 go on"),
            "RCPT" => "250 go on",
            "DATA" => {
                in_letter = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        write!(stream, "{answer}\r\n")?;
    }
    Ok(())
}
