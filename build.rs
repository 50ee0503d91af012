//! Compiles the contract with a protobuf compiler written in Rust, so that no `protoc` is needed.

use std::path::PathBuf;

use prost::Message;

const CONTRACT: [&str; 8] =
    ["field", "disclosure", "consent", "overview", "audit", "catalogue", "custodian", "development"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files: Vec<String> = CONTRACT.iter().map(|name| format!("sluis/v1/{name}.proto")).collect();
    println!("cargo:rerun-if-changed=proto");
    println!("cargo:rerun-if-changed=migrations");
    let descriptors = protox::compile(&files, ["proto"])?;
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is set by cargo")?);
    std::fs::write(out.join("sluis_descriptor.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure().skip_debug(["."]).compile_fds(descriptors)?;
    let descriptors = protox::compile(["otlp/trace_service.proto"], ["proto"])?;
    tonic_prost_build::configure().build_server(false).skip_debug(["."]).compile_fds(descriptors)?;
    Ok(())
}
