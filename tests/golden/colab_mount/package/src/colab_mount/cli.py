"""The command line: every field of `Config` is an option, an environment variable and a default."""

import logging
import sys
from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_settings import CliApp

from colab_mount.config import Config
from colab_mount.contracts import ContractError
from colab_mount.pipeline import run

logger = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the pipeline once; 0 on success, 2 where the configuration or the input is wrong."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        config = CliApp.run(Config, cli_args=list(sys.argv[1:] if argv is None else argv))
        run(config)
    except (ContractError, ValidationError, FileNotFoundError) as error:
        logger.error("%s", error)
        return 2
    return 0
