//! A synthetic network of any size for load tests: population-like, reproducible, and recognisably invented.

use std::io::Write;

use super::columns::COLUMNS;
use super::import::pin_guard;
use crate::geo::Point;
use crate::places::{Zip, ZipKind, gazetteer};

/// Streets have numbers, not names, so that nobody takes one for an address.
const HOURS: [&str; 4] = [
    "Mo-Fr 09:00-18:00; PH off",
    "Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-14:00; PH off",
    "Tu-Sa 10:00-19:00",
    "Mo-Su 08:00-20:00",
];
/// Pins lie within some three miles of their ZIP's point.
const SPREAD_DEGREES: f64 = 0.045;

/// A small linear congruential generator (Knuth, MMIX): the same seed gives the same network on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// In [0, 1).
    #[expect(clippy::cast_precision_loss, reason = "31 bits fit")]
    fn unit(&mut self) -> f64 {
        self.next() as f64 / (1_u64 << 31) as f64
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}

/// Writes `clinics` rows of CSV with a header; a ZIP is drawn as often as people live in it.
///
/// # Errors
/// When `out` cannot be written.
pub fn generate(clinics: u32, seed: u64, out: impl Write) -> anyhow::Result<()> {
    let zips: Vec<&Zip> =
        gazetteer().zips().iter().filter(|zip| zip.kind == ZipKind::Standard && zip.population > 0).collect();
    let mut reached = 0_u64;
    let cumulative: Vec<u64> = zips
        .iter()
        .map(|zip| {
            reached += u64::from(zip.population);
            reached
        })
        .collect();
    let mut random = Random(seed);
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS.iter().map(|column| column.name))?;
    for number in 1..=clinics {
        let drawn = random.below(reached);
        let zip = zips[cumulative.partition_point(|total| *total <= drawn)];
        let row = Row::new(number, zip, &mut random);
        writer.write_record(COLUMNS.iter().map(|column| row.cell(column.name)))?;
    }
    writer.flush()?;
    Ok(())
}

struct Row<'z> {
    number: u32,
    zip: &'z Zip,
    /// Cleared where the ZIP's own point lies beyond its state.
    pin: Option<Point>,
    hours: &'static str,
}

/// As far from the ZIP's point as was drawn, or nearer where that would be in the sea: an import would ask about it (I4).
fn plausible(zip: &Zip, lat: f64, lon: f64) -> Option<Point> {
    const SHARES: [f64; 4] = [1.0, 0.5, 0.2, 0.0];
    let at = |share: f64| {
        let between = |from: f64, to: f64| ((from + (to - from) * share) * 1e5).round() / 1e5;
        let (lat, lon) = (between(zip.point.lat(), lat), between(zip.point.lon(), lon));
        pin_guard::judge(lat, lon, None, zip.state.code).ok()
    };
    SHARES.into_iter().find_map(at)
}

impl<'z> Row<'z> {
    fn new(number: u32, zip: &'z Zip, random: &mut Random) -> Self {
        let mut near = |degrees: f64| degrees + (random.unit() - 0.5) * 2.0 * SPREAD_DEGREES;
        let pin = plausible(zip, near(zip.point.lat()), near(zip.point.lon()));
        let hours = HOURS[usize::try_from(random.below(HOURS.len() as u64)).unwrap_or_default()];
        Self { number, zip, pin, hours }
    }

    fn cell(&self, column: &str) -> String {
        let number = self.number;
        match column {
            "code" => format!("GEN-{number:07}"),
            "name" => format!("Sample Clinic {number}"),
            "street" => format!("{} Sample Street", number % 9_900 + 100),
            "city" => self.zip.city.to_owned(),
            "state" => self.zip.state.code.to_owned(),
            "zip" => self.zip.code.to_string(),
            "lat" => self.pin.map_or_else(|| "-".to_owned(), |pin| format!("{:.5}", pin.lat())),
            "lon" => self.pin.map_or_else(|| "-".to_owned(), |pin| format!("{:.5}", pin.lon())),
            "phone" => format!("(202) 555-01{:02}", number % 100),
            "website" => format!("https://www.example.com/sample-{number}"),
            "services" => "smp;consultation".to_owned(),
            "languages" => "en".to_owned(),
            "hours" => self.hours.to_owned(),
            _ => String::new(),
        }
    }
}
