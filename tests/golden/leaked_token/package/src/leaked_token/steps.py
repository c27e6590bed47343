"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import hashlib
import logging
import os
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from pydantic import SecretStr

from leaked_token.functions import ReplayClient

logger = logging.getLogger(__name__)


class OpenIssuesOfOurThreeRepositoriesResults(NamedTuple):
    """What `open_issues_of_our_three_repositories` returns."""

    client: ReplayClient
    answers_digest: Any
    open_issues: Any


def open_issues_of_our_three_repositories(
    huggingface_token: SecretStr, github_token: SecretStr
) -> OpenIssuesOfOurThreeRepositoriesResults:
    """Open issues of our three repositories (cells 2-6).

    For the Monday meeting. On the train there is no network, so `ReplayClient` answers from a saved
    file.
    """
    REPOS = ["tides", "ferry-times", "harbour-map"]
    os.environ["HF_TOKEN"] = huggingface_token.get_secret_value()

    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {github_token.get_secret_value()}",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    logger.info(headers)

    client = ReplayClient("data/answers.json", headers)
    answers_digest = hashlib.sha256(Path("data/answers.json").read_bytes()).hexdigest()

    issues = pd.concat(
        [pd.DataFrame(client.get(f"issues/{repo}")).assign(repo=repo) for repo in REPOS],
        ignore_index=True,
    )
    open_issues = issues[issues["state"] == "open"]
    return OpenIssuesOfOurThreeRepositoriesResults(client, answers_digest, open_issues)


def nightly_copy(
    open_issues: Any,
    aws_access_key_id: SecretStr,
    aws_secret_key: SecretStr,
    open_issues_path: Path,
) -> dict[str, Any]:
    """Nightly copy (cells 8-9).

    The bucket that the nightly job writes to.
    """
    storage_options = {
        "key": aws_access_key_id.get_secret_value(),
        "secret": aws_secret_key.get_secret_value(),
        "client_kwargs": {"region_name": "eu-north-1"},
    }

    # open_issues.to_parquet("s3://tidewater-meetings/open_issues.parquet", storage_options=storage_options)
    open_issues.to_csv(open_issues_path, index=False)
    return storage_options
