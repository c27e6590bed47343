"""`python -m old_v3` runs the pipeline."""

from old_v3.cli import main

raise SystemExit(main())
