"""The command line: every field of `Config` is an option, an environment variable and a default."""

import contextlib
import logging
import os
import sys
from collections.abc import Sequence

from pydantic import Field, ValidationError
from pydantic_settings import CliApp, CliImplicitFlag

from messy_order.config import Config
from messy_order.console import show_messages
from messy_order.contracts import ContractError
from messy_order.pipeline import run


class Options(Config):
    """What does a trip cost us, and does it pay to refuse the short ones?"""

    quiet: CliImplicitFlag[bool] = Field(False, description="print nothing but errors")
    verbose: CliImplicitFlag[bool] = Field(False, description="say more of what goes on")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the pipeline once; 0 on success, 2 where the configuration or the input is wrong."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        options = CliApp.run(Options, cli_args=arguments)
        level = logging.DEBUG if options.verbose else logging.INFO
        logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        show_messages(level)
        with contextlib.ExitStack() as stack:
            if options.quiet:
                nowhere = stack.enter_context(open(os.devnull, "w", encoding="utf-8"))
                stack.enter_context(contextlib.redirect_stdout(nowhere))
            run(options)
    except (ContractError, ValidationError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0
