//! What a person sees who waits at a terminal; a pipe or a log gets nothing of it.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A bar on stderr that grows, where a person watches and waits.
pub(super) struct Progress {
    total: usize,
    state: Option<Mutex<State>>,
}

struct State {
    done: usize,
    shown: bool,
    last: Instant,
}

impl Progress {
    /// What takes less time needs no line.
    const WAIT: Duration = Duration::from_millis(400);

    pub fn new(total: usize) -> Self {
        let state = stderr().is_terminal().then(|| {
            Mutex::new(State {
                done: 0,
                shown: false,
                last: Instant::now(),
            })
        });
        Self { total, state }
    }

    pub fn step(&self) {
        let Some(mut state) = self.state.as_ref().and_then(|state| state.lock().ok()) else {
            return;
        };
        state.done += 1;
        if state.last.elapsed() >= Self::WAIT {
            state.last = Instant::now();
            state.shown = true;
            let _ = write!(stderr().lock(), "\r{}", line(state.done, self.total));
        }
    }

    /// Wipes the line.
    pub fn end(&self) {
        if let Some(state) = self.state.as_ref().and_then(|state| state.lock().ok())
            && state.shown
        {
            let _ = write!(stderr().lock(), "\r\u{1b}[K");
        }
    }
}

/// `[#####               ] 127 of 508 notebooks`
fn line(done: usize, total: usize) -> String {
    const BAR: usize = 20;
    let filled = BAR * done / total.max(1);
    format!("[{:BAR$}] {done} of {total} notebooks", "#".repeat(filled.min(BAR)))
}
