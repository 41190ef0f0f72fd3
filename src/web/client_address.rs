use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{Extensions, HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED: HeaderName = HeaderName::from_static("forwarded");

/// The other end of the connection, put into each request by the server loop.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The networks whose forwarding headers are believed.
#[derive(Clone, Debug)]
pub struct TrustedProxies {
    networks: Arc<[IpNet]>,
    has_warned: Arc<AtomicBool>,
}

/// Who asked, and over what: the right-most hop that is not one of our proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress {
    pub ip: IpAddr,
    /// Nobody stands between: the peer itself asked, without forwarding headers.
    pub is_direct: bool,
    /// The visitor's connection is encrypted, by a trusted proxy's word.
    pub is_tls: bool,
}

impl TrustedProxies {
    /// Reads the client's address of one request; warns once when headers come from a peer that may not set them.
    #[must_use]
    pub fn client(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<ClientAddress> {
        let peer = extensions.get::<Peer>()?.0.ip().to_canonical();
        let has_headers = [FORWARDED_FOR, FORWARDED_PROTO, FORWARDED].iter().any(|name| headers.contains_key(name));
        if !has_headers {
            return Some(ClientAddress { ip: peer, is_direct: true, is_tls: false });
        }
        if !self.trusts(peer) {
            self.warn_once(peer);
            return Some(ClientAddress { ip: peer, is_direct: false, is_tls: false });
        }
        let is_tls = headers.get(FORWARDED_PROTO).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"https"));
        Some(ClientAddress { ip: self.right_most_untrusted(peer, headers), is_direct: false, is_tls })
    }

    /// Every proxy appends the address it saw, so only the right end of the list is evidence; the left is the client's word.
    fn right_most_untrusted(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let hops: Vec<&str> =
            headers.get_all(FORWARDED_FOR).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).collect();
        let mut client = peer;
        for hop in hops.iter().rev() {
            let Some(ip) = parse_hop(hop.trim()) else { break };
            client = ip;
            if !self.trusts(ip) {
                break;
            }
        }
        client
    }

    fn trusts(&self, ip: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&ip))
    }

    fn warn_once(&self, peer: IpAddr) {
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                peer.ip = %peer,
                "forwarding headers from an untrusted peer are ignored; name it in --trusted-proxies if it is your proxy"
            );
        }
    }
}

/// An address with or without a port, IPv6 with or without brackets.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let ip = text.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|addr| addr.ip()));
    ip.or_else(|_| text.trim_matches(['[', ']']).parse()).ok().map(|ip: IpAddr| ip.to_canonical())
}

impl std::fmt::Display for TrustedProxies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let networks: Vec<String> = self.networks.iter().map(ToString::to_string).collect();
        f.write_str(if networks.is_empty() { "none".to_owned() } else { networks.join(", ") }.as_str())
    }
}

impl FromStr for TrustedProxies {
    type Err = String;

    fn from_str(list: &str) -> Result<Self, String> {
        let parse = |text: &str| {
            let single = || text.parse::<IpAddr>().map(IpNet::from);
            text.parse::<IpNet>()
                .or_else(|_| single())
                .map_err(|_| format!("\"{text}\" is not a network such as 10.0.0.0/8"))
        };
        let networks =
            list.split(',').map(str::trim).filter(|text| !text.is_empty()).map(parse).collect::<Result<_, _>>()?;
        Ok(Self { networks, has_warned: Arc::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &str, peer: &str, forwarded_for: &[&str]) -> ClientAddress {
        let mut headers = HeaderMap::new();
        for value in forwarded_for {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(Peer(SocketAddr::new(peer.parse().unwrap(), 4000)));
        trusted.parse::<TrustedProxies>().unwrap().client(&headers, &extensions).unwrap()
    }

    #[test]
    fn the_right_most_untrusted_hop_is_the_client() {
        let seen = client("10.0.0.0/8", "10.0.0.1", &["1.2.3.4, 203.0.113.9", "10.1.1.1"]);
        assert_eq!(seen.ip.to_string(), "203.0.113.9");
        assert!(!seen.is_direct);
    }

    #[test]
    fn headers_from_an_untrusted_peer_are_ignored() {
        let seen = client("10.0.0.0/8", "203.0.113.7", &["1.2.3.4"]);
        assert_eq!(seen.ip.to_string(), "203.0.113.7");
        assert!(!seen.is_direct);
    }

    #[test]
    fn without_headers_the_peer_is_direct() {
        assert!(client("127.0.0.0/8", "127.0.0.1", &[]).is_direct);
    }
}
