//! Requests that come twice, also over a restart and all at once.

use super::support::City;

#[test]
fn a_request_sent_again_is_answered_the_same_and_kept_once_also_after_a_restart() {
    let city = City::new(2);
    let mut served = city.serve(&[]);
    let request = city.declaration(0, "k", "well");
    let first = served.send(&request);
    assert_eq!(first.status, 200, "{first:?}");
    assert_eq!(served.send(&request).body, first.body);
    let other = served.send(&city.declaration(0, "k", "unwell"));
    assert_eq!((other.status, other.problem()), (409, "key-reused".to_owned()));
    let anothers = served.send(&city.declaration(1, "k", "unwell"));
    assert_eq!(anothers.status, 200, "a key is the caller's own");
    served.child.kill().unwrap();
    served.wait();
    let mut served = city.serve(&[]);
    assert_eq!(served.send(&request).body, first.body);
    assert_eq!(served.send(&city.declaration(0, "k", "unwell")).status, 409);
    for key in ["", &"k".repeat(10_000)] {
        assert_eq!(served.send(&city.declaration(0, key, "well")).status, 422, "{} bytes", key.len());
    }
    served.terminate();
    assert!(served.wait().success());
    assert_eq!((city.facts(0), city.facts(1)), (1, 1));
}

#[test]
fn the_same_request_sent_by_many_at_once_is_kept_once() {
    let city = City::new(1);
    let mut served = city.serve(&[]);
    let request = city.declaration(0, "k", "well");
    let conflicting = city.declaration(0, "k", "unwell");
    let answers: Vec<_> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..32)
            .map(|n| {
                scope.spawn({
                    let request = if n % 2 == 0 { &request } else { &conflicting };
                    let served = &served;
                    move || served.send(request)
                })
            })
            .collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    });
    let kept: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(kept.len(), 16, "one of the two requests won, for all who sent it");
    assert!(kept.iter().all(|answer| answer.body == kept[0].body));
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)));
    served.terminate();
    assert!(served.wait().success());
    assert_eq!(city.facts(0), 1);
}
