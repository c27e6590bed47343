"""`python -m leaked_token` runs the pipeline."""

from leaked_token.cli import main

raise SystemExit(main())
