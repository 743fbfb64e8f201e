//! Traps: rules from which there is no way back are refused, wherever the trap is hidden.

use mingma_domain::ruleset::check::{Refusal, check};
use mingma_testkit::build::rules;

/// What a ruleset of one or two rules is refused for, examples aside.
fn refusals(ruleset: &[(&str, &str, &str)]) -> Vec<Refusal> {
    let refused = check(&rules(ruleset), &[]).refusals;
    refused.into_iter().filter(|refusal| !matches!(refusal, Refusal::Uncovered { .. })).collect()
}

fn is_trap(ruleset: &[(&str, &str, &str)]) -> bool {
    refusals(ruleset).iter().any(|refusal| matches!(refusal, Refusal::DeadEnd { .. }))
}

#[test]
fn a_trap_is_found_wherever_it_is_hidden() {
    for (trap, why) in [
        ("{ fact = 'contact' }", "nothing clears it"),
        ("{ fact = 'contact', from_days = 20 }", "it begins weeks after its fact"),
        ("{ lapse = 'vaccination', within_days = 30 }", "it begins weeks after its fact, and no test helps"),
        (
            "{ fact = 'diagnosis', value = 'confirmed', cleared_by = [ { fact = 'discharge', value = 'excluded' } ] }",
            "a confirmed infection is not excluded",
        ),
        ("{ fact = 'isolation' }", "an order without an end, and no release counts"),
        (
            "{ fact = 'contact', cleared_by = [ { fact = 'vaccination' } ] }",
            "nobody can be made to be vaccinated",
        ),
    ] {
        assert!(is_trap(&[("A", "red", trap)]), "{why}: {trap}");
    }
    let hidden = [
        ("A", "red", "{ fact = 'contact', cleared_by = [ { checkins = 7 } ] }"),
        ("B", "yellow", "{ follows = 'A' }"),
    ];
    assert!(is_trap(&hidden), "it begins only on the way back from another rule");
}

#[test]
fn what_has_a_way_back_is_no_trap() {
    for rule in [
        "{ fact = 'contact', within_days = 14 }",
        "{ fact = 'contact', from_days = 20, within_days = 30 }",
        "{ lapse = 'checkin', within_days = 3 }",
        "{ lapse = 'test', within_days = 7 }",
        "{ fact = 'diagnosis', cleared_by = [ { fact = 'discharge' } ] }",
        "{ fact = 'diagnosis', value = 'suspected', cleared_by = [ { fact = 'discharge', value = 'excluded' } ] }",
        "{ fact = 'isolation', cleared_by = [ { fact = 'release' } ] }",
        "{ fact = 'test', value = 'positive', cleared_by = [ { negatives = 2, apart_hours = 24 } ] }",
        "{ fact = 'screening', starts = 'after-end', unless_during = { fact = 'test' }, cleared_by = [ { negatives = 1 } ] }",
    ] {
        assert_eq!(refusals(&[("A", "red", rule)]), [], "{rule}");
    }
}

#[test]
fn windows_end_before_the_facts_that_they_read_are_destroyed() {
    let reckons = |ruleset: &[(&str, &str, &str)]| {
        refusals(ruleset).iter().any(|refusal| matches!(refusal, Refusal::Retention { .. }))
    };
    for (days, refused) in [(60, false), (61, true)] {
        assert_eq!(
            reckons(&[("A", "red", &format!("{{ fact = 'contact', within_days = {days} }}"))]),
            refused
        );
    }
    for (days, refused) in [(29, false), (30, true)] {
        let rule =
            format!("{{ fact = 'screening', starts = 'after-end', from_days = {days}, within_days = 30 }}");
        assert_eq!(reckons(&[("A", "red", &rule)]), refused, "{days}");
    }
    for (days, refused) in [(10, false), (11, true)] {
        let follower = format!("{{ follows = 'A', for_days = {days} }}");
        let both =
            [("A", "red", "{ fact = 'symptom', within_days = 20 }"), ("B", "yellow", follower.as_str())];
        assert_eq!(reckons(&both), refused, "{days}");
    }
}
