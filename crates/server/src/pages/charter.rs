//! The charter, as everybody may read it: the file that the tests are held to, line by line, in the reader's language.

use askama::Template;
use axum::response::Response;
use mingma_domain::text::Lang;

use super::{Page, show};

#[derive(Template)]
#[template(path = "charter.html")]
struct Charter {
    page: Page,
    text: Text,
}

/// A charter's parts.
struct Text {
    title: &'static str,
    /// What stands before the first line.
    about: Vec<&'static str>,
    sections: Vec<Section>,
}

/// Lines under one heading.
struct Section {
    title: &'static str,
    /// The first line's number; those of all sections go on.
    first: &'static str,
    lines: Vec<Line>,
}

/// What is promised, and the tests that fail when it stops to be true.
struct Line {
    said: &'static str,
    tests: &'static str,
}

/// `GET /charter`
pub(crate) async fn charter(page: Page) -> Response {
    let text = Text::of(file(page.lang()));
    show(&Charter { page, text })
}

const fn file(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhHans => include_str!("../../../../CHARTER.zh-Hans.md"),
        Lang::ZhHant => include_str!("../../../../CHARTER.zh-Hant.md"),
        Lang::En => include_str!("../../../../CHARTER.md"),
    }
}

impl Text {
    /// Reads a charter: a title, what it is about, and headings with numbered lines, each with its tests behind a dash.
    fn of(file: &'static str) -> Self {
        let mut text = Self { title: "", about: Vec::new(), sections: Vec::new() };
        for line in file.lines().filter(|line| !line.is_empty()) {
            if let Some(title) = line.strip_prefix("## ") {
                text.sections.push(Section { title, first: "", lines: Vec::new() });
            } else if let Some(title) = line.strip_prefix("# ") {
                text.title = title;
            } else if let Some(section) = text.sections.last_mut() {
                let (number, rest) = line.split_once(". ").unwrap_or(("", line));
                let (said, tests) = rest.rsplit_once(" — ").unwrap_or((rest, ""));
                if section.lines.is_empty() {
                    section.first = number;
                }
                section.lines.push(Line { said, tests });
            } else {
                // The links to the other languages are the page's own.
                text.about.push(line.split('[').next().unwrap_or(line));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_line_of_the_charter_in_every_language() {
        for lang in Lang::ALL {
            let text = Text::of(file(*lang));
            let of_file = file(*lang).lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
            let mut due: Vec<&str> = of_file.collect();
            assert!(due.len() >= 29 && text.sections.len() == 3 && text.about.len() == 2, "{lang}");
            for section in &text.sections {
                assert!(due[0].starts_with(&format!("{}. ", section.first)), "{lang} {}", section.first);
                let (these, rest) = due.split_at(section.lines.len());
                for (line, whole) in section.lines.iter().zip(these) {
                    assert!(whole.contains(line.said) && line.tests.starts_with('`'), "{lang} {whole}");
                }
                due = rest.to_vec();
            }
            assert!(due.is_empty() && !text.title.is_empty(), "{lang}");
        }
    }
}
