//! A picture as a camera sees it, turned, tipped and out of focus, and a reader of QR symbols that is not ours.

/// Light from 0 to 255, row by row.
pub(crate) struct Picture {
    pub(crate) width: usize,
    height: usize,
    pub(crate) light: Vec<u8>,
}

impl Picture {
    pub(crate) fn of_png(bytes: &[u8]) -> Self {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut light = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut light).unwrap();
        assert_eq!((frame.color_type, frame.bit_depth), (png::ColorType::Grayscale, png::BitDepth::Eight));
        Self { width: frame.width as usize, height: frame.height as usize, light }
    }

    fn at(&self, x: f64, y: f64) -> f64 {
        let (left, top) = (x.floor(), y.floor());
        let pixel = |x: f64, y: f64| {
            let inside = x >= 0.0 && y >= 0.0 && x < self.width as f64 && y < self.height as f64;
            if inside { f64::from(self.light[y as usize * self.width + x as usize]) } else { 255.0 }
        };
        let (across, down) = (x - left, y - top);
        let upper = pixel(left, top) * (1.0 - across) + pixel(left + 1.0, top) * across;
        let lower = pixel(left, top + 1.0) * (1.0 - across) + pixel(left + 1.0, top + 1.0) * across;
        upper * (1.0 - down) + lower * down
    }

    /// Seen by a camera: turned by some degrees, and tipped away so that the top is narrower.
    pub(crate) fn seen(&self, degrees: f64, tip: f64) -> Self {
        let margin = self.width / 6;
        let (width, height) = (self.width + 2 * margin, self.height + 2 * margin);
        let (sin, cos) = degrees.to_radians().sin_cos();
        let mut light = Vec::with_capacity(width * height);
        for row in 0..height {
            for column in 0..width {
                let (u, v) = (column as f64 - width as f64 / 2.0, row as f64 - height as f64 / 2.0);
                let depth = 1.0 + tip * v / height as f64;
                let (u, v) = (u / depth, v / depth);
                let x = cos * u + sin * v + self.width as f64 / 2.0;
                let y = cos * v - sin * u + self.height as f64 / 2.0;
                light.push(self.at(x, y).round() as u8);
            }
        }
        Self { width, height, light }
    }

    /// Out of focus by so many pixels, and in dim light.
    pub(crate) fn blurred(&self, radius: usize) -> Self {
        let mean = |values: &mut dyn Iterator<Item = u8>| {
            let (sum, count) = values.fold((0_u32, 0_u32), |(sum, count), v| (sum + u32::from(v), count + 1));
            u8::try_from(sum / count).unwrap()
        };
        let mut across = Vec::with_capacity(self.light.len());
        for row in self.light.chunks(self.width) {
            for x in 0..self.width {
                let window = x.saturating_sub(radius)..(x + radius + 1).min(self.width);
                across.push(mean(&mut row[window].iter().copied()));
            }
        }
        let mut light = Vec::with_capacity(self.light.len());
        for y in 0..self.height {
            let window = y.saturating_sub(radius)..(y + radius + 1).min(self.height);
            for x in 0..self.width {
                let value = mean(&mut window.clone().map(|y| across[y * self.width + x]));
                light.push(40 + value / 2);
            }
        }
        Self { width: self.width, height: self.height, light }
    }

    pub(crate) fn read(&self) -> Option<String> {
        let (width, height) = (u32::try_from(self.width).unwrap(), u32::try_from(self.height).unwrap());
        let format = Some(rxing::BarcodeFormat::QR_CODE);
        let read = rxing::helpers::detect_in_luma(self.light.clone(), width, height, format).ok()?;
        Some(read.getText().to_owned())
    }
}
