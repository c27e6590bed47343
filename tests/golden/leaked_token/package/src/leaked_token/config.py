"""What a run can vary. Defaults are the notebook's values."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, CliSuppress, SettingsConfigDict


class Config(BaseSettings):
    """Read at start-up from the command line, then `LEAKED_TOKEN_*` variables, then `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="LEAKED_TOKEN_",
        env_file=".env",
        frozen=True,
        cli_kebab_case=True,
        extra="ignore",
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    github_token: CliSuppress[SecretStr] = Field(
        validation_alias="GITHUB_TOKEN", description="from the environment variable GITHUB_TOKEN"
    )
    huggingface_token: CliSuppress[SecretStr] = Field(
        validation_alias="HUGGINGFACE_TOKEN",
        description="from the environment variable HUGGINGFACE_TOKEN",
    )
    aws_access_key_id: CliSuppress[SecretStr] = Field(
        validation_alias="AWS_ACCESS_KEY_ID",
        description="from the environment variable AWS_ACCESS_KEY_ID",
    )
    aws_secret_key: CliSuppress[SecretStr] = Field(
        validation_alias="AWS_SECRET_KEY",
        description="from the environment variable AWS_SECRET_KEY",
    )
    owner: str = "tidewater-tools"
    open_issues_path: Path = Field(Path("open_issues.csv"), description="written by nightly_copy")
