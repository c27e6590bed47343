"""`python -m quick_stats` runs the pipeline."""

from quick_stats.cli import main

raise SystemExit(main())
