//! Decodes a row as SQLite stores it on a page: <https://www.sqlite.org/fileformat2.html#record_format>. All
//! input comes from a damaged file: invalid values end the decoding, and never panic.

use crate::db::engine::dynamic::Value;

/// Maximum number of columns; a header with more is invalid.
const COLUMNS: usize = 200;

/// Decodes the variable-length integer at the start of `bytes`. Returns the value and its length in bytes.
pub(in crate::db) fn varint(bytes: &[u8]) -> Option<(i64, usize)> {
    let mut value: u64 = 0;
    for (place, byte) in bytes.iter().take(9).enumerate() {
        if place == 8 {
            return Some(((value << 8 | u64::from(*byte)).cast_signed(), 9));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value.cast_signed(), place + 1));
        }
    }
    None
}

/// Decodes the values of a record; `None` if it is invalid.
pub(in crate::db) fn values(payload: &[u8]) -> Option<Vec<Value>> {
    let (header_size, mut at) = varint(payload)?;
    let header = payload.get(..usize::try_from(header_size).ok()?)?;
    let mut body = payload.get(header.len()..)?;
    let mut values = Vec::new();
    while at < header.len() {
        let (kind, length) = varint(header.get(at..)?)?;
        at += length;
        let (value, size) = value(kind, body)?;
        body = body.get(size..)?;
        values.push(value);
        if values.len() > COLUMNS {
            return None;
        }
    }
    // Remaining bytes mean that this is not a record.
    body.is_empty().then_some(values)
}

fn value(kind: i64, body: &[u8]) -> Option<(Value, usize)> {
    let integer = |size: usize| {
        let bytes = body.get(..size)?;
        let first = i64::from(bytes.first()?.cast_signed());
        let number = bytes.iter().skip(1).fold(first, |number, byte| number << 8 | i64::from(*byte));
        Some((Value::Integer(number), size))
    };
    match kind {
        0 => Some((Value::Null, 0)),
        1 => integer(1),
        2 => integer(2),
        3 => integer(3),
        4 => integer(4),
        5 => integer(6),
        6 => integer(8),
        7 => {
            let bytes: [u8; 8] = body.get(..8)?.try_into().ok()?;
            Some((Value::Real(f64::from_be_bytes(bytes)), 8))
        }
        8 => Some((Value::Integer(0), 0)),
        9 => Some((Value::Integer(1), 0)),
        12.. => {
            let size = usize::try_from((kind - 12) / 2).ok()?;
            let bytes = body.get(..size)?.to_vec();
            Some((if kind % 2 == 0 { Value::Blob(bytes) } else { Value::Text(bytes) }, size))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length() {
        assert_eq!(varint(&[5]), Some((5, 1)));
        assert_eq!(varint(&[0x81, 0x00]), Some((128, 2)));
        assert_eq!(varint(&[0xff; 9]), Some((-1, 9)));
        assert_eq!(varint(&[0x80]), None, "it goes on, and there is nothing");
    }

    #[test]
    fn a_record_is_read_and_what_is_none_is_refused() {
        // (NULL, 1, -2, "ab")
        let record = [5, 0, 9, 1, 17, 0xfe, b'a', b'b'];
        let expected = [Value::Null, Value::Integer(1), Value::Integer(-2), Value::Text(b"ab".to_vec())];
        assert_eq!(values(&record).as_deref(), Some(expected.as_slice()));
        assert_eq!(values(&record[..7]), None, "too short");
        assert_eq!(values(&[&record[..], &[0]].concat()), None, "too long");
        assert_eq!(values(&[200; 20]), None);
        assert_eq!(values(&[]), None);
    }
}
