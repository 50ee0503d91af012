//! The shipped covenant, adapted so that one purpose carries 40 fields: no shipped purpose carries as many.
//!
//! The rules themselves are not touched. Case conference (CAS) goes without its agenda, and each of the first 40
//! fields that need no third person's agreement belongs to it, from care to municipality.

use std::path::Path;

use sluis::domain::{Catalogue, Field, Purposes};

use crate::Problem;

/// How many fields are asked.
pub const FIELDS: usize = 40;

/// Writes the adapted covenant into the folder, and says which fields can be asked.
pub fn adapt(shipped: &Path, folder: &Path) -> Result<Vec<Field>, Problem> {
    std::fs::create_dir_all(folder)?;
    for file in std::fs::read_dir(shipped)? {
        let file = file?;
        if file.file_type()?.is_file() {
            std::fs::copy(file.path(), folder.join(file.file_name()))?;
        }
    }
    let purposes = std::fs::read_to_string(folder.join("purposes.toml"))?.replace("agenda = true\n", "");
    let catalogue = widen(&std::fs::read_to_string(folder.join("catalogue.toml"))?);
    std::fs::write(folder.join("purposes.toml"), &purposes)?;
    std::fs::write(folder.join("catalogue.toml"), &catalogue)?;

    let catalogue = Catalogue::parse(&catalogue, &Purposes::parse(&purposes)?)?;
    let fields: Vec<Field> =
        catalogue.fields().filter(|field| field.third_person.is_none()).take(FIELDS).cloned().collect();
    if fields.len() == FIELDS { Ok(fields) } else { Err("the catalogue has too few fields".into()) }
}

fn widen(catalogue: &str) -> String {
    let mut fields = 0;
    let widened = catalogue.split_inclusive("[[field]]\n").map(|field| {
        if fields == FIELDS || !field.starts_with("code =") || field.contains("\nthird_person =") {
            return field.to_owned();
        }
        fields += 1;
        let lines = field.split_inclusive('\n').map(|line| match line.split_once(" = [") {
            Some(("purposes", _)) => with(line, "CAS"),
            Some(("directions", _)) => with(line, "care-municipality"),
            _ => line.to_owned(),
        });
        lines.collect()
    });
    widened.collect()
}

/// A line with a list of words that has this word too.
fn with(line: &str, word: &str) -> String {
    let word = format!("\"{word}\"");
    if line.contains(&word) { line.to_owned() } else { line.replacen('[', &format!("[{word}, "), 1) }
}
