use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{TestDatabase, socket};

/// The program that users run.
pub const BINARY: &str = env!("CARGO_BIN_EXE_clinic-directory");
/// Far beyond what a command takes; a hang is a failure with a message.
const PATIENCE: Duration = Duration::from_mins(1);

/// A command line of the real program, without any setting of this machine.
#[derive(Debug)]
pub struct Program(Command);

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Finished {
    /// `None` when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Program {
    /// As typed after `clinic-directory`.
    pub fn new<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Self {
        Self::at(Path::new(BINARY)).arguments(arguments)
    }

    /// A copy of the program elsewhere.
    pub fn at(binary: &Path) -> Self {
        let mut command = Command::new(binary);
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command)
    }

    pub fn arguments<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        self.0.args(arguments);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// On this database.
    pub fn on(self, database: &TestDatabase) -> Self {
        self.env("DATABASE_URL", &database.url)
    }

    /// In this folder.
    pub fn folder(mut self, folder: &Path) -> Self {
        self.0.current_dir(folder);
        self
    }

    /// With something on standard input.
    pub fn stdin(mut self, stdin: Stdio) -> Self {
        self.0.stdin(stdin);
        self
    }

    /// As another user, which only root may ask for.
    pub fn user(mut self, id: u32) -> Self {
        self.0.uid(id).gid(id);
        self
    }

    /// Runs it to its end, which must come by itself.
    pub fn run(self) -> Finished {
        let child = self.start();
        let id = child.id();
        let (ended, has_ended) = mpsc::channel::<()>();
        let watch = thread::spawn(move || {
            if has_ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                signal("-KILL", id);
            }
        });
        let output = child.wait_with_output().expect("our own child");
        drop(ended);
        watch.join().expect("the watch ends");
        output.into()
    }

    /// Starts it and lets it run. A copy of the program that was just written is busy for as long as a process that another
    /// test starts in that moment holds what it inherited: until it has become its own program.
    pub fn start(mut self) -> Child {
        let begun = Instant::now();
        loop {
            match self.0.spawn() {
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy && begun.elapsed() < PATIENCE => {
                    thread::sleep(Duration::from_millis(10));
                }
                outcome => return outcome.expect("the program starts"),
            }
        }
    }

    /// Starts `serve` and waits until it listens, on a port of its own.
    pub fn serve(self) -> Running {
        let mut child = self.arguments(["--listen", "127.0.0.1:0"]).start();
        let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
        let mut said = String::new();
        let address = loop {
            let start = said.len();
            assert_ne!(stderr.read_line(&mut said).expect("UTF-8"), 0, "the service ended: {said}");
            if let Some((_, rest)) = said[start..].split_once("listening on ") {
                let address = rest.split(')').next().expect("the first part");
                break address.parse().expect("an address");
            }
        };
        // A pipe holds little: unread, a program that says much would wait for ever.
        let rest = thread::spawn(move || {
            let mut rest = String::new();
            stderr.read_to_string(&mut rest).expect("UTF-8");
            rest
        });
        Running { child, said, rest: Some(rest), address }
    }
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Finished {
    /// Panics unless the command succeeded.
    pub fn success(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self
    }

    /// Panics unless the command failed with one clear line, and nothing that only a programmer reads.
    pub fn one_line_error(&self) -> &str {
        assert!(!matches!(self.code, Some(0) | None), "{self:?}");
        let lines: Vec<&str> = self.stderr.lines().filter(|line| !line.contains(" INFO ")).collect();
        assert_eq!(lines.len(), 1, "one line: {}", self.stderr);
        for programmers_word in ["panicked", "RUST_BACKTRACE", "Stack backtrace", "unwrap", "DbErr", "SqlxError"] {
            assert!(!lines[0].contains(programmers_word), "{programmers_word}: {}", lines[0]);
        }
        lines[0].strip_prefix("error: ").unwrap_or_else(|| panic!("an error: {}", lines[0]))
    }
}

/// A service that runs until it is told to stop, or the test ends.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// What it logged until it listened.
    pub said: String,
    /// Reads what it logs from there on, to the end.
    rest: Option<JoinHandle<String>>,
    pub address: SocketAddr,
}

impl Running {
    /// The whole answer to a GET, as it came over the wire.
    pub fn get(&self, path_and_query: &str) -> String {
        socket::get(self.address, path_and_query, "")
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        signal("-TERM", self.child.id());
    }

    /// Waits for the end, after [`Running::terminate`]; how long that took, and how it ended.
    pub fn wait(mut self) -> (Duration, Finished) {
        let started = Instant::now();
        let code = wait(&mut self.child);
        let rest = self.rest.take().expect("nobody else takes it").join().expect("it reads to the end");
        let stderr = std::mem::take(&mut self.said) + &rest;
        (started.elapsed(), Finished { code, stdout: String::new(), stderr })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already ended is fine.
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

fn signal(name: &str, process: u32) {
    let status = Command::new("kill").args([name, &process.to_string()]).status().expect("kill runs");
    assert!(status.success(), "{process} is alive");
}

/// Waits for a program that must end by itself.
pub fn wait(child: &mut Child) -> Option<i32> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("our own child") {
            return status.code();
        }
        if started.elapsed() > PATIENCE {
            child.kill().expect("our own child");
            panic!("still running after {PATIENCE:?}");
        }
        thread::sleep(Duration::from_millis(5));
    }
}
