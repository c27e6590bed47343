"""`python -m random_walk` runs the pipeline."""

from random_walk.cli import main

raise SystemExit(main())
