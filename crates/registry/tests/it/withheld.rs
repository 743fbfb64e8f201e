//! What an authority may leave out of what it gives an auditor: the rows that the log says have ended, and none else.

use mingma_domain::time::Zone;
use mingma_registry::Store as _;
use mingma_registry::acts::purge;
use mingma_registry::canonical::sha256;
use mingma_registry::replay::bundle::{Content, Opened, read};
use mingma_registry::replay::{Extent, Fault, Logged, Sound, Why, replay};
use mingma_registry::words::ActName;
use pollster::block_on;

use crate::house::{City, NOON};
use crate::replay::{all, code, last, lived, log, opened};

const DAY: i64 = 86_400;

fn night(city: &City, day: i64) {
    city.watch.set(NOON + day * DAY);
    block_on(purge(&city.registry, Zone::named("Asia/Shanghai").unwrap(), false)).unwrap();
}

/// The replay where of one entry the hash alone is given.
fn without(log: &[Logged], file: &[u8], number: u64) -> Result<Sound, Fault> {
    let mut openings: Vec<Opened<'_>> = read(file).unwrap().1;
    let of = openings.iter_mut().find(|opened| opened.number == number).unwrap();
    let Content::Whole(content) = of.content else { panic!("entry {number} has ended") };
    of.content = Content::Ended(sha256(content));
    replay(log, &openings, Extent::Everybody)
}

#[test]
fn before_any_end_of_data_no_entrys_rows_may_be_left_out() {
    let (city, persons) = lived();
    let log = log(&city);
    let file = opened(&city, &log, &persons);
    for (number, entry) in (1..).zip(&log).filter(|(_, entry)| !entry.act.is_public()) {
        let fault = without(&log, &file, number).unwrap_err();
        assert_eq!(fault, Fault { entry: number, why: Why::Withheld }, "{}", entry.act);
    }
}

#[test]
fn after_an_end_of_data_what_decides_may_not_be_left_out_and_a_code_that_has_ended_hides_nothing() {
    let (city, persons) = lived();
    // Nine days on all codes of the first day are over, and those of the eighth are not.
    night(&city, 9);
    code(&city, persons[5]);
    let log_ = log(&city);
    let file = opened(&city, &log_, &persons);
    let ended = read(&file).unwrap().1.iter().filter(|o| matches!(o.content, Content::Ended(_))).count();
    assert!(ended >= 8, "{ended} codes have ended");
    let sound = replay(&log_, &read(&file).unwrap().1, Extent::Everybody).unwrap();
    // The codes, the revocations and the notices that are left are judged: no row that decides has ended.
    assert!(sound.unjudged == 0 && sound.judged >= 3, "{sound:?}");
    for act in [ActName::Record, ActName::Countersign, ActName::Register, ActName::Show] {
        let number = last(&log_, act);
        assert_eq!(without(&log_, &file, number), Err(Fault { entry: number, why: Why::Withheld }), "{act}");
    }
}

#[test]
fn what_was_said_of_a_fact_may_have_ended_with_one_that_came_before_and_never_without() {
    let (city, persons) = lived();
    // The salts of the first months' facts go with the facts, those of what was said of them after 180 days.
    night(&city, 100);
    let record = block_on(city.store.record(persons[0])).unwrap();
    assert!(record.facts.is_empty() && record.countersignatures.is_empty());
    let (log_, sound) = (log(&city), all(&city, &persons).unwrap());
    let file = opened(&city, &log_, &persons);
    let openings = read(&file).unwrap().1;
    let ended = openings.iter().filter(|opened| matches!(opened.content, Content::Ended(_)));
    let said =
        ended.filter(|opened| log_[usize::try_from(opened.number).unwrap() - 1].act == ActName::Countersign);
    assert_eq!(said.count(), 2, "their facts have ended, and their own salts are kept");
    assert_eq!(sound.ended, 8, "the salts of six tests and two contacts went with them");
    assert!(sound.unjudged > 0, "what these made of a status is judged no more: {sound:?}");
}
