//! The program: `leadgen-pro serve`, `leadgen-pro admin …`.

use std::process::ExitCode;

use clap::Parser as _;
use leadgen_pro::admin::{self, AdminCommand};
use leadgen_pro::config::Config;
use leadgen_pro::state::AppState;
use leadgen_pro::{serve, telemetry};

/// A delivery of twenty messages allocates some 2,500 times, an answer some hundred: docs/decisions/0013 says what this one saves.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `EX_USAGE` of sysexits.h: the environment or the arguments do not fit, and starting again will not help.
const EX_USAGE: u8 = 64;

/// The service behind the sales staff of a Hajj and Umrah travel organisation.
#[derive(clap::Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Answers requests until SIGTERM.
    Serve,
    /// Does an administrator's work in the project that the environment names.
    #[command(subcommand)]
    Admin(AdminCommand),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() {
                EX_USAGE.into()
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => {
            eprintln!("leadgen-pro: {error}");
            return EX_USAGE.into();
        }
    };
    let outcome = runtime()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(arguments.command, config)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("leadgen-pro: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Threads that write their log before they wait for more to do.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .on_thread_park(telemetry::write_what_waits)
        .on_thread_stop(telemetry::write_what_waits)
        .build()
}

async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    let log = (config.log_format, config.log_filter.clone());
    let state = AppState::new(config, leadgen_pro::clock::Clock::system())?;
    let traces = state.traces()?;
    telemetry::start(log.0, log.1.as_deref(), traces.as_ref());
    let outcome = match command {
        Command::Serve => serve::until_terminated(state).await,
        Command::Admin(command) => admin::run(&state, command).await,
    };
    if let Some(traces) = traces {
        tokio::task::spawn_blocking(move || traces.finish()).await?;
    }
    outcome
}
