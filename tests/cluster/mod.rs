//! A PostgreSQL cluster of a test's own: made with `initdb` in a folder that removes itself, by a user who is not root, on a
//! free port of the loopback and a Unix socket, with fsync on.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

mod standby;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// The role that owns what tests make; it is no superuser.
pub const ROLE: &str = "sluis";

/// A running cluster. It ends with this process, however that ends.
pub struct Cluster {
    pub folder: PathBuf,
    pub port: u16,
    programs: PathBuf,
    user: Option<(u32, u32)>,
    environment: Vec<(&'static str, PathBuf)>,
    /// Clears up when its standard input closes.
    caretaker: Child,
}

impl Cluster {
    /// The one that all tests of this process share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&[]))
    }

    /// One of a test's own, with these settings.
    pub fn start(settings: &[&str]) -> Self {
        Self::start_with(settings, |_| vec![])
    }

    /// The same in an environment that is made in its folder.
    pub fn start_with(
        settings: &[&str],
        environment: impl FnOnce(&Path) -> Vec<(&'static str, PathBuf)>,
    ) -> Self {
        let mut cluster = Self::prepare();
        cluster.environment = environment(&cluster.folder);
        cluster.run(
            "initdb",
            &["-D", &cluster.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"],
        );
        cluster.configure(&format!(
            "max_connections = 300\nfsync = on\nsynchronous_commit = on\n{}\n",
            settings.join("\n")
        ));
        cluster.resume();
        cluster.sql("postgres", &format!("create role {ROLE} login"));
        cluster
    }

    /// A folder, a port and a caretaker, and no data yet.
    fn prepare() -> Self {
        let programs = programs().expect(
            "PostgreSQL 15 or newer is not installed here, so PostgreSQL IS NOT TRIED. Install it (apt-get install postgresql), or leave \
             its tests out as tests/run does: cargo test -- --skip postgresql",
        );
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("sluis-pg-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let user = (number_of(&["-u"]) == Some(0)).then(|| {
            // The server refuses to run as root.
            let nobody = |which| number_of(&[which, "nobody"]).expect("a user named nobody");
            (nobody("-u"), nobody("-g"))
        });
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let caretaker = as_user(Command::new("sh"), user)
            // Whatever ends this process and its group, such as an interrupt, leaves it to do its work.
            .process_group(0)
            .arg("-c")
            .arg(r#"cat >/dev/null; "$1/pg_ctl" -D "$2/data" -m immediate stop; rm -rf "$2""#)
            .arg("sh")
            .args([&programs, &folder])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { folder, port, programs, user, environment: vec![], caretaker }
    }

    /// Where it listens, and these settings.
    fn configure(&self, settings: &str) {
        let file = Path::new(&self.data()).join("postgresql.conf");
        let (port, socket) = (self.port, self.folder.display());
        write!(
            fs::File::options().append(true).open(file).unwrap(),
            "\nlisten_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{socket}'\n{settings}"
        )
        .unwrap();
    }

    /// A new, empty database of the role's own; gives its name.
    pub fn database(&self) -> String {
        static DATABASES: AtomicU32 = AtomicU32::new(0);
        let name = format!("sluis_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("create database {name} owner {ROLE}"));
        name
    }

    /// Runs statements as the superuser, and gives what they say.
    pub fn sql(&self, database: &str, text: &str) -> String {
        self.psql(database, &["-c", text])
    }

    /// Runs `psql` as the superuser with these arguments besides.
    pub fn psql(&self, database: &str, arguments: &[&str]) -> String {
        let own = ["-qX", "-v", "ON_ERROR_STOP=1", "-At", "-U", "postgres", "-d", database];
        self.run("psql", &[&own, arguments].concat())
    }

    /// Puts a file of the server's own user into the folder of the cluster.
    pub fn give(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        if let Some((uid, gid)) = self.user {
            chown(&path, Some(uid), Some(gid)).unwrap();
        }
    }

    /// All that a database holds, as text, and what the server said in its log.
    pub fn contents(&self, database: &str) -> Vec<(String, Vec<u8>)> {
        let tables =
            ["registration", "consent", "client", "unconsented_release", "covenant", "ledger_head", "tile"];
        let entries = "select row_to_json(e), convert_from(body, 'UTF8') from entry e".to_owned();
        let texts = tables.iter().map(|table| format!("table {table}")).chain([entries]);
        let text = texts.map(|text| self.sql(database, &text)).collect::<String>();
        vec![
            (database.to_owned(), text.into_bytes()),
            ("log".into(), fs::read(self.folder.join("log")).unwrap()),
        ]
    }

    /// The server dies at once, as when its machine loses power.
    pub fn kill(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }

    /// The server starts again.
    pub fn resume(&self) {
        let log = self.folder.join("log");
        self.run("pg_ctl", &["-D", &self.data(), "-w", "-l", log.to_str().unwrap(), "start"]);
    }

    fn data(&self) -> String {
        self.folder.join("data").to_str().unwrap().to_owned()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> String {
        self.try_run(program, arguments).unwrap_or_else(|said| panic!("{program} {arguments:?}: {said}"))
    }

    /// Gives what it said, as an error if it failed.
    fn try_run(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        // Its output goes to a file: a server that it leaves behind would hold a pipe open.
        let said = self.folder.join(format!("said-{program}-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
        let out = fs::File::create(&said).unwrap();
        let status = as_user(Command::new(self.programs.join(program)), self.user)
            .args(arguments)
            .env("PGHOST", &self.folder)
            .env("PGPORT", self.port.to_string())
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .status()
            .unwrap();
        let text = fs::read_to_string(&said).unwrap_or_default();
        let _ = fs::remove_file(said);
        if status.success() { Ok(text) } else { Err(text) }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.caretaker.stdin.take());
        let _ = self.caretaker.wait();
    }
}

fn as_user(mut command: Command, user: Option<(u32, u32)>) -> Command {
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command.current_dir("/");
    command
}

fn number_of(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// Where the server's programs are: as `pg_config` says, where Debian puts them, or on the path.
pub fn programs() -> Option<PathBuf> {
    let has_all =
        |folder: &PathBuf| ["initdb", "pg_ctl", "psql"].iter().all(|program| folder.join(program).is_file());
    let said = Command::new("pg_config").arg("--bindir").output().ok();
    let said =
        said.and_then(|output| String::from_utf8(output.stdout).ok()).map(|text| PathBuf::from(text.trim()));
    let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    debian.reverse();
    let path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    said.into_iter().chain(debian).chain(path.unwrap_or_default()).find(has_all)
}
