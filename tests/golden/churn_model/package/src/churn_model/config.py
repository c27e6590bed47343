"""What a run can vary. Defaults are the notebook's values."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """Read at start-up from the command line, then `CHURN_MODEL_*` variables, then `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="CHURN_MODEL_", env_file=".env", frozen=True, cli_kebab_case=True, extra="ignore"
    )

    subscribers_csv: Path = Field(Path("data/subscribers.csv"), description="read by load")
    at_risk_csv: Path = Field(Path("at_risk.csv"), description="written by at_risk_list")
    random_state: int = 7
    test_share: float = 0.3
    cutoff: float = 0.45
    figures_dir: Path | None = Field(
        None, description="where figures go; none are saved without it"
    )
