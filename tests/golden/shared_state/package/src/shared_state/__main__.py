"""`python -m shared_state` runs the pipeline."""

from shared_state.cli import main

raise SystemExit(main())
