//! Clients that send too much, too slowly, too many at once, or never say anything.

use std::io::{BufReader, Write};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::support::{Answer, City, timed, until};

/// How many idle connections are wanted.
const IDLE: usize = 10_000;

#[test]
fn a_huge_body_is_refused_before_it_is_read_and_a_huge_head_too() {
    let city = City::new(1);
    let served = city.serve(&[]);
    let told = served.send(&city.head(0, "k", 3 << 20));
    assert_eq!((told.status, told.problem()), (413, "too-large".to_owned()));

    // A body that does not say its length is read up to the limit.
    let mut stream = served.connect();
    let head = city.head(0, "k", 0).replace("content-length: 0", "transfer-encoding: chunked");
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("10000\r\n{}\r\n", "7".repeat(0x1_0000));
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    // The server may answer and close while this still writes.
    let sent = (0..64).take_while(|_| stream.write_all(chunk.as_bytes()).is_ok()).count();
    let answer = Answer::read(&mut reader);
    assert!(answer.as_ref().is_none_or(|answer| answer.status == 413), "{answer:?} after {sent} chunks");

    for head in [
        format!("GET / HTTP/1.1\r\nhost: code\r\nx: {}\r\n\r\n", "7".repeat(1 << 20)),
        format!("GET /{} HTTP/1.1\r\nhost: code\r\n\r\n", "7".repeat(1 << 20)),
        format!("GET / HTTP/1.1\r\nhost: code\r\n{}\r\n", "x: 7\r\n".repeat(1_000)),
    ] {
        let mut stream = served.connect();
        let _closed = stream.write_all(head.as_bytes());
        let answer = Answer::read(&mut BufReader::new(stream));
        assert!(answer.as_ref().is_none_or(|a| matches!(a.status, 414 | 431)), "{answer:?}");
    }
    assert_eq!(served.send(&city.declaration(0, "k", "well")).status, 200, "others are served");
}

#[test]
fn a_client_that_sends_its_head_byte_by_byte_is_cut_off() {
    let city = City::new(1);
    let served = city.serve(&["--head-seconds", "1"]);
    let mut stream = served.connect();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: ").unwrap();
    let ((), took) = timed(|| {
        until("the end of the connection", || {
            std::thread::sleep(Duration::from_millis(80));
            stream.write_all(b"x").is_err()
        });
    });
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(served.get("/health/live").status, 200);
}

#[test]
fn a_client_that_sends_its_body_byte_by_byte_is_given_up() {
    let city = City::new(1);
    let served = city.serve(&["--request-seconds", "1"]);
    let mut stream = served.connect();
    stream.write_all(city.head(0, "k", 1_000).as_bytes()).unwrap();
    let writer = stream.try_clone().unwrap();
    std::thread::spawn(move || {
        let mut writer = writer;
        while writer.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let (answer, took) = timed(|| Answer::read(&mut BufReader::new(stream)));
    let answer = answer.unwrap();
    assert_eq!((answer.status, answer.problem()), (408, "slow-body".to_owned()));
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn bodies_that_do_not_come_keep_nobody_else_out() {
    let city = City::new(1);
    // A quarter of eight places is for bodies that have not come, half of that for one address.
    let mut served = city.serve(&["--requests", "8", "--request-seconds", "20"]);
    let ask_first = |key: &str| {
        let request =
            city.declaration(0, key, "well").replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n");
        let mut stream = served.connect();
        stream.write_all(request.strip_suffix('}').unwrap().as_bytes()).unwrap();
        let answer = Answer::read(&mut BufReader::new(stream.try_clone().unwrap())).unwrap();
        (stream, answer)
    };
    // The server asks for the body of a request that it let in.
    let (mut begun, answer) = ask_first("slow-0");
    assert_eq!(answer.status, 100);
    let (_, refused) = ask_first("slow-1");
    assert_eq!((refused.status, refused.problem()), (503, "overloaded".to_owned()));
    assert!(refused.head.contains("retry-after: 1\r\n"), "{}", refused.head);
    let waiting: Vec<_> = (0..40)
        .map(|n| {
            let mut stream = served.connect();
            stream.write_all(city.head(0, &format!("waits-{n}"), 40).as_bytes()).unwrap();
            stream
        })
        .collect();
    assert_eq!(served.get("/").status, 200);
    assert_eq!(served.send(&city.declaration(0, "k", "well")).status, 200);
    assert_eq!(served.get("/health/live").status, 200);
    begun.write_all(b"}").unwrap();
    assert_eq!(Answer::read(&mut BufReader::new(begun)).unwrap().status, 200, "what began is finished");
    drop(waiting);
    served.terminate();
    assert!(served.wait().success());
    assert_eq!(city.facts(0), 2, "what was refused was not kept");
}

#[test]
fn a_connection_outlives_a_refusal_that_was_ready_before_the_body_came() {
    let city = City::new(1);
    let served = city.serve(&[]);
    let body = "{\"color\":\"red\"}";
    for (path, status) in
        [("/api/v1/rulesets/in-force", 405), ("/no/such/place", 404), ("/api/v1/issuers", 401)]
    {
        let mut stream = served.connect();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        for _ in 0..2 {
            let head =
                format!("POST {path} HTTP/1.1\r\nhost: code\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).unwrap();
            std::thread::sleep(Duration::from_millis(100));
            stream.write_all(body.as_bytes()).unwrap();
            assert_eq!(Answer::read(&mut reader).unwrap().status, status, "{path}");
        }
    }
}

#[test]
fn requests_sent_at_once_on_one_connection_are_answered_in_their_order() {
    let city = City::new(1);
    let served = city.serve(&[]);
    let mut stream = served.connect();
    let declare = city.declaration(0, "k", "well");
    let all = format!(
        "GET /nothing HTTP/1.1\r\nhost: code\r\n\r\n{declare}GET /health/live HTTP/1.1\r\nhost: code\r\n\r\n"
    );
    stream.write_all(all.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream);
    let statuses: Vec<_> = (0..3).map(|_| Answer::read(&mut reader).unwrap().status).collect();
    assert_eq!(statuses, [404, 200, 200]);
}

#[test]
fn ten_thousand_idle_connections_keep_nobody_waiting() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).unwrap();
    // This process needs one file for each, and so does the program; 200 are for the rest.
    let allowed = maximum.map_or(IDLE, |most| usize::try_from(most).unwrap_or(IDLE).saturating_sub(200));
    let idle = IDLE.min(allowed);
    if idle < IDLE {
        println!(
            "skipped: {} of {IDLE} idle connections: the machine allows {allowed} open files",
            IDLE - idle
        );
    }
    let city = City::new(1);
    let served = city.serve(&["--head-seconds", "600"]);
    let held: Vec<_> = (0..idle).map(|_| served.connect()).collect();
    let (answers, took) = timed(|| {
        (0..200)
            .map(|n| served.send(&city.declaration(0, &format!("k-{n}"), "well")).status)
            .collect::<Vec<_>>()
    });
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    assert!(took < Duration::from_secs(20), "200 requests took {took:?}");
    let memory = std::fs::read_to_string(format!("/proc/{}/status", served.id())).unwrap();
    let kibibytes: u64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .unwrap()
        .parse()
        .unwrap();
    assert!(kibibytes < 400 << 10, "{kibibytes} KiB for {idle} connections");
    println!("{idle} idle connections: 200 requests in {took:?}, {} MiB", kibibytes >> 10);
    drop(held);
}
