"""What a run can vary. Defaults are the notebook's values."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """Read at start-up from the command line, then `SEGMENTS_DASHBOARD_*` variables, then `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="SEGMENTS_DASHBOARD_",
        env_file=".env",
        frozen=True,
        cli_kebab_case=True,
        extra="ignore",
    )

    n_segments: int = 4
    seed: int = 2024
    figures_dir: Path | None = Field(
        None, description="where figures go; none are saved without it"
    )
