"""`python -m deep` runs the pipeline."""

from deep.cli import main

raise SystemExit(main())
