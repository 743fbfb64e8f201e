//! The module by itself: what it exports, that it imports nothing, and what a page that errs can do to it.

use std::collections::BTreeSet;

use mingma_credential::status::Color;
use mingma_wasm::{SCRIPT, WASM};
use wasmi::{Engine, Instance, Linker, Memory, Store, Val};

use crate::both::trust_file;
use crate::support::{House, NOON, full_order};

/// A started module, called as `mingma.js` calls it.
pub(crate) struct Module {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

/// An answer, or the refusal's JSON.
pub(crate) type Answer = Result<Vec<u8>, String>;

impl Module {
    pub(crate) fn start() -> Self {
        let engine = Engine::default();
        let module = wasmi::Module::new(&engine, WASM).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        Self { store, instance, memory }
    }

    /// One exported function as it is; numbers are i32 as the page's are.
    pub(crate) fn raw(&mut self, name: &str, arguments: &[Val]) -> i32 {
        let function = self.instance.get_func(&self.store, name).unwrap_or_else(|| panic!("no `{name}`"));
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        function.call(&mut self.store, arguments, &mut results).unwrap_or_else(|e| panic!("{name}: {e}"));
        results.first().map_or(0, |result| result.i32().unwrap())
    }

    pub(crate) fn hand_in(&mut self, bytes: &[u8]) -> Val {
        let buffer = self.raw("mingma_buffer", &[number(bytes.len())]);
        assert_ne!(buffer, 0, "a buffer of {} bytes", bytes.len());
        let at = self.raw("mingma_buffer_at", &[Val::I32(buffer)]);
        let at = usize::try_from(at.cast_unsigned()).unwrap();
        self.memory.write(&mut self.store, at, bytes).unwrap();
        Val::I32(buffer)
    }

    pub(crate) fn call(&mut self, name: &str, arguments: &[Val]) -> Answer {
        let answer = self.raw(name, arguments);
        assert_ne!(answer, 0, "{name}: no room for an answer");
        let buffer = [Val::I32(answer.abs())];
        let at = self.raw("mingma_buffer_at", &buffer).cast_unsigned();
        let length = self.raw("mingma_buffer_length", &buffer).cast_unsigned();
        let mut bytes = vec![0; usize::try_from(length).unwrap()];
        self.memory.read(&self.store, usize::try_from(at).unwrap(), &mut bytes).unwrap();
        self.raw("mingma_buffer_free", &buffer);
        if answer > 0 { Ok(bytes) } else { Err(String::from_utf8(bytes).unwrap()) }
    }
}

pub(crate) fn number(value: usize) -> Val {
    Val::I32(u32::try_from(value).unwrap().cast_signed())
}

#[expect(clippy::cast_precision_loss, reason = "an instant of this century")]
pub(crate) fn instant(now: mingma_credential::UnixSeconds) -> Val {
    Val::F64((now.get() as f64).into())
}

#[test]
fn the_module_imports_nothing_and_the_script_calls_what_it_exports() {
    let module = wasmi::Module::new(&Engine::default(), WASM).unwrap();
    assert_eq!(module.imports().count(), 0, "the module could reach out of itself");
    let exported: BTreeSet<&str> =
        module.exports().map(|export| export.name()).filter(|name| name.starts_with("mingma_")).collect();
    let called: BTreeSet<&str> = SCRIPT
        .split(|c: char| !(c.is_ascii_lowercase() || c == '_'))
        .filter(|word| word.starts_with("mingma_"))
        .collect();
    assert_eq!(called, exported);
    assert_eq!(exported.len(), 15);
}

#[test]
fn a_wrong_number_or_length_is_refused_and_what_is_held_stays_whole() {
    let house = House::new(131);
    let code = house.paper(&full_order(Color::Green));
    let mut module = Module::start();
    let checkpoint = Val::I32(module.raw("mingma_checkpoint", &[]));
    let file = module.hand_in(&trust_file(&[&house], &house, NOON));
    module.call("mingma_set_trust", &[checkpoint.clone(), file.clone(), Val::I32(0), instant(NOON)]).unwrap();
    let kept = module.hand_in(b"kept as it is");

    for length in [-1, i32::MIN, i32::MAX, 16 * 1_024 * 1_024 + 1] {
        assert_eq!(module.raw("mingma_buffer", &[Val::I32(length)]), 0, "a buffer of {length}");
    }
    for wrong in [0, -1, i32::MIN, i32::MAX, file.i32().unwrap(), checkpoint.i32().unwrap()] {
        let wrong = || Val::I32(wrong);
        assert_eq!(module.raw("mingma_buffer_length", &[wrong()]), 0);
        module.raw("mingma_buffer_free", &[wrong()]);
        let calls = [
            ("mingma_verify", vec![checkpoint.clone(), wrong(), instant(NOON)]),
            ("mingma_set_trust", vec![checkpoint.clone(), wrong(), wrong(), instant(NOON)]),
            ("mingma_add_status_list", vec![checkpoint.clone(), wrong(), instant(NOON)]),
            ("mingma_proof_to_sign", vec![wrong(), instant(NOON)]),
            ("mingma_with_proof", vec![wrong(), instant(NOON), wrong()]),
            ("mingma_qr", vec![wrong(), wrong()]),
            ("mingma_qr_svg", vec![wrong(), wrong(), wrong()]),
            ("mingma_read_qr", vec![wrong(), wrong(), wrong()]),
        ];
        for (name, arguments) in calls {
            let refusal = module.call(name, &arguments).unwrap_err();
            assert!(refusal.starts_with(r#"{"code":"misused","#), "{name}: {refusal}");
        }
    }
    let pixels = module.hand_in(&[0; 100]);
    let refusal = module.call("mingma_read_qr", &[pixels, Val::I32(-1), Val::I32(-1)]).unwrap_err();
    assert!(refusal.starts_with(r#"{"code":"misused","#), "a picture larger than its bytes: {refusal}");
    let not_a_time =
        module.call("mingma_holdings", &[checkpoint.clone(), Val::F64(f64::NAN.into())]).unwrap_err();
    assert!(not_a_time.starts_with(r#"{"code":"misused","#));

    let at = module.raw("mingma_buffer_at", &[kept]).cast_unsigned();
    let mut bytes = [0; 13];
    module.memory.read(&module.store, usize::try_from(at).unwrap(), &mut bytes).unwrap();
    assert_eq!(&bytes, b"kept as it is");
    let code = module.hand_in(code.as_bytes());
    let verdict = module.call("mingma_verify", &[checkpoint, code, instant(NOON)]).unwrap();
    assert!(verdict.starts_with(br#"{"result":"green","#));
}
