//! TLS 1.3 of a client, by rustls: handshakes and bytes. The server's work does not count.
use super::TLS_SIZES;
use super::certificates::{Chain, Chains, HOST};
use crate::calibrate::CalibrateError;
use crate::calibrate::sampler::{Run, Work};
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::ServerName;
use rustls::version::TLS13;
use rustls::{
    ClientConfig, ClientConnection, HandshakeKind, RootCertStore, ServerConfig, ServerConnection,
};
use std::cell::RefCell;
use std::hint::black_box;
use std::io::{Read, Write};
use std::sync::Arc;

/// Bytes that a client hands over or takes at a time.
const PIECE: usize = 64 << 10;
/// Handshakes under way at a time: the clock is looked at once for each of them together.
const TOGETHER: u64 = 8;

/// Key exchanges in the order of the names below: rustls' default, and the classical one.
const EXCHANGES: [Exchange; 2] = [Exchange::Default, Exchange::X25519];
const FULL_ECDSA: [&str; 2] = ["tls-full-ecdsa", "tls-full-ecdsa-x25519"];
const FULL_RSA: [&str; 2] = ["tls-full-rsa", "tls-full-rsa-x25519"];
const RESUMED: [&str; 2] = ["tls-resumed", "tls-resumed-x25519"];

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Exchange {
    /// What rustls offers first: X25519 together with ML-KEM-768.
    Default,
    /// X25519 alone.
    X25519,
}

/// Client and server that understand each other.
struct Pair {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
    kind: HandshakeKind,
}

/// Pairs by key exchange.
pub(super) struct Means {
    ecdsa: [Pair; 2],
    rsa: [Pair; 2],
    resumed: [Pair; 2],
}

fn failed(error: impl std::fmt::Display) -> CalibrateError {
    CalibrateError::new("TLS in memory", &error)
}

impl Means {
    pub(super) fn new(chains: &Chains) -> Result<Self, CalibrateError> {
        use HandshakeKind::{Full, Resumed};
        let pairs = |chain: &Chain, kind| -> Result<[Pair; 2], CalibrateError> {
            let [first, second] = EXCHANGES.map(|exchange| Pair::new(chain, exchange, kind));
            Ok([first?, second?])
        };
        Ok(Self {
            ecdsa: pairs(&chains.ecdsa, Full)?,
            rsa: pairs(&chains.rsa, Full)?,
            // No certificate is shown when a session is resumed: its kind does not matter.
            resumed: pairs(&chains.ecdsa, Resumed)?,
        })
    }

    pub(super) fn works<'w>(&'w self, room: &'w RefCell<Vec<u8>>) -> Vec<Work<'w>> {
        let mut works = Vec::new();
        for (names, pairs) in [
            (FULL_ECDSA, &self.ecdsa),
            (FULL_RSA, &self.rsa),
            (RESUMED, &self.resumed),
        ] {
            for (name, pair) in names.into_iter().zip(pairs) {
                works.push(Work {
                    name,
                    bytes: None,
                    run: pair.handshakes(),
                });
            }
        }
        for len in TLS_SIZES {
            let bytes = Some(len as u64);
            let (name, run) = ("tls-send", self.ecdsa[0].send(len, room));
            works.push(Work { name, bytes, run });
            let (name, run) = ("tls-receive", self.ecdsa[0].receive(len, room));
            works.push(Work { name, bytes, run });
        }
        works
    }
}

