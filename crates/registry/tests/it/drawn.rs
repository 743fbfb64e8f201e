//! Of a sample those alone are replayed who were drawn.

use mingma_registry::journal::read::person_of;
use mingma_registry::replay::bundle::{Content, Opened, read};
use mingma_registry::replay::{Extent, Sieve, draw, of_drawn, replay};

use crate::replay::{lived, log, opened};

#[test]
fn of_everybodys_openings_those_of_whoever_was_drawn_are_replayed_and_no_others() {
    let (city, persons) = lived();
    let log = log(&city);
    let drawn = draw(&log, &[7; 32], 1);
    let file = opened(&city, &log, &persons);
    let openings = read(&file).unwrap().1;
    let whose = |opened: &Opened<'_>| match opened.content {
        Content::Whole(content) | Content::Found(content) => person_of(content),
        Content::Ended(_) => None,
    };
    let meant = openings.iter().find(|opened| opened.number == drawn[0]).and_then(&whose).unwrap();
    let kept = of_drawn(&log, openings.clone(), &drawn);
    assert!(kept.iter().filter_map(&whose).all(|person| person == meant));
    let public = openings.iter().filter(|opened| whose(opened).is_none()).count();
    assert_eq!(
        kept.iter().filter(|opened| whose(opened).is_none()).count(),
        public,
        "public acts are all there"
    );
    assert_eq!(replay(&log, &kept, Extent::Drawn(&drawn)).unwrap().persons, 1);
    // Whoever goes through a file an opening at a time passes over all others, and comes to the same.
    let mut sieve = Sieve::new(&log, &drawn);
    for opened in &openings {
        sieve.see(opened.number, whose(opened));
    }
    let wanted = |opened: &&Opened<'_>| sieve.may_want(opened.number, whose(opened));
    let wanted: Vec<Opened<'_>> = openings.iter().filter(wanted).copied().collect();
    assert!(wanted.len() < openings.len(), "somebody was not drawn");
    assert_eq!(of_drawn(&log, wanted, &drawn), kept);
    // What is wrong with somebody else is not seen; with whoever was drawn it is.
    for (place, opening) in openings.iter().enumerate().filter(|(_, opening)| whose(opening).is_some()) {
        let mut spoilt = openings.clone();
        spoilt[place].salt = [0; 32];
        let sound = replay(&log, &of_drawn(&log, spoilt, &drawn), Extent::Drawn(&drawn));
        assert_eq!(sound.is_ok(), whose(opening) != Some(meant), "entry {}", opening.number);
    }
}
