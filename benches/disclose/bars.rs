//! A picture of bars, small enough to write by hand.

use std::fmt::Write;
use std::io;
use std::path::PathBuf;

/// One figure of all.
pub struct Bars {
    /// What it is.
    pub title: &'static str,
    /// Behind the number.
    pub unit: &'static str,
    /// Of the number.
    pub decimals: usize,
    /// Measured, by name.
    pub values: Vec<(&'static str, f64)>,
}

const LONGEST: f64 = 360.0;
/// Of each bar, in turn.
const COLOURS: [&str; 4] = ["#14559a", "#9aa8b5", "#5f7183", "#c9d3dc"];
/// Above the bars of a figure, and for each of them.
const TITLE: u32 = 34;
const BAR: u32 = 22;

/// The figures below each other, each with its own scale.
pub fn picture(title: &str, figures: &[Bars]) -> String {
    let bars = |figure: &Bars| u32::try_from(figure.values.len()).unwrap_or_default();
    let height = figures.iter().map(|figure| TITLE + BAR * bars(figure)).sum::<u32>() + 12;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 {height}\" width=\"600\" height=\"{height}\" role=\"img\" \
         aria-label=\"{title}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"600\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    let mut top = 0;
    for figure in figures {
        let Bars { title, unit, decimals, values } = figure;
        let scale = LONGEST / values.iter().map(|(_, value)| *value).fold(f64::MIN_POSITIVE, f64::max);
        let _ = writeln!(
            svg,
            "<text x=\"12\" y=\"{}\" font-weight=\"bold\" fill=\"#1f2a37\">{title}</text>",
            top + 24
        );
        for (((name, value), colour), at) in values.iter().zip(COLOURS.iter().cycle()).zip((32..).step_by(22))
        {
            let (length, text) = (value * scale, top + at + 14);
            let _ = writeln!(
                svg,
                "<text x=\"12\" y=\"{text}\" fill=\"#1f2a37\">{name}</text>\
                 <rect x=\"120\" y=\"{}\" width=\"{length:.0}\" height=\"18\" fill=\"{colour}\"/>\
                 <text x=\"{:.0}\" y=\"{text}\" fill=\"#1f2a37\">{value:.decimals$}{unit}</text>",
                top + at,
                length + 128.0
            );
        }
        top += TITLE + BAR * bars(figure);
    }
    svg + "</svg>\n"
}

/// Writes a picture into `docs/pictures`.
pub fn write_picture(name: &str, svg: &str) -> io::Result<()> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/pictures");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join(name), svg)
}