impl Pair {
    fn new(chain: &Chain, exchange: Exchange, kind: HandshakeKind) -> Result<Self, CalibrateError> {
        let mut provider: CryptoProvider = aws_lc_rs::default_provider();
        if exchange == Exchange::X25519 {
            provider.kx_groups = vec![aws_lc_rs::kx_group::X25519];
        }
        let provider = Arc::new(provider);
        let mut roots = RootCertStore::empty();
        roots.add(chain.root.clone()).map_err(failed)?;
        let mut client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&TLS13])
            .map_err(failed)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        client.resumption = match kind {
            HandshakeKind::Resumed => Resumption::in_memory_sessions(256),
            _ => Resumption::disabled(),
        };
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])
            .map_err(failed)?
            .with_no_client_auth()
            .with_single_cert(chain.shown.clone(), chain.key())
            .map_err(failed)?;
        if kind == HandshakeKind::Full {
            server.send_tls13_tickets = 0;
        }
        let (client, server) = (Arc::new(client), Arc::new(server));
        let pair = Self {
            client,
            server,
            kind,
        };
        if kind == HandshakeKind::Resumed {
            // Tickets for those that are resumed first; each of those brings new ones.
            for _ in 0..TOGETHER {
                pair.connected()?;
            }
        }
        Ok(pair)
    }

    fn connected(&self) -> Result<(ClientConnection, ServerConnection), CalibrateError> {
        let mut client = self.start()?;
        let mut server = ServerConnection::new(Arc::clone(&self.server)).map_err(failed)?;
        server.set_buffer_limit(None);
        while client.is_handshaking() || server.is_handshaking() || server.wants_write() {
            let mut bytes = Vec::new();
            flush_client(&mut client, &mut bytes)?;
            take_server(&mut server, &bytes)?;
            bytes.clear();
            flush_server(&mut server, &mut bytes)?;
            take_client(&mut client, &bytes)?;
        }
        Ok((client, server))
    }

    fn start(&self) -> Result<ClientConnection, CalibrateError> {
        let host = ServerName::try_from(HOST).map_err(failed)?;
        ClientConnection::new(Arc::clone(&self.client), host).map_err(failed)
    }

    /// Handshakes of a client, from making the connection to having read the server's tickets.
    fn handshakes(&self) -> Run<'_> {
        Box::new(|times, timer| {
            let mut left = times;
            while left > 0 {
                let now = left.min(TOGETHER);
                left -= now;
                let mut clients = Vec::new();
                let mut wires = vec![Vec::with_capacity(PIECE); usize::try_from(now).expect("few")];
                timer.time(|| -> Result<(), CalibrateError> {
                    for wire in &mut wires {
                        let mut client = self.start()?;
                        flush_client(&mut client, wire)?;
                        clients.push(client);
                    }
                    Ok(())
                })?;
                let mut servers = Vec::new();
                for wire in &mut wires {
                    let server = ServerConnection::new(Arc::clone(&self.server));
                    let mut server = server.map_err(failed)?;
                    serve(&mut server, wire)?;
                    servers.push(server);
                }
                timer.time(|| advance(&mut clients, &mut wires))?;
                for (server, wire) in servers.iter_mut().zip(&mut wires) {
                    serve(server, wire)?;
                }
                timer.time(|| advance(&mut clients, &mut wires))?;
                let done = |client: &ClientConnection| {
                    !client.is_handshaking() && client.handshake_kind() == Some(self.kind)
                };
                if !clients.iter().all(done) {
                    return Err(failed("a handshake was not of the kind that is measured"));
                }
            }
            Ok(())
        })
    }

    /// A client that sends so many bytes.
    fn send<'w>(&'w self, len: usize, room: &'w RefCell<Vec<u8>>) -> Run<'w> {
        let mut connected = None;
        let mut wire = Vec::with_capacity(2 * PIECE);
        Box::new(move |times, timer| {
            if connected.is_none() {
                connected = Some(self.connected()?);
            }
            let (client, _) = connected.as_mut().expect("connected above");
            let room = room.borrow();
            timer.time(|| {
                for _ in 0..times {
                    for piece in room[..len].chunks(PIECE) {
                        client
                            .writer()
                            .write_all(black_box(piece))
                            .map_err(failed)?;
                        wire.clear();
                        flush_client(client, &mut wire)?;
                        black_box(&wire);
                    }
                }
                Ok(())
            })
        })
    }

    /// A client that receives so many bytes.
    fn receive<'w>(&'w self, len: usize, room: &'w RefCell<Vec<u8>>) -> Run<'w> {
        let mut connected = None;
        let mut wire = Vec::new();
        let mut plain = vec![0; PIECE];
        Box::new(move |times, timer| {
            if connected.is_none() {
                connected = Some(self.connected()?);
            }
            let (client, server) = connected.as_mut().expect("connected above");
            let room = room.borrow();
            // At least a piece between two looks at the clock, so that these cost nothing.
            let together = (PIECE / len).max(1) as u64;
            let mut left = times;
            while left > 0 {
                let now = left.min(together);
                left -= now;
                wire.clear();
                for _ in 0..now {
                    server.writer().write_all(&room[..len]).map_err(failed)?;
                    flush_server(server, &mut wire)?;
                }
                timer.time(|| take_client_with(client, &wire, &mut plain))?;
            }
            Ok(())
        })
    }
}

/// Every client reads what its server sent, and answers.
fn advance(clients: &mut [ClientConnection], wires: &mut [Vec<u8>]) -> Result<(), CalibrateError> {
    for (client, wire) in clients.iter_mut().zip(wires) {
        take_client(client, wire)?;
        wire.clear();
        flush_client(client, wire)?;
    }
    Ok(())
}

/// A server reads what its client sent, and answers.
fn serve(server: &mut ServerConnection, wire: &mut Vec<u8>) -> Result<(), CalibrateError> {
    take_server(server, wire)?;
    wire.clear();
    flush_server(server, wire)
}

fn flush_client(client: &mut ClientConnection, wire: &mut Vec<u8>) -> Result<(), CalibrateError> {
    while client.wants_write() {
        client.write_tls(wire).map_err(failed)?;
    }
    Ok(())
}

fn flush_server(server: &mut ServerConnection, wire: &mut Vec<u8>) -> Result<(), CalibrateError> {
    while server.wants_write() {
        server.write_tls(wire).map_err(failed)?;
    }
    Ok(())
}

fn take_client(client: &mut ClientConnection, bytes: &[u8]) -> Result<(), CalibrateError> {
    take_client_with(client, bytes, &mut [])
}

/// Reads all of `bytes`; what they carry goes through `plain`.
fn take_client_with(
    client: &mut ClientConnection,
    mut bytes: &[u8],
    plain: &mut [u8],
) -> Result<(), CalibrateError> {
    while !bytes.is_empty() {
        client.read_tls(&mut bytes).map_err(failed)?;
        let mut ready = client
            .process_new_packets()
            .map_err(failed)?
            .plaintext_bytes_to_read();
        while ready > 0 && !plain.is_empty() {
            let read = client.reader().read(plain).map_err(failed)?;
            black_box(&plain[..read]);
            ready -= read;
        }
    }
    Ok(())
}

fn take_server(server: &mut ServerConnection, mut bytes: &[u8]) -> Result<(), CalibrateError> {
    while !bytes.is_empty() {
        server.read_tls(&mut bytes).map_err(failed)?;
        server.process_new_packets().map_err(failed)?;
    }
    Ok(())
}
