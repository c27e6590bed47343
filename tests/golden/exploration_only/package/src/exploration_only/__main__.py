"""`python -m exploration_only` runs the pipeline."""

from exploration_only.cli import main

raise SystemExit(main())
