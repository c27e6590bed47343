"""What a run can vary. Defaults are the notebook's values."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """Read at start-up from the command line, then `OLD_V3_*` variables, then `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="OLD_V3_", env_file=".env", frozen=True, cli_kebab_case=True, extra="ignore"
    )
