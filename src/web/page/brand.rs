/// What the frame of each page says of the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brand {
    pub name: String,
    pub phone: Option<Phone>,
    pub privacy_url: Option<String>,
    pub terms_url: Option<String>,
    /// The clinics are invented (rule I13).
    pub is_demo: bool,
    /// The stylesheet of its own colours, below the prefix of the public URL.
    pub colors_path: Option<String>,
}

/// A telephone number as a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    pub e164: String,
    /// As people write it.
    pub display: String,
}
