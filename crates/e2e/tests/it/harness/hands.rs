//! What people do with a page: they type into it, choose, press, and read.

use base64ct::{Base64, Encoding as _};
use fantoccini::Locator;
use fantoccini::elements::Element;
use serde_json::json;

use super::{Browser, Picture};

impl Browser {
    /// Opens a page, and holds it to be for everybody.
    #[track_caller]
    pub(crate) fn visit(&self, address: &str, name: &str) -> impl Future<Output = ()> {
        let axe = self.axe(name);
        async move {
            self.goto(address).await.unwrap();
            axe.await;
        }
    }

    /// The element that a selector names.
    #[track_caller]
    pub(crate) fn element(&self, selector: impl Into<String>) -> impl Future<Output = Element> {
        let (caller, selector) = (std::panic::Location::caller(), selector.into());
        async move {
            let found = self.find(Locator::Css(&selector)).await;
            if found.is_err() {
                self.picture("failed").await;
            }
            found.unwrap_or_else(|error| panic!("{caller}: {selector}: {error}"))
        }
    }

    /// Types into the field of this name, in place of what stands there.
    #[track_caller]
    pub(crate) fn write(&self, field: &str, text: &str) -> impl Future<Output = ()> {
        let element = self.element(format!("main form [name='{field}']:not([type=hidden])"));
        async move {
            let element = element.await;
            // The keys with which a day is typed are those of the browser's language; a file is chosen, not cleared.
            match element.attr("type").await.unwrap().as_deref() {
                Some("date") => {
                    let set = "arguments[0].value = arguments[1]";
                    let element = serde_json::to_value(&element).unwrap();
                    self.execute(set, vec![element, json!(text)]).await.unwrap();
                }
                Some("file") => element.send_keys(text).await.unwrap(),
                _ => {
                    element.clear().await.unwrap();
                    element.send_keys(text).await.unwrap();
                }
            }
        }
    }

    /// Chooses a value under a name.
    #[track_caller]
    pub(crate) fn choose(&self, field: &str, value: &str) -> impl Future<Output = ()> {
        self.press(format!("main form [name='{field}'][value='{value}']"))
    }

    /// Presses a button or a link.
    #[track_caller]
    pub(crate) fn press(&self, selector: impl Into<String>) -> impl Future<Output = ()> {
        let (caller, selector) = (std::panic::Location::caller(), selector.into());
        let element = self.element(selector.clone());
        async move {
            let pressed = element.await.click().await;
            pressed.unwrap_or_else(|error| panic!("{caller}: {selector}: {error}"));
        }
    }

    /// Presses what leads to another page, and waits until that has come.
    #[track_caller]
    pub(crate) fn follow(&self, selector: impl Into<String>) -> impl Future<Output = ()> {
        let press = self.press(selector);
        let come = self.until("!('left' in globalThis) && document.readyState === 'complete'");
        async move {
            self.execute("globalThis.left = true", vec![]).await.unwrap();
            press.await;
            come.await;
        }
    }

    /// What stands in an element, as people see it.
    #[track_caller]
    pub(crate) fn read(&self, selector: impl Into<String>) -> impl Future<Output = String> {
        let element = self.element(selector);
        async move { element.await.text().await.unwrap() }
    }

    /// Asserts that an element says something.
    #[track_caller]
    pub(crate) fn says(&self, selector: &str, text: &str) -> impl Future<Output = ()> {
        let (caller, read) = (std::panic::Location::caller(), self.read(selector));
        async move {
            let said = read.await;
            assert!(said.contains(text), "{caller}: {selector} does not say `{text}`: {said}");
        }
    }

    /// Where the browser is.
    pub(crate) async fn path(&self) -> String {
        let url = self.current_url().await.unwrap();
        url.path().to_owned() + &url.query().map_or(String::new(), |query| format!("?{query}"))
    }

    /// The civil day at the place of the demonstration.
    pub(crate) async fn today(&self) -> String {
        let day = "new Intl.DateTimeFormat('sv', { timeZone: 'Asia/Shanghai' }).format(new Date())";
        self.value(day).await.as_str().unwrap().to_owned()
    }

    /// An element as the screen shows it.
    pub(crate) async fn screen_of(&self, selector: &str) -> Picture {
        let element = self.element(selector).await;
        let whole = "arguments[0].scrollIntoView({ block: 'center' })";
        self.execute(whole, vec![serde_json::to_value(&element).unwrap()]).await.unwrap();
        let png = element.screenshot().await.unwrap();
        // The browser can read its own pictures.
        let read = format!(
            "(async () => {{
                const bytes = Uint8Array.from(atob('{}'), (letter) => letter.charCodeAt(0));
                const image = await createImageBitmap(new Blob([bytes]));
                const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
                canvas.drawImage(image, 0, 0);
                const {{ data }} = canvas.getImageData(0, 0, image.width, image.height);
                let grey = '';
                for (let at = 0; at < data.length; at += 4)
                    grey += String.fromCharCode((data[at] + 2 * data[at + 1] + data[at + 2]) >> 2);
                return [image.width, btoa(grey)];
            }})()",
            Base64::encode_string(&png)
        );
        let read = self.value(&read).await;
        let width = usize::try_from(read[0].as_u64().unwrap()).unwrap();
        Picture { width, grey: Base64::decode_vec(read[1].as_str().unwrap()).unwrap() }
    }

    /// What the pages complained of since this was asked last: errors of scripts, what the policy held back, what is missing.
    /// That a form was refused is an answer, not a complaint.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let said = self.console().await;
        let answered = |line: &String| {
            ["status of 401", "status of 403", "status of 409", "status of 422"]
                .iter()
                .any(|s| line.contains(s))
        };
        said.into_iter().filter(|line| !answered(line)).collect()
    }
}
