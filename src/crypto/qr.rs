//! Generates a QR code as the data of one SVG path. The page renders the `<svg>` itself, because its content security
//! policy forbids the inline styles that image generators use.

use qrcode::{Color, QrCode, types::QrError};

/// Light modules around the code, which scanners require.
const QUIET_ZONE: usize = 4;

/// The data of `<svg viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path d="{path}"/></svg>`, dark on a
/// light background in every theme. It reveals the encoded text, so `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct QrPath {
    /// Width and height in modules, including the quiet zone.
    pub size: u32,
    /// The attribute `d` of the path: one rectangle for each run of dark modules in a row.
    pub path: String,
}

/// The text does not fit into a QR code.
#[derive(Debug, thiserror::Error)]
#[error("the text is too long for a QR code")]
pub struct QrTextError(#[from] QrError);

/// Generates the code of a text.
///
/// # Errors
/// [`QrTextError`] if the text is too long: more than about 2,000 bytes.
pub fn qr_svg_path(text: &str) -> Result<QrPath, QrTextError> {
    let code = QrCode::new(text)?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|left, right| left == right) {
            if run.first() == Some(&Color::Dark) {
                let (left, top, length) = (x + QUIET_ZONE, y + QUIET_ZONE, run.len());
                path.push_str(&format!("M{left} {top}h{length}v1h-{length}z"));
            }
            x += run.len();
        }
    }
    // A code has at most 177 modules per side.
    let size = u32::try_from(width + 2 * QUIET_ZONE).unwrap_or(u32::MAX);
    Ok(QrPath { size, path })
}

impl std::fmt::Debug for QrPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QrPath").field("size", &self.size).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type TestResult = Result<(), Box<dyn std::error::Error>>;

    const URI: &str =
        "otpauth://totp/duplistatus:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=duplistatus";

    /// Returns the modules that a path covers, without the quiet zone.
    fn drawn(qr: &QrPath) -> Result<Vec<bool>, Box<dyn std::error::Error>> {
        let size = usize::try_from(qr.size)?;
        let mut picture = vec![false; size * size];
        for rectangle in qr.path.split('M').skip(1) {
            let numbers: Vec<usize> = rectangle
                .split(|c: char| !c.is_ascii_digit())
                .filter(|text| !text.is_empty())
                .map(str::parse)
                .collect::<Result<_, _>>()?;
            let [x, y, length, 1, back] = numbers[..] else { return Err(rectangle.into()) };
            assert_eq!(length, back);
            for module in &mut picture[y * size + x..][..length] {
                assert!(!*module, "drawn twice");
                *module = true;
            }
        }
        let (inner, zone) = (size - 2 * QUIET_ZONE, QUIET_ZONE);
        let inside = |x: usize| (zone..zone + inner).contains(&x);
        assert!(
            (0..size * size).all(|i| !picture[i] || (inside(i % size) && inside(i / size))),
            "quiet zone"
        );
        Ok((0..inner * inner).map(|i| picture[(i / inner + zone) * size + i % inner + zone]).collect())
    }

    #[test]
    fn the_path_is_the_code() -> TestResult {
        for text in ["", "a", URI] {
            let dark: Vec<bool> =
                QrCode::new(text)?.to_colors().into_iter().map(|color| color == Color::Dark).collect();
            assert_eq!(drawn(&qr_svg_path(text)?)?, dark, "{text}");
        }
        Ok(())
    }

    #[test]
    fn it_is_nothing_but_a_path() -> TestResult {
        let qr = qr_svg_path(URI)?;
        assert!(qr.path.chars().all(|c| c.is_ascii_digit() || "Mhvz -".contains(c)));
        assert!(qr.path.len() < 20_000, "{}", qr.path.len());
        assert!(!format!("{qr:?}").contains('M'));
        Ok(())
    }

    #[test]
    fn too_much_text_is_refused() {
        assert!(qr_svg_path(&"x".repeat(5_000)).is_err());
    }
}
