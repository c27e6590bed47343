"""What a run can vary. Defaults are the notebook's values."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """Read at start-up from the command line, then `MESSY_ORDER_*` variables, then `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="MESSY_ORDER_", env_file=".env", frozen=True, cli_kebab_case=True, extra="ignore"
    )

    trips_path: Path = Field(Path("data/trips.csv"), description="read by courier_trips")
    margin_path: Path = Field(Path("margin.csv"), description="written by cost_2")
