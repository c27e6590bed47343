"""`python -m training_loop` runs the pipeline."""

from training_loop.cli import main

raise SystemExit(main())
