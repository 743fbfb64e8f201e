//! What is wrong with a person's file, in three languages.

use mingma_journal::leaf::Act;
use mingma_registry::canonical::Hash;

use super::super::check::{Fault, Wrong};
use super::super::file::ToldEntry;
use super::super::held::done;
use super::{Words, second};
use crate::command::demo::pick;
use crate::plural::counted;

impl Words<'_> {
    /// What is wrong, entry by entry.
    pub(in super::super) fn wrong(&self, wrong: &[Wrong<'_>], missing: usize) -> String {
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
            Fault::Doer => told([
                "所称的办理人与其承诺不符，或者此类操作无人代办",
                "所稱的辦理人與其承諾不符，或者此類操作無人代辦",
                "who is told to have done it is not who its commitment says, or nobody does such an act for somebody",
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
