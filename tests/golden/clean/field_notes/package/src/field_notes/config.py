"""What a run can vary. Defaults are the notebook's values."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """Read at start-up from the command line, then `FIELD_NOTES_*` variables, then `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="FIELD_NOTES_", env_file=".env", frozen=True, cli_kebab_case=True, extra="ignore"
    )

    visits: int = 3
