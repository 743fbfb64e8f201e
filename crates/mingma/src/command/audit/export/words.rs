//! What a person's file proves, what it cannot, and what is wrong with it, in three languages.

use jiff::Timestamp;
use mingma_credential::key::KeyId;
use mingma_domain::text::Lang;
use mingma_journal::checkpoint::Checkpoint;
use mingma_journal::leaf::Act;
use mingma_registry::canonical::Hash;
use mingma_registry::words::ActName;
use mingma_server::Texts;

use super::check::{Fault, Found, Head, Wrong};
use super::file::{Document, ToldEntry};
use super::held::{Logged, done};
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

    /// What is wrong, entry by entry.
    pub(super) fn wrong(&self, wrong: &[Wrong<'_>], missing: usize) -> String {
        let mut page = vec![self.pick(["文件有误：", "檔案有誤：", "The file does not hold:"]).to_owned()];
        page.extend(wrong.iter().map(|wrong| match wrong {
            Wrong::Entry(entry, fault) => format!("  {}: {}", self.entry(entry), self.fault(fault)),
            Wrong::Turn(fault) => {
                let turn = self.pick([
                    "日志接续前一季度日志之处",
                    "日誌接續前一季度日誌之處",
                    "where a log goes on from the one before",
                ]);
                format!("  {turn}: {}", self.fault(fault))
            }
            Wrong::Fact { recorded } => {
                let at = second(*recorded);
                self.pick([
                    "  {}录入的一项事实：与录入时的操作不一致",
                    "  {}輸入的一項事實：與輸入時的操作不一致",
                    "  a fact recorded at {}: it is told otherwise than it was recorded",
                ])
                .replace("{}", &at)
            }
            Wrong::Unrecorded { recorded } => {
                let at = second(*recorded);
                self.pick([
                    "  据称{}录入的一项事实：没有任何操作录入过它",
                    "  據稱{}輸入的一項事實：沒有任何操作輸入過它",
                    "  a fact said to be recorded at {}: no act recorded it",
                ])
                .replace("{}", &at)
            }
        }));
        if missing > 0 {
            let gone = counted(missing, "act of the earlier file is", "acts of the earlier file are");
            let said = [
                format!("  较早文件中有 {missing} 项操作，此文件中没有：被人拿掉了"),
                format!("  較早檔案中有 {missing} 項操作，此檔案中沒有：被人拿掉了"),
                format!("  {gone} not in this one: taken out"),
            ];
            let [hans, hant, en] = &said;
            page.push(pick(self.lang, [hans, hant, en]).to_owned());
        }
        page.push(String::new());
        page.push(
            self.pick([
                "请保存原文件，交给申诉办或审计人员。",
                "請保存原檔案，交給申訴辦或稽核人員。",
                "Keep the file as it is, and show it to the appeals office or to an auditor.",
            ])
            .to_owned(),
        );
        page.join("\n")
    }

    fn entry(&self, entry: &ToldEntry) -> String {
        format!("{} · {} · {}", second(entry.at), self.act(entry.act), entry.id)
    }

    fn find(&self, leaf: &Hash) -> Option<&Act> {
        self.logged.and_then(|logged| logged.acts.get(leaf))
    }

    fn fault(&self, fault: &Fault) -> String {
        let told = |texts: [&str; 3]| self.pick(texts).to_owned();
        let why = |texts: [&str; 3], error: &dyn std::fmt::Display| format!("{} ({error})", self.pick(texts));
        match fault {
            Fault::Twice => told(["出现了两次", "出現了兩次", "it stands there twice"]),
            Fault::Content => told([
                "内容被改动：与所给的哈希不符",
                "內容被更動：與所給的雜湊不符",
                "its content was changed: it has another hash than is given",
            ]),
            Fault::Unsalted => told([
                "有内容而无盐值：内容无从核对",
                "有內容而無鹽值：內容無從核對",
                "its content is given without the salt, so that nobody can check it",
            ]),
            Fault::Opening => told([
                "盐值、内容、时间与前一项得不出承诺值：其中之一被改动",
                "鹽值、內容、時間與前一項得不出承諾值：其中之一被更動",
                "salt, content, time and former act do not make its commitment: one of them was changed",
            ]),
            Fault::Signature => told([
                "机构的签名所签的不是这些内容，或者不出自文件所称的密钥",
                "機構的簽名所簽的不是這些內容，或者不出自檔案所稱的金鑰",
                "the institution's signature is under something else, or by another key than the file says",
            ]),
            Fault::Meant => told([
                "机构的签名说的是另一个人：所签的不是所给证件的持有人",
                "機構的簽名說的是另一個人：所簽的不是所給證件的持有人",
                "the institution's signature is about somebody else than whoever has the document that was given",
            ]),
            Fault::Unreadable => told([
                "承诺值所对应的不是一项操作的内容",
                "承諾值所對應的不是一項操作的內容",
                "what its commitment opens to is no act's content",
            ]),
            Fault::SomebodyElse => told(["说的是另一个人", "說的是另一個人", "it is about another person"]),
            Fault::Unlogged => told([
                "按其时刻它必在公开日志中，却无从证明",
                "按其時刻它必在公開日誌中，卻無從證明",
                "by its time it must stand in the public log, and nothing shows it there",
            ]),
            Fault::Proof(error) => why(["证明无法读取", "證明無法讀取", "its proof cannot be read"], error),
            Fault::Checkpoint(error) => why(
                ["证明的检查点不可信", "證明的檢查點不可信", "the checkpoint of its proof is not believed"],
                error,
            ),
            Fault::NotInTheLog(error) => why(
                [
                    "证明不成立：检查点里没有这一项",
                    "證明不成立：檢查點裡沒有這一項",
                    "its proof does not hold: the checkpoint does not stand on it",
                ],
                error,
            ),
            Fault::AnotherEntry => {
                told(["证明属于另一项操作", "證明屬於另一項操作", "its proof is another entry's"])
            }
            Fault::Otherwise => told([
                "公开日志所记的操作、时刻或单位与此不同",
                "公開日誌所記的操作、時刻或單位與此不同",
                "the public log shows another act, second or office",
            ]),
            Fault::AnotherEnd => told([
                "下一个日志从另一个末尾开始",
                "下一個日誌從另一個末尾開始",
                "the next log begins with another end of it",
            ]),
            Fault::Gap(former) => {
                let gap = told(["此前一项操作被遗漏", "此前一項操作被遺漏", "the act before it is left out"]);
                self.find(former)
                    .map_or_else(|| gap.clone(), |act| format!("{gap}: {}", self.logged_act(act)))
            }
            Fault::Fork => told([
                "另一项操作也自称接着同一项",
                "另一項操作也自稱接著同一項",
                "another act of the file says that it follows the same one",
            ]),
        }
    }

    /// An act as the public log shows it.
    fn logged_act(&self, act: &Act) -> String {
        let name = act.name.as_str().parse().map_or_else(|_| act.name.to_string(), |name| self.act(name));
        let issuer = act.issuer.as_ref().map_or_else(String::new, |issuer| format!(" · {issuer}"));
        format!("{} · {name}{issuer}", done(act).map_or_else(String::new, second))
    }
}

/// An instant to the second, by UTC.
fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
