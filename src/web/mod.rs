//! What JavaScript sees: the only part that knows a browser.
