//! Text read from rows: invalid UTF-8 becomes replacement characters, whereas the driver would fail the whole query
//! because of one such row.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    sql_types::{Nullable, Text},
    sqlite::Sqlite,
};

/// A text that may contain invalid UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, FromSqlRow)]
pub struct LossyText(String);

impl FromSql<Text, Sqlite> for LossyText {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(value.read_text().to_owned()))
    }
}

impl LossyText {
    /// Returns the text.
    pub(in crate::db) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<LossyText> for String {
    fn from(text: LossyText) -> Self {
        text.0
    }
}

/// A text that may contain invalid UTF-8, or NULL.
#[derive(Debug, Clone, PartialEq, Eq, FromSqlRow)]
pub struct OptionalLossyText(Option<String>);

impl FromSql<Nullable<Text>, Sqlite> for OptionalLossyText {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <LossyText as FromSql<Text, Sqlite>>::from_sql(value).map(|text| Self(Some(text.0)))
    }

    fn from_nullable_sql(value: Option<<Sqlite as Backend>::RawValue<'_>>) -> deserialize::Result<Self> {
        value.map_or(Ok(Self(None)), <Self as FromSql<Nullable<Text>, Sqlite>>::from_sql)
    }
}

impl OptionalLossyText {
    /// Returns the text, if there is one.
    pub(in crate::db) fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl From<OptionalLossyText> for Option<String> {
    fn from(text: OptionalLossyText) -> Self {
        text.0
    }
}
