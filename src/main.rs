//! Parse the command line, run the command.

fn main() -> std::process::ExitCode {
    clinic_directory::cli::run()
}
