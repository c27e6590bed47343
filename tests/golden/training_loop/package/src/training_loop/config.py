"""What a run can vary. Defaults are the notebook's values."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """Read at start-up from the command line, then `TRAINING_LOOP_*` variables, then `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="TRAINING_LOOP_",
        env_file=".env",
        frozen=True,
        cli_kebab_case=True,
        extra="ignore",
    )

    seed: int = 11
    n_per_class: int = 120
    noise: float = 0.32
    hidden: int = 16
    learning_rate: float = 0.03
    batch_size: int = 32
    epochs_value: int = 300
    patience: int = 25
    figures_dir: Path | None = Field(
        None, description="where figures go; none are saved without it"
    )
