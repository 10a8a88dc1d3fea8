//! Symbol files.

use std::fmt;

/// A label or lambda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Where it is.
    pub address: u16,
    /// Its full name, with the scope of a sublabel: any bytes but 00, usually UTF-8. Lambdas are named
    /// `λ0000`, `λ0001` and so on.
    pub name: Vec<u8>,
}

/// The bytes of a symbol file: for each symbol its address, high byte first, its name, and 00.
///
/// ```
/// use fantail::tal::{assemble, symbol_file};
/// let symbols = assemble("@Loop !Loop")?.symbols;
/// assert_eq!(symbol_file(&symbols), b"\x01\x00Top\0\x01\x00Loop\0");
/// # Ok::<(), fantail::tal::Errors>(())
/// ```
pub fn symbol_file(symbols: &[Symbol]) -> Vec<u8> {
    let mut file = Vec::new();
    for Symbol { address, name } in symbols {
        file.extend(address.to_be_bytes());
        file.extend(name);
        file.push(0);
    }
    file
}

/// A symbol file ends within a symbol: it was cut, or is another kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SymbolFileError {
    /// Where the symbol without end starts, in bytes.
    pub offset: usize,
}

impl fmt::Display for SymbolFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the symbol at byte {} has no end; each is two bytes of address, a name, and a byte 00",
            self.offset
        )
    }
}

impl std::error::Error for SymbolFileError {}

/// Reads a symbol file. Symbols come as they stand there: in any order, names more than once.
///
/// # Errors
///
/// If the file ends within a symbol.
///
/// ```
/// use fantail::tal::read_symbol_file;
/// let symbols = read_symbol_file(b"\x01\x00Top\0\x00\x18Console/write\0")?;
/// assert_eq!((symbols[1].address, &symbols[1].name[..]), (0x18, &b"Console/write"[..]));
/// assert_eq!(read_symbol_file(b"\x01\x00Top\0\x01").unwrap_err().offset, 6);
/// # Ok::<(), fantail::tal::SymbolFileError>(())
/// ```
pub fn read_symbol_file(file: &[u8]) -> Result<Vec<Symbol>, SymbolFileError> {
    let mut symbols = Vec::new();
    let mut rest = file;
    while !rest.is_empty() {
        let symbol = rest.split_first_chunk().and_then(|(&address, text)| {
            let end = text.iter().position(|&byte| byte == 0)?;
            Some((u16::from_be_bytes(address), text[..end].to_vec(), &text[end + 1..]))
        });
        let Some((address, name, behind)) = symbol else {
            return Err(SymbolFileError { offset: file.len() - rest.len() });
        };
        symbols.push(Symbol { address, name });
        rest = behind;
    }
    Ok(symbols)
}
