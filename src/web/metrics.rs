use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Seconds; from a snapshot answer (tens of microseconds) to a struggling database.
const DURATION_BUCKETS: [f64; 10] = [0.000_05, 0.000_1, 0.000_5, 0.001, 0.005, 0.025, 0.1, 0.5, 2.0, 10.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    route: Cow<'static, str>,
    status: u16,
}

/// The process's counters in the Prometheus text format; cheap to clone. Labels are route templates, never what was asked.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<RequestLabels, Counter>,
    durations: Histogram,
    /// Clinics in the snapshot.
    pub clinics: Gauge,
    /// The snapshot's data version.
    pub data_version: Gauge,
    /// Snapshots built since the start.
    pub snapshot_builds: Counter,
    /// Passwords that were wrong since the start.
    pub failed_logins: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("clinic_directory");
        let metrics = Self {
            registry: Arc::default(),
            requests: Family::default(),
            durations: Histogram::new(DURATION_BUCKETS),
            clinics: Gauge::default(),
            data_version: Gauge::default(),
            snapshot_builds: Counter::default(),
            failed_logins: Counter::default(),
        };
        registry.register("http_requests", "Requests by route template and status", metrics.requests.clone());
        registry.register("http_request_duration_seconds", "Time to an answer", metrics.durations.clone());
        registry.register("clinics", "Clinics in the directory snapshot", metrics.clinics.clone());
        registry.register("data_version", "Version of the data in the snapshot", metrics.data_version.clone());
        registry.register("snapshot_builds", "Snapshots built since the start", metrics.snapshot_builds.clone());
        registry.register("failed_logins", "Wrong passwords", metrics.failed_logins.clone());
        Self { registry: Arc::new(registry), ..metrics }
    }
}

impl Metrics {
    /// Counts one answered request.
    pub fn count(&self, route: Cow<'static, str>, status: u16, took: Duration) {
        self.requests.get_or_create(&RequestLabels { route, status }).inc();
        self.durations.observe(took.as_secs_f64());
    }

    /// Everything, in the text format that Prometheus scrapes.
    ///
    /// # Errors
    /// Only when formatting fails, which would be a bug in a label.
    pub fn render(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
