//! Offices with somebody in them, an institution, and work for all of them.

use jiff::Timestamp;
use mingma_registry::PersonId;
use mingma_registry::acts::{
    AppealFact, AppointStaff, Assist, Register, add_staff, appeal, assist, register_at_desk,
};
use mingma_registry::policy::{Actor, Office, Purpose, authorize};
use mingma_registry::words::Ground;

use crate::house::{House, NOON, document};
use crate::institutions::{base64, cdc, contact_of};

/// Appoints `commissioner-1`, `arbiter-1` and `worker-1`; registers the first person at the worker's desk, and gives the consent to be
/// helped that their slip is good for.
pub(crate) async fn staffed(house: &House) -> String {
    let registry = house.app.registry();
    for (name, office, region) in [
        ("commissioner-1", Office::HealthCommission, "410000"),
        ("arbiter-1", Office::Appeals, "410100"),
        ("worker-1", Office::Community, "410105"),
    ] {
        let wish = AppointStaff {
            name: name.parse().unwrap(),
            office,
            region: region.parse().unwrap(),
            from: Timestamp::from_second(NOON - 86_400).unwrap(),
            until: Timestamp::from_second(NOON + 86_400).unwrap(),
        };
        add_staff(registry.store(), registry.rng(), registry.now(), &wish).await.unwrap();
    }
    let worker = Actor::Official {
        staff: "worker-1".parse().unwrap(),
        office: Office::Community,
        region: "410105".parse().unwrap(),
    };
    let wish = Register::new(document(1), "410105".parse().unwrap());
    let slip = register_at_desk(registry, authorize(worker.clone(), Purpose::Identification, wish).unwrap())
        .await
        .unwrap()
        .slip;
    let wish = Assist { document: document(1), code: slip.0 };
    let (handle, _) = assist(registry, authorize(worker, Purpose::Assistance, wish).unwrap()).await.unwrap();
    handle.assistance.to_string()
}

/// An institution with a submission, and an open appeal of the person against a fact; the institution's point and one that is
/// nobody's, and the appeal's id.
pub(crate) async fn under_way(house: &House, person: PersonId, fact: &str) -> ([String; 2], String) {
    let cdc = cdc(house).await;
    let sent = cdc.submit(house, "k-s", &[contact_of(9)]).await;
    assert_eq!(sent.json()["recorded"], 1, "{sent:?}");
    let wish = AppealFact { person, fact: fact.parse().unwrap(), ground: Ground::NotMe };
    let allowed = authorize(Actor::Resident(person), Purpose::Redress, wish).unwrap();
    let opened = appeal(house.app.registry(), allowed).await.unwrap();
    let points = [cdc.key.device_point(), house.new_key().device_point()];
    (points.map(|point| base64(point.as_bytes())), opened.id.to_string())
}
