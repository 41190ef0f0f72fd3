use std::sync::Arc;

use super::{Brand, assets};
use crate::web::{Appearance, PublicUrl};

/// What the pages of all features share. Cheap to clone.
#[derive(Clone)]
pub struct Pages {
    pub links: PublicUrl,
    pub appearance: Arc<Appearance>,
    brand: Arc<dyn Fn() -> Brand + Send + Sync>,
}

impl Pages {
    /// `brand` answers what the network is called at that moment: admins change it while pages are served.
    #[must_use]
    pub fn new(
        links: PublicUrl,
        appearance: Arc<Appearance>,
        brand: impl Fn() -> Brand + Send + Sync + 'static,
    ) -> Self {
        Self { links, appearance, brand: Arc::new(brand) }
    }

    /// The network as it is at this moment.
    #[must_use]
    pub fn brand(&self) -> Brand {
        (self.brand)()
    }

    /// An address of this service as a page links to it; `path` begins with a slash.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        format!("{}{path}", self.links.prefix())
    }

    /// Where an embedded file is; `None` for one that was not built.
    #[must_use]
    pub fn asset(&self, name: &str) -> Option<String> {
        assets::url(name).map(|path| self.href(path))
    }
}

impl std::fmt::Debug for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pages").field("links", &self.links).finish_non_exhaustive()
    }
}
