//! Parse the command line, run the command.

/// Reading a large network from SQLite is mostly allocation, across two threads: glibc's allocator took half of that time
/// and kept twice the memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    clinic_directory::cli::run()
}
