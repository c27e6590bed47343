"""`python -m bad_cell` runs the pipeline."""

from bad_cell.cli import main

raise SystemExit(main())
