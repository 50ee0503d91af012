//! A picture of bars, small enough to write by hand.

use std::fmt::Write;

/// One figure of both.
pub struct Bars {
    /// What it is.
    pub title: &'static str,
    /// Behind the number.
    pub unit: &'static str,
    /// Of the number.
    pub decimals: usize,
    /// Measured.
    pub disclose: f64,
    /// Measured.
    pub echo: f64,
}

const LONGEST: f64 = 360.0;
const GROUP: u32 = 78;

/// The figures below each other, each with its own scale.
pub fn picture(figures: &[Bars]) -> String {
    let height = GROUP * u32::try_from(figures.len()).unwrap_or_default() + 12;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 560 {height}\" width=\"560\" height=\"{height}\" role=\"img\" \
         aria-label=\"Disclose beside a bare echo\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"560\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    let mut top = 0;
    for Bars { title, unit, decimals, disclose, echo } in figures {
        let scale = LONGEST / disclose.max(*echo);
        let _ = writeln!(
            svg,
            "<text x=\"12\" y=\"{}\" font-weight=\"bold\" fill=\"#1f2a37\">{title}</text>",
            top + 24
        );
        for (name, value, colour, at) in
            [("Disclose", disclose, "#14559a", 32), ("echo", echo, "#9aa8b5", 54)]
        {
            let (length, text) = (value * scale, top + at + 14);
            let _ = writeln!(
                svg,
                "<text x=\"12\" y=\"{text}\" fill=\"#1f2a37\">{name}</text>\
                 <rect x=\"80\" y=\"{}\" width=\"{length:.0}\" height=\"18\" fill=\"{colour}\"/>\
                 <text x=\"{:.0}\" y=\"{text}\" fill=\"#1f2a37\">{value:.decimals$}{unit}</text>",
                top + at,
                length + 88.0
            );
        }
        top += GROUP;
    }
    svg + "</svg>\n"
}
