//! Everything together: the real server, real TLS, real tokens, real SQLite.

mod house;
