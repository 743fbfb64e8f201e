//! The end: what is under way is finished, nothing new begins, and it does not take long.

use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::support::{Answer, City, timed, until};

#[test]
fn a_request_under_way_is_finished_and_no_further_one_is_taken() {
    let city = City::new(1);
    let mut served = city.serve(&[]);
    let request = city.declaration(0, "k", "well");
    let (begun, rest) = request.split_at(request.len() - 5);
    let mut stream = served.connect();
    stream.write_all(begun.as_bytes()).unwrap();
    // The program has read that much once it answers a later request.
    assert_eq!(served.get("/health/live").status, 200);
    std::thread::sleep(Duration::from_millis(200));
    served.terminate();
    until("the end of listening", || TcpStream::connect(served.at).is_err());
    assert!(served.child.try_wait().unwrap().is_none(), "it waits for what is under way");
    stream.write_all(rest.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream);
    assert_eq!(Answer::read(&mut reader).unwrap().status, 200);
    assert!(Answer::read(&mut reader).is_none(), "and the connection ends with it");
    assert!(served.wait().success());
    assert_eq!(city.facts(0), 1);
    let log = city.data().join("mingma.db-wal");
    assert!(!log.exists(), "the log is folded into the database");
}

#[test]
fn a_request_that_does_not_end_is_cut_off_in_time_and_that_is_told() {
    let city = City::new(1);
    let mut served = city.serve(&["--end-seconds", "1"]);
    let idle = served.connect();
    let mut stuck = served.connect();
    stuck.write_all(city.head(0, "k", 100).as_bytes()).unwrap();
    assert_eq!(served.get("/health/live").status, 200);
    std::thread::sleep(Duration::from_millis(200));
    served.terminate();
    let (status, took) = timed(|| served.wait());
    assert_eq!(status.code(), Some(1));
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(served.log().contains("were cut off; what they had written is kept"), "{}", served.log());
    drop((idle, stuck));
    assert_eq!(city.facts(0), 0);
}

#[test]
fn ending_takes_twenty_seconds_at_most() {
    assert!(mingma_server::Limits::default().end <= Duration::from_secs(20));
}
