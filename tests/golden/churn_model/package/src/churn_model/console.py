"""What the notebook printed, the package says through its logger: plain lines on standard output."""

import logging


class Console(logging.Handler):
    """Prints each message as `print` would, and at once."""

    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), flush=True)


def show_messages(level: int = logging.INFO) -> None:
    """Print what the package says, from `level` up; without it a program that imports the package decides."""
    logger = logging.getLogger("churn_model")
    if not any(isinstance(handler, Console) for handler in logger.handlers):
        logger.addHandler(Console())
    logger.setLevel(level)
    logger.propagate = False
