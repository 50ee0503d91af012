//! Random numbers that a seed repeats (splitmix64), and Zipf's distribution: few clients are asked about often, most
//! seldom.

/// A stream of random numbers.
pub struct Random(u64);

impl Random {
    /// The stream of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Uniformly from 0 up to 1.
    pub fn fraction(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
    }

    /// One of them, each as likely.
    pub fn one_of<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(of.len()).ok()?;
        of.get(usize::try_from(self.next().checked_rem(count)?).ok()?)
    }

    /// Ten bytes.
    pub fn ten_bytes(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        let drawn = [self.next().to_le_bytes(), self.next().to_le_bytes()];
        for (byte, drawn) in bytes.iter_mut().zip(drawn.as_flattened()) {
            *byte = *drawn;
        }
        bytes
    }
}

/// Zipf's distribution with exponent 1: the n-th is asked about 1/n as often as the first.
pub struct Zipf {
    cumulative: Vec<f64>,
}

impl Zipf {
    /// Over so many.
    pub fn over(count: u32) -> Self {
        let mut sum = 0.0;
        let add = |rank| {
            sum += 1.0 / f64::from(rank);
            sum
        };
        Self { cumulative: (1..=count).map(add).collect() }
    }

    /// One of them, from 0.
    pub fn draw(&self, random: &mut Random) -> usize {
        let drawn = random.fraction() * self.cumulative.last().copied().unwrap_or_default();
        self.cumulative.partition_point(|&up_to| up_to <= drawn)
    }
}
