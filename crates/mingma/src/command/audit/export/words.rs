//! What a person's file proves, what it cannot, and what is wrong with it, in three languages.

mod wrong;

use jiff::Timestamp;
use mingma_credential::key::KeyId;
use mingma_domain::text::Lang;
use mingma_journal::checkpoint::Checkpoint;
use mingma_registry::policy::Role;
use mingma_registry::words::ActName;
use mingma_server::Texts;

use super::check::{Found, Head};
use super::file::Document;
use super::held::Logged;
use crate::command::demo::pick;
use crate::plural::counted;

/// Speaks of a file.
pub(super) struct Words<'l> {
    pub(super) lang: Lang,
    /// What the log has of the acts that were looked for, if it was asked.
    pub(super) logged: Option<&'l Logged>,
    /// Whether the document was given by which the person is known.
    pub(super) identified: bool,
}

impl Words<'_> {
    fn pick<'t>(&self, texts: [&'t str; 3]) -> &'t str {
        pick(self.lang, texts)
    }

    /// An act as the person's page calls it.
    fn act(&self, act: ActName) -> String {
        Texts::shipped().speaker(self.lang).say(&format!("own-act-{act}"))
    }

    /// That everything holds, what that proves, and what it cannot prove.
    pub(super) fn proved(
        &self,
        (document, signer): (&Document, KeyId),
        found: &Found<'_>,
        compared: bool,
    ) -> String {
        let entries = document.journal.len();
        let made = second(document.made);
        let (facts, proved) = found.facts;
        let mut page =
            vec![self.pick(["一切相符。", "一切相符。", "Everything holds."]).to_owned(), String::new()];
        page.push(self.pick(["这个文件证明：", "這個檔案證明：", "What this file proves:"]).to_owned());
        let mut say = |texts: [String; 3]| {
            let [hans, hant, en] = &texts;
            page.push(format!("  {}", pick(self.lang, [hans, hant, en])));
        };
        say([
            format!("主管机关的密钥 {signer} 于 {made} 签发了它。"),
            format!("主管機關的金鑰 {signer} 於 {made} 簽發了它。"),
            format!("the authority's key {signer} gave it out on {made}"),
        ]);
        say(match entries - found.unlinked.len() {
            linked if linked == entries => [
                format!("关于此人共有 {entries} 项操作，各接前一项，中间没有遗漏："),
                format!("關於此人共有 {entries} 項操作，各接前一項，中間沒有遺漏："),
                format!(
                    "{} about the person, each following the one before it: none between is left out",
                    counted(entries, "act", "acts")
                ),
            ],
            linked => [
                format!("关于此人的 {entries} 项操作，其中 {linked} 项之前没有遗漏："),
                format!("關於此人的 {entries} 項操作，其中 {linked} 項之前沒有遺漏："),
                format!(
                    "{} about the person; right before {linked} of them none is left out",
                    counted(entries, "act", "acts")
                ),
            ],
        });
        for (act, count) in &found.acts {
            let act = self.act(*act);
            say([(); 3].map(|()| format!("  {count:>5}  {act}")));
        }
        for head in &found.heads {
            say(self.head(head));
        }
        say([
            format!("其中 {} 项已在公开日志中：谁也不能否认或改动。", found.proved),
            format!("其中 {} 項已在公開日誌中：誰也不能否認或改動。", found.proved),
            format!("{} of the acts are in the public log: nobody can deny or change them", found.proved),
        ]);
        say([
            format!("其中 {} 项的内容就在这里，正是日志所承诺的。", found.told),
            format!("其中 {} 項的內容就在這裡，正是日誌所承諾的。", found.told),
            format!("what was done by {} of them is told here, and is what the log commits to", found.told),
        ]);
        for (role, count) in &found.doers {
            let [hans, hant, en] = done_by(*role);
            say([
                format!("其中 {count} 项由他人办理：{hans}。"),
                format!("其中 {count} 項由他人辦理：{hant}。"),
                format!("somebody else did {count} of them: {en}"),
            ]);
        }
        if found.signed > 0 {
            say([
                format!(
                    "其中 {} 项由机构的密钥签名，签的正是这些内容；密钥是否属于该机构，请核对已公布的机构名册。",
                    found.signed
                ),
                format!(
                    "其中 {} 項由機構的金鑰簽名，簽的正是這些內容；金鑰是否屬於該機構，請核對已公布的機構名冊。",
                    found.signed
                ),
                format!(
                    "an institution's key has signed {} of them as they are told; whose the keys are, the published list of institutions says",
                    found.signed
                ),
            ]);
            if self.identified {
                say([
                    "每项签名说的都是所给证件的持有人。".to_owned(),
                    "每項簽名說的都是所給證件的持有人。".to_owned(),
                    "each of these signatures is about whoever has the document that was given".to_owned(),
                ]);
            }
        }
        say([
            format!("所列 {facts} 项事实中，{proved} 项与录入时的操作一致。"),
            format!("所列 {facts} 項事實中，{proved} 項與輸入時的操作一致。"),
            format!("{proved} of {} that it lists: as recorded", counted(facts, "fact", "facts")),
        ]);
        page.push(String::new());
        page.push(self.pick(["它不能证明：", "它不能證明：", "What it cannot prove:"]).to_owned());
        page.extend(self.limits(document, found, compared));
        page.join("\n")
    }

    fn head(&self, Head { signed, witnesses, closed }: &Head) -> [String; 3] {
        let Checkpoint { origin, size, .. } = signed.checkpoint();
        let ended = [
            "，该日志已结束，下一个日志从它开始",
            "，該日誌已結束，下一個日誌從它開始",
            ": its end, with which the next log begins",
        ];
        let end = if *closed { self.pick(ended) } else { "" };
        [
            format!("公开日志 {origin} 的检查点（{size} 条，{witnesses} 个见证方）{end}"),
            format!("公開日誌 {origin} 的檢查點（{size} 筆，{witnesses} 個見證方）{end}"),
            format!(
                "a checkpoint of the public log {origin}, of {}, with {}{end}",
                counted(*size, "entry", "entries"),
                counted(*witnesses, "witness", "witnesses")
            ),
        ]
    }

    fn limits(&self, document: &Document, found: &Found<'_>, compared: bool) -> Vec<String> {
        let last = document.journal.iter().map(|entry| entry.at).max().map_or_else(String::new, second);
        let mut page = Vec::new();
        let mut say = |texts: [String; 3]| {
            let [hans, hant, en] = &texts;
            page.push(format!("  {}", pick(self.lang, [hans, hant, en])));
        };
        say([
            "所记的内容属实：它只证明谁在何时作了什么操作。".to_owned(),
            "所記的內容屬實：它只證明誰在何時作了什麼操作。".to_owned(),
            "that what was recorded is true: only who did what, and when".to_owned(),
        ]);
        say([
            format!("{last} 以后再无操作：请与以后下载的文件比对（`--since`）。"),
            format!("{last} 以後再無操作：請與以後下載的檔案比對（`--since`）。"),
            format!("that nothing was done after {last}: compare it with a later file (`--since`)"),
        ]);
        if let Some(newest) = found.unlinked.iter().max() {
            let (unlinked, newest) = (found.unlinked.len(), second(*newest));
            say([
                format!(
                    "另外 {unlinked} 项操作（最近一项：{newest}）之前没有遗漏：它们没有盐值，或早于操作相连之时，接的是哪一项只有主管机关的签名为证。盐值到期才销毁。"
                ),
                format!(
                    "另外 {unlinked} 項操作（最近一項：{newest}）之前沒有遺漏：它們沒有鹽值，或早於操作相連之時，接的是哪一項只有主管機關的簽章為證。鹽值到期才銷毀。"
                ),
                format!(
                    "that none is left out before the other {unlinked}, the newest of {newest}: they have no salt, or are of before acts were chained, and the authority's signature alone stands for what they follow; a salt is destroyed on schedule only"
                ),
            ]);
        }
        let ended = found.untold.len();
        if ended > 0 {
            say([
                format!("{ended} 项操作的内容：不再列出，到期即销毁；至多证明曾有此类操作，不证明关于谁。"),
                format!("{ended} 項操作的內容：不再列出，到期即銷毀；至多證明曾有此類操作，不證明關於誰。"),
                format!(
                    "what was done by {}: it is told no more, as what has ended is not; at most that such an act was done is proved, and not about whom",
                    counted(ended, "act", "acts")
                ),
            ]);
        }
        let waiting = found.waiting.len();
        if waiting > 0 {
            say([
                format!("{waiting} 项操作已在公开日志中：文件生成时尚未公布，请稍后再下载。"),
                format!("{waiting} 項操作已在公開日誌中：檔案產生時尚未公布，請稍後再下載。"),
                format!(
                    "that {} in the public log: not published when the file was made; fetch it again later",
                    counted(waiting, "act is", "acts are")
                ),
            ]);
        }
        if found.signed > 0 && !self.identified {
            say([
                "机构的签名说的是此人：未与证件核对，请用 `--document` 给出证件。".to_owned(),
                "機構的簽名說的是此人：未與證件核對，請用 `--document` 給出證件。".to_owned(),
                "that the institutions' signatures are about this person: that was not compared; give the document by `--document`".to_owned(),
            ]);
        }
        if self.logged.is_none() {
            say([
                "今天的日志仍是当时的日志：请用 `--log` 指明日志。".to_owned(),
                "今天的日誌仍是當時的日誌：請用 `--log` 指明日誌。".to_owned(),
                "that today's log is still the one of that time: name it by `--log`".to_owned(),
            ]);
        }
        let (facts, proved) = found.facts;
        if facts > proved {
            let rest = facts - proved;
            say([
                format!("{rest} 项事实与录入时一致：其录入操作的内容已部分到期，只有主管机关的签名为证。"),
                format!("{rest} 項事實與輸入時一致：其輸入操作的內容已部分到期，只有主管機關的簽章為證。"),
                format!(
                    "that {} recorded: a part of what was recorded with them has ended, and only the authority's signature stands for them",
                    counted(rest, "fact is as it was", "facts are as they were")
                ),
            ]);
        }
        say([
            "申诉、授权、通知等清单：它们只有主管机关的签名为证。".to_owned(),
            "申訴、授權、通知等清單：它們只有主管機關的簽章為證。".to_owned(),
            "the lists of appeals, grants, looks and notices beside the acts: the authority's signature alone stands for them".to_owned(),
        ]);
        if compared {
            page.push(String::new());
            page.push(
                self.pick([
                    "较早文件中的每一项操作都还在。",
                    "較早檔案中的每一項操作都還在。",
                    "Every act of the earlier file is still there.",
                ])
                .to_owned(),
            );
        }
        page
    }
}

/// An instant to the second, by UTC.
fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// Who did something for the person, in three languages.
const fn done_by(role: Role) -> [&'static str; 3] {
    match role {
        Role::Agent => ["代办人", "代辦人", "somebody who may act for the person"],
        Role::CommunityWorker => ["社区工作人员", "社區工作人員", "a community worker"],
        Role::App => ["其授权的程序", "其授權的程式", "a program that the person let in"],
        // Of these none does anything for a person.
        Role::Visitor
        | Role::Resident
        | Role::Institution
        | Role::Commissioner
        | Role::Arbiter
        | Role::Authority
        | Role::Auditor => ["他人", "他人", "somebody else"],
    }
}
