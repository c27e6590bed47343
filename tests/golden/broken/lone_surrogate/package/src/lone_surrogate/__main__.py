"""`python -m lone_surrogate` runs the pipeline."""

from lone_surrogate.cli import main

raise SystemExit(main())
