mod conflicts;
mod properties;
mod standing;
mod vectors;
