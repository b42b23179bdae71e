//! Updates as prepared statements.
//!
//! Diesel does not cache its own updates, because a changeset has a different form for each set of known values. A report runs
//! three updates, and preparing them took longer than running them.

use diesel::{
    AppearsOnTable, AsChangeset, Expression, QueryResult, QuerySource, RunQueryDsl, Table,
    backend::Backend,
    define_sql_function,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Bool},
    sqlite::Sqlite,
};

use super::{Connection, StoreError};

/// A statement without bound values.
#[derive(Debug, Clone, Copy)]
pub(in crate::db) struct PreparedSql(pub(in crate::db) &'static str);

impl QueryId for PreparedSql {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend> QueryFragment<DB> for PreparedSql {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl<Conn> RunQueryDsl<Conn> for PreparedSql {}

/// A statement with numbers in place of its question marks.
#[derive(Debug, Clone, Copy)]
pub(in crate::db) struct PreparedWith<const N: usize>(
    pub(in crate::db) &'static str,
    pub(in crate::db) [i64; N],
);

impl<const N: usize> QueryId for PreparedWith<N> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<const N: usize> QueryFragment<Sqlite> for PreparedWith<N> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let mut numbers = self.1.iter();
        for (place, part) in self.0.split('?').enumerate() {
            if place > 0
                && let Some(number) = numbers.next()
            {
                out.push_bind_param::<BigInt, _>(number)?;
            }
            out.push_sql(part);
        }
        Ok(())
    }
}

impl<const N: usize, Conn> RunQueryDsl<Conn> for PreparedWith<N> {}

/// An update cached by its SQL. Use it only for changesets with few forms, which always change something.
#[derive(Debug, Clone, Copy)]
pub(in crate::db) struct Update<F, P, C> {
    table: F,
    rows: P,
    changes: C,
}

/// Updates the rows of a table for which a condition holds.
pub(in crate::db) fn update<T, P, C>(table: T, rows: P, changes: C) -> Update<T::FromClause, P, C::Changeset>
where
    T: Table,
    P: Expression<SqlType = Bool> + AppearsOnTable<T>,
    C: AsChangeset<Target = T>,
{
    Update { table: QuerySource::from_clause(&table), rows, changes: changes.as_changeset() }
}

impl<F, P, C> QueryId for Update<F, P, C> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<F, P, C, DB> QueryFragment<DB> for Update<F, P, C>
where
    DB: Backend,
    F: QueryFragment<DB>,
    P: QueryFragment<DB>,
    C: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" SET ");
        self.changes.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE ");
        self.rows.walk_ast(out)
    }
}

impl<F, P, C, Conn> RunQueryDsl<Conn> for Update<F, P, C> {}

define_sql_function!(fn last_insert_rowid() -> BigInt);

/// Returns the id of the last inserted row. `RETURNING` would make SQLite treat the statement like one with triggers, and copy
/// every page before it changes it.
///
/// # Errors
/// Database errors.
pub(in crate::db) fn last_id(conn: &mut Connection) -> Result<i64, StoreError> {
    Ok(diesel::select(last_insert_rowid()).get_result(conn)?)
}
