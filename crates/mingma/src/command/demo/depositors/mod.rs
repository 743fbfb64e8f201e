//! `mingma demo --story depositors`: Zhengzhou, June 2022, tried again.
//!
//! In June 2022 two officials turned 1,317 people red who wanted their savings back: 446 who had come to Zhengzhou, 871 who had stayed
//! at home. Here an official holds every role of a city, and tries each way that was open then, on a real data folder with real keys over
//! the real HTTP. Nothing that is told is written beforehand but the sentences: the numbers, and the words in which the program refuses,
//! are what happened.

mod alone;
mod client;
mod database;
mod keys;
mod suspected;
mod tell;
mod town;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc;

use mingma_domain::text::Lang;
use tokio::sync::oneshot;

use crate::command::serve;
use crate::failure::Failure;
use client::Town;
use town::Made;

/// Which story is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(super) enum StoryName {
    /// 1,317 people whom somebody wants red, and an official with every role of a city.
    Depositors,
}

/// Those in the city.
const PRESENT: usize = 446;
/// Those elsewhere.
const ELSEWHERE: usize = 871;
/// All of them.
const ALL: usize = PRESENT + ELSEWHERE;

/// A text in the three languages.
type Text = [String; 3];

/// How an attempt ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// Nothing came of it.
    Refused,
    /// Something did, and those whom it concerns know.
    Seen,
    /// What a former attempt had done is undone.
    Undone,
}

/// What was tried, and what it met.
struct Attempt {
    what: [&'static str; 3],
    met: Vec<Text>,
    end: End,
    /// How many are red afterwards: in the city, and elsewhere.
    red: [usize; 2],
}

/// Tells the story, with a data folder that must be new.
pub(super) fn run(data: &Path, lang: Lang) -> Result<String, Failure> {
    let runtime = serve::runtime()?;
    let made = runtime.block_on(Made::new(data))?;
    let mut page = String::new();
    tell::beginning(&mut page, lang);
    let (opened, city) = made.open();
    let hand = opened.other_hand();
    let at = runtime.block_on(serve::bind(([127, 0, 0, 1], 0).into(), "--listen"))?;
    let (told, tells) = mpsc::channel::<SocketAddr>();
    let (end, ended) = oneshot::channel::<()>();
    let (mut attempts, city) = std::thread::scope(|threads| {
        let serving = threads.spawn(|| {
            let told = |at| {
                // Whoever tells the story may have given up.
                let _heard = told.send(at);
                String::new()
            };
            let ends = || async {
                // Ends too when nobody can say so any more.
                let _ended = ended.await;
            };
            serve::listen_until(&runtime, opened, at, told, ends)
        });
        let tried = match tells.recv() {
            Ok(at) => Town::enter(&runtime, city, at).and_then(|town| {
                let mut attempts = alone::all(&town)?;
                attempts.extend(keys::all(&town)?);
                attempts.push(suspected::stolen(&town)?);
                attempts.push(alone::emergency(&town)?);
                attempts.push(database::edit(&town, &hand)?);
                Ok((attempts, town.leave()?))
            }),
            Err(_) => Err(Failure::new("the server did not start")),
        };
        drop(end);
        let served = serving.join().map_err(|_| Failure::new("the server broke off"))?;
        served.and(tried)
    })?;
    let city = city.closed();
    if let Some(edit) = attempts.last_mut() {
        database::read_again(&runtime, &city, edit)?;
        let red = edit.red;
        attempts.push(database::wipe(&city, red)?);
    }
    for (number, attempt) in (1..).zip(&attempts) {
        tell::attempt(&mut page, lang, number, attempt);
    }
    tell::end(&mut page, lang, &attempts, &database::audited(&runtime, &city)?);
    Ok(page)
}
