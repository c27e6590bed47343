"""What a run can vary. Defaults are the notebook's values."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """Read at start-up from the command line, then `COLAB_MOUNT_*` variables, then `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="COLAB_MOUNT_", env_file=".env", frozen=True, cli_kebab_case=True, extra="ignore"
    )

    base: str = "/content/drive/MyDrive/flats"
    city: str = "Lisbon"
    min_nights: int = 2
    max_price: int = 250
    save_table: bool = True
    by_month_path: Path = Field(
        Path("/content/drive/MyDrive/flats/by_month.csv"), description="written by choose_a_month"
    )
    figures_dir: Path | None = Field(
        None, description="where figures go; none are saved without it"
    )
