use super::TestApp;

/// One row of an import, column by column.
#[derive(Debug)]
pub struct ClinicBuilder<'a> {
    app: &'a TestApp,
    cells: Vec<(&'static str, String)>,
}

impl<'a> ClinicBuilder<'a> {
    pub fn new(app: &'a TestApp, code: &str) -> Self {
        let builder = Self { app, cells: Vec::new() };
        builder.with("code", code).with("name", format!("Clinic {code}")).city("Austin", "TX")
    }

    /// Any column of the import; the last value counts.
    pub fn with(mut self, column: &'static str, cell: impl Into<String>) -> Self {
        self.cells.retain(|(name, _)| *name != column);
        self.cells.push((column, cell.into()));
        self
    }

    pub fn at(self, lat: f64, lon: f64) -> Self {
        self.with("lat", lat.to_string()).with("lon", lon.to_string())
    }

    pub fn city(self, city: &str, state: &str) -> Self {
        self.with("city", city).with("state", state)
    }

    pub fn zip(self, zip: &str) -> Self {
        self.with("zip", zip)
    }

    /// Weekly hours in OpenStreetMap's syntax.
    pub fn open(self, hours: &str) -> Self {
        self.with("hours", hours)
    }

    /// Creates the clinic, or refreshes the one with its code.
    pub async fn create(self) {
        let (columns, cells): (Vec<_>, Vec<_>) = self.cells.into_iter().unzip();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(columns).expect("in memory");
        writer.write_record(cells).expect("in memory");
        self.app.import(writer.into_inner().expect("in memory")).await;
    }
}
