"""`python -m segments_dashboard` runs the pipeline."""

from segments_dashboard.cli import main

raise SystemExit(main())
