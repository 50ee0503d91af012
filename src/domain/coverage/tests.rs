mod conflicts;
mod properties;
mod rows;
mod standing;
mod vectors;
