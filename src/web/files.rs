//! The files of one program, as the page fills, shows and keeps them.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::varvara::{FilePath, Memory, Node, Storage};

/// Files in memory. Computers that are made with them share them with the page, which keeps them in its own
/// time: it takes the changes.
///
/// Paths are bytes, as programs write them; contents are bytes, or `null` for a directory.
#[wasm_bindgen(js_name = Files)]
#[derive(Default)]
pub struct WebFiles {
    pub(super) memory: Rc<RefCell<Memory>>,
}

#[wasm_bindgen(js_class = Files)]
impl WebFiles {
    /// No files.
    #[wasm_bindgen(constructor)]
    pub fn new() -> WebFiles {
        WebFiles::default()
    }

    /// Puts back what was kept: no change. False if it cannot be: no file can have such a path, or it is below a file.
    pub fn restore(
        &self,
        path: &[u8],
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | null")] contents: Option<Vec<u8>>,
    ) -> bool {
        let node = contents.map_or(Node::Directory, Node::File);
        FilePath::parse(path).is_some_and(|path| self.memory.borrow_mut().restore(&path, node).is_ok())
    }

    /// Takes away what is no longer kept: no change.
    pub fn forget(&self, path: &[u8]) {
        if let Some(path) = FilePath::parse(path) {
            self.memory.borrow_mut().forget(&path);
        }
    }

    /// Makes or replaces a file.
    ///
    /// # Errors
    /// In words, when no file can have the name, or there is no room.
    pub fn write(&self, name: &[u8], contents: &[u8]) -> Result<(), JsError> {
        Ok(self.memory.borrow_mut().replace(&file_path(name)?, contents)?)
    }

    /// Lets programs find a file that is no change, and so not kept, until they write it; without contents, no
    /// longer. A file of the program's own stays as it is.
    ///
    /// # Errors
    /// As with [`write`](WebFiles::write).
    pub fn give(&self, name: &[u8], contents: Option<Vec<u8>>) -> Result<(), JsError> {
        let path = file_path(name)?;
        let mut memory = self.memory.borrow_mut();
        match contents {
            Some(contents) => memory.give(&path, &contents)?,
            None => memory.take_back(&path),
        }
        Ok(())
    }

    /// Makes a directory.
    ///
    /// # Errors
    /// As with files.
    #[wasm_bindgen(js_name = createDirectory)]
    pub fn create_directory(&self, name: &[u8]) -> Result<(), JsError> {
        let path = FilePath::parse(name).ok_or_else(|| JsError::new("no directory can have this name"))?;
        Ok(self.memory.borrow_mut().create_directory(&path)?)
    }

    /// What a file contains: `null` for a directory, `undefined` for nothing.
    #[wasm_bindgen(unchecked_return_type = "Uint8Array | null | undefined")]
    pub fn contents(&self, path: &[u8]) -> JsValue {
        let memory = self.memory.borrow();
        contents(FilePath::parse(path).and_then(|path| memory.node(&path)))
    }

    /// Deletes a file, or a directory with all that it contains.
    pub fn remove(&self, path: &[u8]) {
        if let Some(path) = FilePath::parse(path) {
            self.memory.borrow_mut().remove(&path);
        }
    }

    /// Names everything there is, sorted, a directory before what it contains: `entry(path, size, isGiven)`, where a
    /// directory has no size.
    ///
    /// # Errors
    /// What `entry` throws.
    pub fn list(
        &self,
        #[wasm_bindgen(
            unchecked_param_type = "(path: Uint8Array, size: number | undefined, isGiven: boolean) => void"
        )]
        entry: &Function,
    ) -> Result<(), JsValue> {
        list(&self.memory, entry)
    }

    /// A number that is another one after each change.
    #[wasm_bindgen(getter)]
    pub fn revision(&self) -> u32 {
        self.memory.borrow().revision()
    }

    /// Whether there are changes to take.
    #[wasm_bindgen(getter, js_name = isChanged)]
    pub fn is_changed(&self) -> bool {
        self.memory.borrow().is_changed()
    }

    /// Hands over what has changed since the last call: `change(path, contents)`, where what was deleted has
    /// none.
    ///
    /// # Errors
    /// What `change` throws.
    #[wasm_bindgen(js_name = takeChanges)]
    pub fn take_changes(
        &self,
        #[wasm_bindgen(
            unchecked_param_type = "(path: Uint8Array, contents: Uint8Array | null | undefined) => void"
        )]
        change: &Function,
    ) -> Result<(), JsValue> {
        take_changes(&self.memory, change)
    }

    /// Bytes in all files together.
    #[wasm_bindgen(getter)]
    pub fn bytes(&self) -> f64 {
        self.memory.borrow().bytes() as f64
    }

    /// How many bytes all files together may have.
    #[wasm_bindgen(getter)]
    pub fn quota(&self) -> f64 {
        self.memory.borrow().quota().bytes as f64
    }
}

// What is not inlined into the functions that JavaScript calls can be made for size.

#[optimize(size)]
#[inline(never)]
fn list(memory: &RefCell<Memory>, entry: &Function) -> Result<(), JsValue> {
    let memory = memory.borrow();
    let entries: Vec<_> =
        memory.nodes().map(|(path, node)| (path.clone(), node.size(), memory.is_given(path))).collect();
    drop(memory);
    for (path, size, is_given) in entries {
        // A file is at most as large as the quota.
        let size = size.map(|size| size as f64);
        let path = Uint8Array::from(path.as_bytes());
        entry.call3(&JsValue::UNDEFINED, &path, &JsValue::from(size), &JsValue::from(is_given))?;
    }
    Ok(())
}

#[optimize(size)]
#[inline(never)]
fn take_changes(memory: &RefCell<Memory>, change: &Function) -> Result<(), JsValue> {
    let changes = memory.borrow_mut().take_changes();
    for (path, node) in changes {
        let path = Uint8Array::from(path.as_bytes());
        change.call2(&JsValue::UNDEFINED, &path, &contents(node.as_ref()))?;
    }
    Ok(())
}

#[optimize(size)]
#[inline(never)]
fn file_path(name: &[u8]) -> Result<FilePath, JsError> {
    let path = FilePath::parse(name).filter(|path| !path.is_root());
    path.ok_or_else(|| JsError::new("no file can have this name"))
}

#[optimize(size)]
#[inline(never)]
fn contents(node: Option<&Node>) -> JsValue {
    match node {
        None => JsValue::UNDEFINED,
        Some(Node::Directory) => JsValue::NULL,
        Some(Node::File(bytes)) => Uint8Array::from(&bytes[..]).into(),
    }
}
