//! A PNG of one bit a pixel: three chunks, written by hand because nothing else of the format is needed.

use super::{QUIET, Qr, QrError};
use crate::envelope::deflate_quickly;
use crate::limits::MAX_PNG_SCALE;

/// # Source
/// PNG (W3C), §11.2: `IHDR`, `IDAT`, `IEND`; greyscale of depth 1, where 1 is white; each row begins with its
/// filter, 0.
pub(super) fn draw(qr: &Qr, scale: u32) -> Result<Vec<u8>, QrError> {
    if !(1..=MAX_PNG_SCALE).contains(&scale) {
        return Err(QrError::Scale);
    }
    let modules = qr.side + 2 * QUIET;
    let scale = usize::try_from(scale).map_err(|_| QrError::Scale)?;
    let side = u32::try_from(modules * scale).map_err(|_| QrError::Scale)?;

    let mut pixels = Vec::new();
    for y in 0..modules {
        let mut row = vec![0_u8];
        let light = (0..modules).flat_map(|x| {
            let dark = qr.is_dark(x.wrapping_sub(QUIET), y.wrapping_sub(QUIET));
            std::iter::repeat_n(!dark, scale)
        });
        let light: Vec<bool> = light.collect();
        row.extend(light.chunks(8).map(pack));
        (0..scale).for_each(|_| pixels.extend_from_slice(&row));
    }

    let mut header = Vec::new();
    header.extend_from_slice(&side.to_be_bytes());
    header.extend_from_slice(&side.to_be_bytes());
    header.extend_from_slice(&[1, 0, 0, 0, 0]); // depth 1, greyscale, deflate, filters, not interlaced
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, *b"IHDR", &header)?;
    chunk(&mut png, *b"IDAT", &deflate_quickly(&pixels))?;
    chunk(&mut png, *b"IEND", &[])?;
    Ok(png)
}

/// Up to eight pixels as a byte, the first in its highest bit.
fn pack(pixels: &[bool]) -> u8 {
    pixels.iter().enumerate().fold(0, |byte, (place, light)| byte | (u8::from(*light) << (7 - place)))
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) -> Result<(), QrError> {
    let length = u32::try_from(data.len()).map_err(|_| QrError::Scale)?;
    let mut crc = flate2::Crc::new();
    crc.update(&kind);
    crc.update(data);
    png.extend_from_slice(&length.to_be_bytes());
    png.extend_from_slice(&kind);
    png.extend_from_slice(data);
    png.extend_from_slice(&crc.sum().to_be_bytes());
    Ok(())
}
