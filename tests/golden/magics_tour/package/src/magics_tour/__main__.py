"""`python -m magics_tour` runs the pipeline."""

from magics_tour.cli import main

raise SystemExit(main())
