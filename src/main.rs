//! Parse the command line, run the command.

use std::process::ExitCode;

use clap::Parser;
use clinic_directory::cli;
use clinic_directory::clock::Clock;
use clinic_directory::config::Cli;

/// Reading a large network from SQLite is mostly allocation, across two threads: glibc's allocator took half of that time
/// and kept twice the memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run(Cli::parse(), &Clock::system())
}
