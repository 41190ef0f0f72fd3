use super::tone::Rgb;

/// What an operator may choose a colour for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorRole {
    Primary,
    Accent,
    Background,
    Text,
}

impl ColorRole {
    pub const ALL: [Self; 4] = [Self::Primary, Self::Accent, Self::Background, Self::Text];

    /// As the settings call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Accent => "accent",
            Self::Background => "background",
            Self::Text => "text",
        }
    }
}

/// The colours that an operator chose; the others stay ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GivenColors([Option<Rgb>; 4]);

impl GivenColors {
    /// Reads names and colours `#rrggbb`. What is neither is passed over: settings are checked when they are made.
    pub fn read<'a>(colors: impl IntoIterator<Item = (&'a String, &'a String)>) -> Self {
        let mut given = Self::default();
        for (name, color) in colors {
            if let Some(role) = ColorRole::ALL.into_iter().find(|role| role.name() == name) {
                given.0[role as usize] = Rgb::parse(color);
            }
        }
        given
    }

    /// `None` where ours stays.
    pub fn get(&self, role: ColorRole) -> Option<Rgb> {
        self.0[role as usize]
    }

    /// With another colour for one role.
    #[must_use]
    pub fn with(mut self, role: ColorRole, color: Rgb) -> Self {
        self.0[role as usize] = Some(color);
        self
    }
}
