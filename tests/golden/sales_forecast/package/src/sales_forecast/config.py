"""What a run can vary. Defaults are the notebook's values."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """Read at start-up from the command line, then `SALES_FORECAST_*` variables, then `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="SALES_FORECAST_",
        env_file=".env",
        frozen=True,
        cli_kebab_case=True,
        extra="ignore",
    )

    daily_sales_path: Path = Field(Path("data/daily_sales.csv"), description="read by load_daily")
    baking_plan_path: Path = Field(
        Path("baking_plan.csv"), description="written by make_profile_and_plan"
    )
    figures_dir: Path | None = Field(
        None, description="where figures go; none are saved without it"
    )
