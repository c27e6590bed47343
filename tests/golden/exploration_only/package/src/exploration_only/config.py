"""What a run can vary. Defaults are the notebook's values."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """Read at start-up from the command line, then `EXPLORATION_ONLY_*` variables, then `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="EXPLORATION_ONLY_",
        env_file=".env",
        frozen=True,
        cli_kebab_case=True,
        extra="ignore",
    )

    allotments_path: Path = Field(Path("data/allotments.csv"), description="read by load_df")
    figures_dir: Path | None = Field(
        None, description="where figures go; none are saved without it"
    )
