//! HTTP as bytes, for what only a real connection shows. Blocking: call it from a thread of its own.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use axum::Router;
use clinic_directory::web::server;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// An answer that has not come by then never will.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection, or a panic when nobody listens.
pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("somebody listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream
}

/// Everything that comes until the other end closes.
pub fn read_to_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        // Closed while we were still sending: what came before counts.
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("no end of the answer: {error}"),
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// Sends bytes and reads until the other end closes.
pub fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = connect(address);
    // Refused while we were still sending: the answer says why.
    let _refused = stream.write_all(bytes);
    read_to_end(&mut stream)
}

/// The whole answer to a GET; `headers` are whole lines.
pub fn get(address: SocketAddr, path_and_query: &str, headers: &str) -> String {
    let request = format!("GET {path_and_query} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{headers}\r\n");
    exchange(address, request.as_bytes())
}

/// A router on a real socket, in the product's own server loop.
#[derive(Debug)]
pub struct Served {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Served {
    pub async fn start(router: Router) -> Self {
        Self::start_within(router, server::Limits::default()).await
    }

    pub async fn start_within(router: Router, limits: server::Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(server::serve_within(limits, listener, router, async {
            let _or_dropped = stopped.await;
        }));
        Self { address, stop, task }
    }

    /// Begins the shutdown; await what it gives for its end.
    pub fn stop(self) -> JoinHandle<()> {
        let _already_ended = self.stop.send(());
        self.task
    }
}

/// Runs a blocking exchange beside the server.
pub async fn blocking<T: Send + 'static>(exchange: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(exchange).await.expect("the exchange ends")
}
