"""`python -m churn_model` runs the pipeline."""

from churn_model.cli import main

raise SystemExit(main())
