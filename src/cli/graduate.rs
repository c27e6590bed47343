//! `mortarboard graduate`: a notebook becomes a package.

use super::Outcome;
use super::args::GraduateArgs;
use super::talk::UserError;

pub(super) fn run(args: &GraduateArgs) -> Result<Outcome, Vec<UserError>> {
    let message = format!("{}: graduating is not built yet", args.notebook.display());
    Err(vec![UserError::new(
        message,
        "`mortarboard check` says what stands in its way",
    )])
}
