"""`python -m bad_types` runs the pipeline."""

from bad_types.cli import main

raise SystemExit(main())
