//! The working and the return stack.

/// A circular stack of 256 bytes with an 8-bit pointer.
///
/// The bytes lie in memory in reverse: index `i` of the specification is at `255 - i`. The stack then grows
/// downward, and the two bytes of a short, pushed high byte first, form one little-endian load. Everything
/// public here counts as the specification does, from the bottom.
///
/// ```
/// use fantail::uxn::Stack;
/// let mut wst = Stack::default();
/// wst.push(0x12);
/// wst.push(0x34);
/// assert_eq!((wst.bytes(), wst.ptr()), (vec![0x12, 0x34], 2));
/// assert_eq!(wst.pop(), 0x34);
/// assert_eq!(wst.get(1), 0x34, "a pop leaves the byte behind");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[repr(C)]
pub struct Stack {
    pub(super) data: [u8; 256],
    /// The index of the next free slot in `data`: 255 minus the pointer of the specification.
    pub(super) free: u8,
}

impl Stack {
    /// The pointer: the index where the next push goes.
    pub fn ptr(&self) -> u8 {
        255 - self.free
    }

    /// Moves the pointer; the bytes stay.
    pub fn set_ptr(&mut self, ptr: u8) {
        self.free = 255 - ptr;
    }

    /// The byte at an index, whether below the pointer or not.
    pub fn get(&self, index: u8) -> u8 {
        self.data[usize::from(255 - index)]
    }

    /// Sets the byte at an index.
    pub fn set(&mut self, index: u8, byte: u8) {
        self.data[usize::from(255 - index)] = byte;
    }

    /// Writes a byte at the pointer and moves the pointer up, from 255 to 0.
    pub fn push(&mut self, byte: u8) {
        self.data[usize::from(self.free)] = byte;
        self.free = self.free.wrapping_sub(1);
    }

    /// Moves the pointer down, from 0 to 255, and reads the byte there.
    pub fn pop(&mut self) -> u8 {
        self.free = self.free.wrapping_add(1);
        self.data[usize::from(self.free)]
    }

    /// The bytes below the pointer, bottom first.
    pub fn bytes(&self) -> Vec<u8> {
        (0..self.ptr()).map(|index| self.get(index)).collect()
    }
}

impl Default for Stack {
    fn default() -> Self {
        Stack { data: [0; 256], free: 255 }
    }
}

impl std::fmt::Debug for Stack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stack").field("bytes", &self.bytes()).field("ptr", &self.ptr()).finish()
    }
}
