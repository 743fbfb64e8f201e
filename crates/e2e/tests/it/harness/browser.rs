//! A headless Chromium, driven.

use std::fs;
use std::ops::Deref;
use std::panic::Location;
use std::path::PathBuf;
use std::time::Duration;

use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};
use url::{ParseError, Url};

use super::driver::Driver;
use super::{Film, axe, program, skipped, target};

/// How long something may take to be seen.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(50);

/// One browser at a time: two would starve each other on a small machine.
static TURN: Mutex<()> = Mutex::const_new(());

/// What the browser has for a camera.
pub(crate) enum Camera<'f> {
    /// Nothing.
    None,
    /// One that shows a film, and may be used.
    Film(&'f Film),
    /// One that the reader does not let the page use.
    Refused(&'f Film),
}

/// A browser with a profile of its own; what [`Client`] can do, it can.
pub(crate) struct Browser {
    client: Client,
    // Dropped in this order: the browser ends before its profile goes and the next one starts.
    _driver: Driver,
    _profile: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Deref for Browser {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Browser {
    /// Opens one in English; none, and why is said, where Chromium or its driver is not on this machine.
    pub(crate) async fn open(camera: Camera<'_>) -> Option<Self> {
        let (chromium, driver) = programs()?;
        let turn = TURN.lock().await;
        let profile = TempDir::new().unwrap();
        let mut driver = Driver::start(&driver);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let Value::Object(wanted) = capabilities(&chromium, &profile, &camera) else { panic!("no object") };
        let client = builder.capabilities(wanted).connect(&driver.url()).await.unwrap();
        driver.began(client.session_id().await.unwrap().unwrap());
        Some(Self { client, _driver: driver, _profile: profile, _turn: turn })
    }

    /// Asks the page until an expression is true of it.
    #[track_caller]
    pub(crate) fn until(&self, truth: &str) -> impl Future<Output = ()> {
        let (caller, truth) = (Location::caller(), format!("Boolean({truth})"));
        self.ask(caller, truth, json!(true))
    }

    /// Asks the page until an expression, or the promise that it is, has a value.
    #[track_caller]
    pub(crate) fn until_it_is(&self, expression: &str, value: &Value) -> impl Future<Output = ()> {
        self.ask(Location::caller(), expression.to_owned(), value.clone())
    }

    async fn ask(&self, caller: &Location<'_>, expression: String, value: Value) {
        let look = async {
            // A page that is just going away has no answer.
            while self.asked(&expression).await.ok().as_ref() != Some(&value) {
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(PATIENCE, look).await.is_err() {
            self.picture("failed").await;
            panic!("{caller}: not {value}, but {}: {expression}", self.value(&expression).await);
        }
    }

    /// The value of an expression, or of the promise that it is.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        self.asked(expression).await.unwrap()
    }

    async fn asked(&self, expression: &str) -> Result<Value, CmdError> {
        let script = format!(
            "const done = arguments[0]; Promise.resolve({expression}).then(done, (e) => done(String(e)));"
        );
        self.execute_async(&script, vec![]).await
    }

    /// A command of the protocol of the browser's own tools.
    pub(crate) async fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        self.vendor("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }

    /// Runs a script in every page that is opened from now on, before the page's own.
    pub(crate) async fn before_pages(&self, script: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// Cuts this page's network, or joins it again. A service worker's stays: `Server::stop` cuts everybody's.
    #[expect(dead_code, reason = "for pages that have no worker")]
    pub(crate) async fn cut_network(&self, cut: bool) {
        let conditions =
            json!({ "offline": cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }

    /// The addresses that the page asked for over the network since this was called last.
    pub(crate) async fn requests(&self) -> Vec<String> {
        let lines = self.log("performance").await;
        let asked = lines.iter().filter_map(|line| {
            let event: Value = serde_json::from_str(line).unwrap();
            let event = &event["message"];
            let sent = event["method"] == "Network.requestWillBeSent";
            let address = event["params"]["request"]["url"].as_str().filter(|_| sent)?;
            address.starts_with("http").then(|| address.to_owned())
        });
        asked.collect()
    }

    /// What the page wrote to the console since this was called last, the browser's own complaints included.
    pub(crate) async fn console(&self) -> Vec<String> {
        self.log("browser").await
    }

    /// Asserts that axe finds nothing on the page, that it fits a phone of 320 pixels and a zoom of 200 % without scrolling
    /// sideways, and keeps a picture of it.
    #[track_caller]
    pub(crate) fn axe(&self, name: &str) -> impl Future<Output = ()> {
        let caller = Location::caller();
        async move {
            self.picture(name).await;
            let Some(source) = axe::source() else { return };
            self.execute(source, vec![]).await.unwrap();
            let found = "axe.run(document).then(({ violations }) => violations.map(({ id, help, nodes }) =>
                `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`))";
            let found = self.value(found).await;
            assert_eq!(found, json!([]), "{caller}: {name}");
            let over = self.over(320, 1).await.max(self.over(640, 2).await);
            self.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await;
            assert!(over <= 0, "{caller}: {name}: {over} pixels too wide for a small phone or at 200 %");
        }
    }

    /// By how many pixels the page is too wide for a screen.
    async fn over(&self, width: u32, scale: u32) -> i64 {
        let screen = json!({ "width": width, "height": 640, "deviceScaleFactor": scale, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        let over = "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.documentElement)";
        self.value(over).await.as_i64().unwrap()
    }

    /// Keeps a picture of the page as `target/e2e/NAME.png`.
    pub(crate) async fn picture(&self, name: &str) {
        let folder = target().join("e2e");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{name}.png")), self.screenshot().await.unwrap()).unwrap();
    }

    async fn log(&self, kind: &'static str) -> Vec<String> {
        let entries = self.vendor("se/log", json!({ "type": kind })).await;
        let entries = entries.as_array().unwrap();
        entries.iter().map(|entry| entry["message"].as_str().unwrap().to_owned()).collect()
    }

    async fn vendor(&self, path: &'static str, body: Value) -> Value {
        self.issue_cmd(Vendor { path, body: body.to_string() }).await.unwrap()
    }
}

/// The browser and its driver; none, and why is said, where they are not on this machine.
pub(super) fn programs() -> Option<(PathBuf, PathBuf)> {
    let chromium = ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(program);
    let both = chromium.zip(program("chromedriver"));
    if both.is_none() {
        skipped("a journey in the browser: install the packages chromium and chromium-driver");
    }
    both
}

fn capabilities(chromium: &PathBuf, profile: &TempDir, camera: &Camera<'_>) -> Value {
    let mut arguments: Vec<String> = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--accept-lang=en",
        "--window-size=800,1000",
    ]
    .map(str::to_owned)
    .to_vec();
    arguments.push(format!("--user-data-dir={}", profile.path().display()));
    if let Camera::Film(film) | Camera::Refused(film) = camera {
        arguments.push("--use-fake-device-for-media-stream".to_owned());
        arguments.push(format!("--use-file-for-fake-video-capture={}", film.path().display()));
    }
    match camera {
        Camera::None => {}
        Camera::Film(_) => arguments.push("--use-fake-ui-for-media-stream".to_owned()),
        Camera::Refused(_) => arguments.push("--deny-permission-prompts".to_owned()),
    }
    json!({
        "goog:chromeOptions": { "binary": chromium, "args": arguments },
        "goog:loggingPrefs": { "performance": "ALL", "browser": "ALL" },
        "timeouts": { "script": 60_000 },
    })
}

/// A command that `chromedriver` has beside the standard's.
#[derive(Debug)]
struct Vendor {
    path: &'static str,
    body: String,
}

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.clone()))
    }
}
