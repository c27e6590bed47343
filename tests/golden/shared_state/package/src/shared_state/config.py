"""What a run can vary. Defaults are the notebook's values."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """Read at start-up from the command line, then `SHARED_STATE_*` variables, then `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="SHARED_STATE_",
        env_file=".env",
        frozen=True,
        cli_kebab_case=True,
        extra="ignore",
    )

    movements_path: Path = Field(
        Path("data/movements.csv"), description="read by stock_room_replay"
    )
    tax: float = 0.2
