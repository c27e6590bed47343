"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from leaked_token import steps
from leaked_token.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    client: Any
    answers_digest: Any
    storage_options: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    client, answers_digest, open_issues = steps.open_issues_of_our_three_repositories(
        config.huggingface_token, config.github_token
    )
    storage_options = steps.nightly_copy(
        open_issues, config.aws_access_key_id, config.aws_secret_key, config.open_issues_path
    )
    return Results(client, answers_digest, storage_options)
