//! A server that follows another one, and takes its place; and one that died and comes back.

use std::thread::sleep;
use std::time::Duration;

use super::Cluster;

impl Cluster {
    /// A server that follows this one.
    pub fn standby(&self) -> Self {
        let standby = Self::prepare();
        let (socket, port) = (self.folder.to_str().unwrap(), self.port.to_string());
        let from = ["-h", socket, "-p", &port, "-U", "postgres"];
        let how = ["-D", &standby.data(), "-X", "stream", "-c", "fast", "-R"];
        self.run("pg_basebackup", &[&from[..], &how[..]].concat());
        // The last of a setting counts.
        standby.configure("");
        standby.resume();
        standby
    }

    /// From now on nothing is answered that its standby has not.
    pub fn waits_for_standby(&self) {
        self.sql("postgres", "alter system set synchronous_standby_names = '*'");
        self.sql("postgres", "select pg_reload_conf()");
        self.until(|| self.sql("postgres", "select sync_state from pg_stat_replication").trim() == "sync");
    }

    /// It follows no longer, and takes writes.
    pub fn promote(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-w", "promote"]);
    }

    /// Waits until it has all that the other one has.
    pub fn has_all_of(&self, first: &Self) {
        let newest = first.sql("postgres", "select pg_current_wal_lsn()");
        let has = format!("select pg_last_wal_replay_lsn() >= '{}'", newest.trim());
        self.until(|| self.sql("postgres", &has).trim() == "t");
    }

    /// Waits until it answers, as it does by itself after one of its processes died.
    pub fn awaits(&self) {
        self.until(|| self.answers());
    }

    /// Starts it again if it gave up.
    pub fn revive(&self) {
        for _ in 0..20 {
            if self.answers() {
                return;
            }
            sleep(Duration::from_millis(100));
        }
        let _ = self.try_run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
        self.resume();
    }

    fn answers(&self) -> bool {
        self.try_run("psql", &["-qXAt", "-U", "postgres", "-d", "postgres", "-c", "select 1"]).is_ok()
    }

    fn until(&self, holds: impl Fn() -> bool) {
        for _ in 0..600 {
            if holds() {
                return;
            }
            sleep(Duration::from_millis(100));
        }
        panic!("the server at port {} does not come so far in a minute", self.port);
    }
}
