//! Symbol files.

/// A label or lambda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Where it is.
    pub address: u16,
    /// Its full name, with the scope of a sublabel. Lambdas are named `λ0000`, `λ0001` and so on.
    pub name: String,
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
        file.extend(name.bytes());
        file.push(0);
    }
    file
}
