//! `chromedriver` as a process, and the one session in it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long the browser may take to end.
const END: Duration = Duration::from_secs(10);

/// Ends the browser and itself when it is dropped.
pub(super) struct Driver {
    child: Child,
    port: u16,
    session: Option<String>,
}

impl Driver {
    /// Starts it on a port that the system chooses.
    pub(super) fn start(program: &std::path::Path) -> Self {
        let mut command = Command::new(program);
        command.args(["--port=0"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let port = line.split("successfully on port ").nth(1)?;
            port.trim_end_matches('.').parse().ok()
        });
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port: port.expect("chromedriver ended without saying where it listens"), session: None }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The session that is to be ended with it.
    pub(super) fn began(&mut self, session: String) {
        self.session = Some(session);
    }

    /// Ends the browser. It is asked by hand because a test that fails has nobody to wait for an answer.
    fn end_session(&self) -> std::io::Result<()> {
        let Some(session) = &self.session else { return Ok(()) };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(END))?;
        write!(stream, "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port)?;
        // It answers when the browser has ended, and does not close the connection after that.
        BufReader::new(stream).read_line(&mut String::new())?;
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ended_already = self.end_session();
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
    }
}
